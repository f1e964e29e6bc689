// SPDX-License-Identifier: Apache-2.0
#include "token/proof.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "token/jws.hpp"

namespace kelisim::token {
namespace {

const base::Time now = base::from_micros(1'795'000'000'000'000);
const SigningKey key{crypto::PrivateKey::generate_p256()}, other{crypto::PrivateKey::generate_p256()};
const ProofOf request{.method = "POST", .uri = "https://kelisim.test/token", .id = "one", .made = now};

TEST(Proof, SaysForWhichRequestItIs) {
    const auto claims = verify(prove(key, request), KeySet({key.verification()}), "dpop+jwt").value();
    EXPECT_EQ(claims.at("htm").as_string(), "POST");
    EXPECT_EQ(claims.at("htu").as_string(), "https://kelisim.test/token");
    EXPECT_EQ(claims.at("jti").as_string(), "one");
    EXPECT_EQ(claims.at("iat").as_int64(), base::to_seconds(now));
    EXPECT_FALSE(claims.contains("ath"));
}

TEST(Proof, NamesTheTokenByItsHash) {
    ProofOf with_token = request;
    with_token.access_token = "the.access.token";
    const auto claims = verify(prove(key, with_token), KeySet({key.verification()}), "dpop+jwt").value();
    EXPECT_EQ(claims.at("ath").as_string(),
              base::to_base64url(crypto::sha256(base::as_bytes(std::string_view("the.access.token")))));
}

TEST(Proof, IsOfItsKeyAlone) {
    const std::string text = prove(key, request);
    EXPECT_FALSE(verify(text, KeySet({other.verification()}), "dpop+jwt").has_value());
    EXPECT_FALSE(verify(text, KeySet({key.verification()}), "at+jwt").has_value());
}

TEST(Proof, ShowsThePublicKeyAndNothingOfThePrivateOne) {
    const SigningKey rsa{crypto::PrivateKey::generate_rsa2048(), Algorithm::rs256};
    for (const SigningKey* each : {&key, &rsa}) {
        const auto read = read_unverified(prove(*each, request)).value();
        EXPECT_EQ(read.header.at("alg").as_string(), to_string(each->algorithm));
        EXPECT_FALSE(read.header.contains("kid"));
        const auto& jwk = read.header.at("jwk").as_object();
        const auto shown = KeySet::from_jwks({{"keys", boost::json::array{jwk}}});
        ASSERT_EQ(shown.keys().size(), 1U);
        EXPECT_EQ(shown.keys().front().key.thumbprint(), each->kid);
        for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"})
            EXPECT_FALSE(jwk.contains(name)) << name;
    }
}

}  // namespace
}  // namespace kelisim::token
