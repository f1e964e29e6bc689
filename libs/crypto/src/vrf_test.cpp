// SPDX-License-Identifier: Apache-2.0
#include "crypto/vrf.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "crypto/ed25519.hpp"

namespace kelisim::crypto {
namespace {

base::Bytes from_hex(std::string_view hex) {
    base::Bytes bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return bytes;
}

base::Secret<std::string> pem_around(const base::Bytes& der) {
    const std::string label = "PRIVATE KEY-----\n";
    return base::Secret<std::string>("-----BEGIN " + label + base::to_base64(der) + "\n-----END " + label);
}

// PKCS #8 around a scalar, for the vectors of the RFC. `curve`: the object identifier, with its length.
std::optional<VrfKey> key_of(std::string_view scalar, std::string_view curve = "06082a8648ce3d030107") {
    return VrfKey::from_pem(pem_around(from_hex("3041020100301306072a8648ce3d0201" + std::string(curve) +
                                                "042730250201010420" + std::string(scalar))));
}

// RFC 9381 appendix B.1, examples 10 and 11.
TEST(Vrf, GivesTheVectorsOfTheRfc) {
    const auto key = key_of("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    ASSERT_TRUE(key);
    EXPECT_EQ(base::to_hex(key->public_key()), "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    const VrfOutput sample = key->prove(base::as_bytes("sample"));
    EXPECT_EQ(base::to_hex(sample.proof),
              "035b5c726e8c0e2c488a107c600578ee75cb702343c153cb1eb8dec77f4b5071b4"
              "a53f0a46f018bc2c56e58d383f2305e0975972c26feea0eb122fe7893c15af376b33edf7de17c6ea056d4d82de6bc02f");
    EXPECT_EQ(base::to_hex(sample.hash), "a3ad7b0ef73d8fc6655053ea22f9bede8c743f08bbed3d38821f0e16474b505e");
    const VrfOutput test = key->prove(base::as_bytes("test"));
    EXPECT_EQ(base::to_hex(test.proof),
              "034dac60aba508ba0c01aa9be80377ebd7562c4a52d74722e0abae7dc3080ddb56"
              "c19e067b15a8a8174905b13617804534214f935b94c2287f797e393eb0816969d864f37625b443f30f1a5a33f2b3c854");
    EXPECT_EQ(base::to_hex(test.hash), "a284f94ceec2ff4b3794629da7cbafa49121972671b466cab4ce170aa365f26d");
}

TEST(Vrf, IsOneOutputForAnInputAndAKey) {
    const VrfKey key = VrfKey::generate(), other = VrfKey::generate();
    const base::BytesView input = base::as_bytes("450810100013");
    EXPECT_EQ(key.prove(input).proof, key.prove(input).proof);
    EXPECT_NE(key.prove(input).hash, key.prove(base::as_bytes("450810100014")).hash);
    EXPECT_NE(key.prove(input).hash, other.prove(input).hash);
    const auto again = VrfKey::from_pem(key.to_pem());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_EQ(again->prove(input).hash, key.prove(input).hash);
}

TEST(Vrf, TakesNoOtherKey) {
    EXPECT_FALSE(VrfKey::from_pem(base::Secret<std::string>("")));
    EXPECT_FALSE(VrfKey::from_pem(base::Secret<std::string>("-----BEGIN NONSENSE")));
    EXPECT_FALSE(VrfKey::from_pem(Ed25519Key::generate().to_pem()));
    // secp256k1
    EXPECT_FALSE(
        VrfKey::from_pem(pem_around(from_hex("303e020100301006072a8648ce3d020106052b8104000a042730250201010420"
                                             "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"))));
    EXPECT_FALSE(key_of(std::string(64, '0'))) << "the scalar 0";
}

}  // namespace
}  // namespace kelisim::crypto
