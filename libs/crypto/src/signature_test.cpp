// SPDX-License-Identifier: Apache-2.0
#include "crypto/signature.hpp"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "base/text.hpp"

namespace kelisim::crypto {
namespace {

using base::as_bytes;

// RFC 7515 appendix A.3 (ES256).
const JwkMembers rfc7515_key{.kty = "EC",
                             .crv = "P-256",
                             .x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                             .y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                             .n = {},
                             .e = {}};
constexpr std::string_view rfc7515_input =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
    "cnVlfQ";
constexpr std::string_view rfc7515_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Es256, VerifiesTheVectorOfItsStandard) {
    const auto key = PublicKey::from_jwk(rfc7515_key);
    ASSERT_TRUE(key);
    const auto signature = base::from_base64url(rfc7515_signature).value();
    EXPECT_TRUE(key->verifies(Algorithm::es256, as_bytes(rfc7515_input), signature));
    EXPECT_FALSE(key->verifies(Algorithm::es256, as_bytes("other"), signature));
    EXPECT_FALSE(key->verifies(Algorithm::rs256, as_bytes(rfc7515_input), signature));
}

class SignatureOf : public testing::TestWithParam<Algorithm> {
protected:
    static PrivateKey make(Algorithm algorithm) {
        return algorithm == Algorithm::es256 ? PrivateKey::generate_p256() : PrivateKey::generate_rsa2048();
    }
};

TEST_P(SignatureOf, IsVerifiedByItsKeyOnly) {
    const PrivateKey key = make(GetParam());
    const auto signature = key.sign(GetParam(), as_bytes("message"));
    EXPECT_TRUE(key.public_key().verifies(GetParam(), as_bytes("message"), signature));
    EXPECT_FALSE(key.public_key().verifies(GetParam(), as_bytes("massage"), signature));
    EXPECT_FALSE(make(GetParam()).public_key().verifies(GetParam(), as_bytes("message"), signature));
    base::Bytes cut(signature.begin(), signature.end() - 1);
    EXPECT_FALSE(key.public_key().verifies(GetParam(), as_bytes("message"), cut));
    EXPECT_FALSE(key.public_key().verifies(GetParam(), as_bytes("message"), {}));
}

// What wire.md B3 calls public-key: whoever has only that can verify.
TEST_P(SignatureOf, ItsSubjectPublicKeyInfoIsTheKey) {
    const PrivateKey key = make(GetParam());
    const base::Bytes der = key.public_key().to_spki();
    const unsigned char* at = der.data();
    const std::shared_ptr<EVP_PKEY> read(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free);
    ASSERT_TRUE(read);
    EXPECT_EQ(at, der.data() + der.size());
    EXPECT_EQ(PublicKey::from_jwk(key.public_key().to_jwk())->to_spki(), der);
    EXPECT_NE(make(GetParam()).public_key().to_spki(), der);
}

TEST_P(SignatureOf, SurvivesPemAndJwk) {
    const PrivateKey key = make(GetParam());
    const auto again = PrivateKey::from_pem(key.to_pem());
    ASSERT_TRUE(again);
    const auto verifier = PublicKey::from_jwk(again->public_key().to_jwk());
    ASSERT_TRUE(verifier);
    EXPECT_EQ(verifier->thumbprint(), key.public_key().thumbprint());
    EXPECT_TRUE(verifier->verifies(GetParam(), as_bytes("m"), key.sign(GetParam(), as_bytes("m"))));
}
INSTANTIATE_TEST_SUITE_P(All, SignatureOf, testing::Values(Algorithm::es256, Algorithm::rs256, Algorithm::ps256));

TEST(Es256, RefusesTheZeroSignature) {
    // CVE-2022-21449: r = s = 0 verified everything in one well-known library.
    EXPECT_FALSE(PublicKey::from_jwk(rfc7515_key)->verifies(Algorithm::es256, as_bytes("m"), base::Bytes(64)));
}

// In the manner of Project Wycheproof: r || s of RFC 7518 3.4, almost right.
TEST(Es256, RefusesWhatIsAlmostASignature) {
    const PrivateKey key = PrivateKey::generate_p256();
    const auto good = key.sign(Algorithm::es256, as_bytes("m"));
    const auto passes = [&](const base::Bytes& signature) {
        return key.public_key().verifies(Algorithm::es256, as_bytes("m"), signature);
    };
    ASSERT_TRUE(passes(good));
    const base::Bytes order = *base::from_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
    const base::Bytes r(good.begin(), good.begin() + 32), s(good.begin() + 32, good.end()), zero(32), full(32, 0xff);
    base::Bytes one(32);
    one.back() = 1;
    const auto joined = [](base::Bytes a, const base::Bytes& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    EXPECT_FALSE(passes(joined(s, r))) << "halves swapped";
    EXPECT_FALSE(passes(joined(zero, s))) << "r is zero";
    EXPECT_FALSE(passes(joined(r, zero))) << "s is zero";
    EXPECT_FALSE(passes(joined(order, s))) << "r is the order";
    EXPECT_FALSE(passes(joined(r, order))) << "s is the order";
    EXPECT_FALSE(passes(joined(full, full))) << "both over the order";
    EXPECT_FALSE(passes(joined(one, one))) << "both are one";
    EXPECT_FALSE(passes(joined(base::Bytes{0}, good))) << "a zero before it";
    EXPECT_FALSE(passes(joined(good, base::Bytes{0}))) << "a zero behind it";
    EXPECT_FALSE(passes(joined(joined(base::Bytes{0}, r), joined(base::Bytes{0}, s)))) << "halves of 33 bytes";
    base::Bytes der{0x30, 0x44, 0x02, 0x20};
    EXPECT_FALSE(passes(joined(joined(der, r), joined(base::Bytes{0x02, 0x20}, s)))) << "as X.509 writes it";
    EXPECT_FALSE(passes(r)) << "one half";
    for (std::size_t i = 0; i < good.size(); i += 5) {
        base::Bytes changed = good;
        changed[i] ^= 0x10U;
        EXPECT_FALSE(passes(changed)) << i;
    }
}

// RFC 7638 section 3.1.
TEST(Thumbprint, IsThatOfItsStandard) {
    const JwkMembers rsa{
        .kty = "RSA",
        .crv = {},
        .x = {},
        .y = {},
        .n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
             "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
             "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
             "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        .e = "AQAB"};
    EXPECT_EQ(PublicKey::from_jwk(rsa)->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Jwk, RefusesWhatIsNoKey) {
    JwkMembers off_curve = rfc7515_key;
    off_curve.y = off_curve.x;
    JwkMembers short_x = rfc7515_key;
    short_x.x = "AQAB";
    JwkMembers other_curve = rfc7515_key;
    other_curve.crv = "P-384";
    const JwkMembers symmetric{.kty = "oct", .crv = {}, .x = {}, .y = {}, .n = {}, .e = {}};
    const JwkMembers small_rsa{.kty = "RSA", .crv = {}, .x = {}, .y = {}, .n = std::string(171, 'z'), .e = "AQAB"};
    const JwkMembers no_exponent{.kty = "RSA", .crv = {}, .x = {}, .y = {}, .n = std::string(342, 'z'), .e = ""};
    for (const JwkMembers& members :
         {off_curve, short_x, other_curve, symmetric, small_rsa, no_exponent, JwkMembers{}}) {
        EXPECT_FALSE(PublicKey::from_jwk(members));
    }
}

TEST(Pem, RefusesWhatIsNoKey) {
    EXPECT_FALSE(PrivateKey::from_pem(base::Secret<std::string>("")));
    EXPECT_FALSE(PrivateKey::from_pem(base::Secret<std::string>("no key at all")));
}

}  // namespace
}  // namespace kelisim::crypto
