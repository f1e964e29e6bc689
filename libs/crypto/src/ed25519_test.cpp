// SPDX-License-Identifier: Apache-2.0
#include "crypto/ed25519.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "crypto/signature.hpp"

namespace kelisim::crypto {
namespace {

base::Bytes from_hex(std::string_view hex) {
    base::Bytes bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return bytes;
}

Ed25519Public public_from(std::string_view hex) {
    Ed25519Public key{};
    std::ranges::copy(from_hex(hex), key.begin());
    return key;
}

// PKCS #8 (RFC 8410 section 7) around a seed, so that the vectors of RFC 8032 can be signed.
Ed25519Key key_of(std::string_view seed_hex) {
    const base::Bytes der = from_hex("302e020100300506032b657004220420" + std::string(seed_hex));
    const std::string label = "PRIVATE KEY-----\n";
    const std::string pem = "-----BEGIN " + label + base::to_base64(der) + "\n-----END " + label;
    return Ed25519Key::from_pem(base::Secret<std::string>(pem)).value();
}

// RFC 8032 7.1, tests 1 to 3.
TEST(Ed25519, SignsAndVerifiesTheVectorsOfTheRfc) {
    struct Vector {
        std::string_view seed, key, message, signature;
    };
    constexpr Vector vectors[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
         "e24"
         "655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
         "aee"
         "b00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed"
         "28d"
         "c027beceea1ec40a"},
    };
    for (const Vector& vector : vectors) {
        const Ed25519Key key = key_of(vector.seed);
        EXPECT_EQ(base::to_hex(key.public_key()), vector.key);
        EXPECT_EQ(base::to_hex(key.sign(from_hex(vector.message))), vector.signature);
        EXPECT_TRUE(verifies(public_from(vector.key), from_hex(vector.message), from_hex(vector.signature)));
    }
}

TEST(Ed25519, RefusesEveryChangedPart) {
    const Ed25519Key key = Ed25519Key::generate();
    const auto message = base::as_bytes("a checkpoint");
    const Ed25519Signature signature = key.sign(message);
    ASSERT_TRUE(verifies(key.public_key(), message, signature));
    EXPECT_FALSE(verifies(key.public_key(), base::as_bytes("another one"), signature));
    EXPECT_FALSE(verifies(Ed25519Key::generate().public_key(), message, signature));
    EXPECT_FALSE(verifies(key.public_key(), message, base::BytesView(signature).first(63)));
    EXPECT_FALSE(verifies(key.public_key(), message, {}));
    for (std::size_t byte = 0; byte < signature.size(); ++byte) {
        Ed25519Signature changed = signature;
        changed[byte] ^= 1;
        EXPECT_FALSE(verifies(key.public_key(), message, changed)) << byte;
    }
}

TEST(Ed25519, ComesBackFromItsPemAndTakesNoOtherKind) {
    const Ed25519Key key = Ed25519Key::generate();
    EXPECT_EQ(Ed25519Key::from_pem(key.to_pem()).value().public_key(), key.public_key());
    EXPECT_FALSE(Ed25519Key::from_pem(PrivateKey::generate_p256().to_pem()));
    EXPECT_FALSE(Ed25519Key::from_pem(base::Secret<std::string>("no key")));
    EXPECT_FALSE(PrivateKey::from_pem(key.to_pem())) << "a key of the ledger signs no token";
}

}  // namespace
}  // namespace kelisim::crypto
