// SPDX-License-Identifier: Apache-2.0
#include "identity/dpop.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <ostream>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "token/jws.hpp"
#include "token/proof.hpp"

namespace kelisim::identity {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

const crypto::PrivateKey key = crypto::PrivateKey::generate_p256(), other = crypto::PrivateKey::generate_p256(),
                         rsa = crypto::PrivateKey::generate_rsa2048();
const base::Time now = base::from_micros(1'795'000'000'000'000);
const Dpop dpop({"https://kelisim.test", "https://systems.kelisim.test:8443"});
constexpr std::string_view bound = "the.access.token";

object jwk_of(const crypto::PrivateKey& of) {
    return token::KeySet(
               {{"",
                 of.public_key().fits(crypto::Algorithm::es256) ? crypto::Algorithm::es256 : crypto::Algorithm::rs256,
                 of.public_key()}})
        .to_jwks()
        .at("keys")
        .at(0)
        .as_object();
}

object public_jwk(const crypto::PrivateKey& of) {
    object jwk = jwk_of(of);
    for (const char* name : {"alg", "kid", "use"})
        jwk.erase(name);
    return jwk;
}

// A proof that can be wrong in one way at a time.
struct Made {
    object header{{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", public_jwk(key)}};
    object claims{{"jti", "one"},
                  {"htm", "POST"},
                  {"htu", "https://kelisim.test/token"},
                  {"iat", base::to_seconds(now)},
                  {"ath", base::to_base64url(crypto::sha256(base::as_bytes(bound)))}};
    const crypto::PrivateKey* by = &key;
    crypto::Algorithm with = crypto::Algorithm::es256;

    std::string text() const {
        const auto encode = [](const object& part) {
            return base::to_base64url(base::as_bytes(boost::json::serialize(part)));
        };
        const std::string input = encode(header) + "." + encode(claims);
        return input + "." + base::to_base64url(by->sign(with, base::as_bytes(input)));
    }
};

base::Result<DpopProof> read(const std::string& text, std::string_view method = "POST",
                             std::string_view path = "/token") {
    return dpop.read(text, {.method = method, .path = path, .access_token = bound}, now);
}

TEST(Dpop, AProofNamesItsKeyAndItsId) {
    const auto proof = read(Made{}.text());
    ASSERT_TRUE(proof.has_value());
    EXPECT_EQ(proof->thumbprint, key.public_key().thumbprint());
    EXPECT_EQ(proof->id, crypto::sha256(base::as_bytes("one")));
    EXPECT_EQ(proof->expires, now + base::limits::dpop_life + base::limits::clock_skew);
}

// What our own clients write.
TEST(Dpop, AProofThatWeWroteIsOne) {
    for (const auto& each : {token::SigningKey(crypto::PrivateKey::generate_p256()),
                             token::SigningKey(crypto::PrivateKey::generate_rsa2048(), crypto::Algorithm::rs256)}) {
        const token::ProofOf of{
            .method = "POST", .uri = "https://kelisim.test/token", .id = "one", .made = now, .access_token = bound};
        const auto proof = read(token::prove(each, of));
        ASSERT_TRUE(proof.has_value());
        EXPECT_EQ(proof->thumbprint, each.kid);
        EXPECT_FALSE(read(token::prove(each, of), "GET").has_value());
    }
}

TEST(Dpop, TheHashOfTheTokenIsAskedForWhereThereIsOne) {
    Made made;
    made.claims.erase("ath");
    EXPECT_TRUE(dpop.read(made.text(), {.method = "POST", .path = "/token"}, now).has_value());
    EXPECT_FALSE(read(made.text()).has_value());
}

// RFC 9449 4.2: "htu" without query and fragment; 4.3: to be compared after normalisation (RFC 3986 6.2.2, 6.2.3).
TEST(Dpop, TheAddressIsComparedByItsMeaning) {
    for (const auto& [uri, path] : {std::pair{"https://kelisim.test/gateway/S/a%2Fb", "/gateway/S/a%2fb"},
                                    {"HTTPS://KELISIM.test/gateway/S/x", "/gateway/S/x"},
                                    {"https://kelisim.test:443/gateway/S/x", "/gateway/S/x"},
                                    {"https://kelisim.test/gateway/S/%78", "/gateway/S/x"},
                                    {"https://kelisim.test/gateway/S/x?a=1#b", "/gateway/S/x"},
                                    {"https://systems.kelisim.test:8443/gateway/S/x", "/gateway/S/x"}}) {
        Made made;
        made.claims["htu"] = uri;
        EXPECT_TRUE(read(made.text(), "POST", path).has_value()) << uri;
    }
}

TEST(Dpop, TakesTheAlgorithmsThatItNames) {
    EXPECT_EQ(dpop_algorithms(), (std::vector<std::string_view>{"ES256", "RS256", "PS256"}));
    for (const auto algorithm : {crypto::Algorithm::rs256, crypto::Algorithm::ps256}) {
        Made made;
        made.header["jwk"] = public_jwk(rsa);
        made.header["alg"] = token::to_string(algorithm);
        made.by = &rsa;
        made.with = algorithm;
        EXPECT_TRUE(read(made.text()).has_value()) << token::to_string(algorithm);
    }
}

TEST(Dpop, TheKeyMayBeNamedAnyhow) {
    Made made;
    made.header["kid"] = "mine";
    made.header["jwk"] = jwk_of(key);
    EXPECT_TRUE(read(made.text()).has_value());
}

TEST(Dpop, AgeIsBounded) {
    const auto at = [](base::Time issued) {
        Made made;
        made.claims["iat"] = base::to_seconds(issued);
        return read(made.text()).has_value();
    };
    const auto oldest = now - base::limits::dpop_life - base::limits::clock_skew;
    EXPECT_TRUE(at(oldest));
    EXPECT_FALSE(at(oldest - 1s));
    EXPECT_TRUE(at(now + base::limits::clock_skew));
    EXPECT_FALSE(at(now + base::limits::clock_skew + 1s));
}

struct Wrong {
    std::string_view name;
    std::function<void(Made&)> spoil;
};
void PrintTo(const Wrong& c, std::ostream* out) {
    *out << c.name;
}
class DpopRefuses : public testing::TestWithParam<Wrong> {};

TEST_P(DpopRefuses, TheProof) {
    ASSERT_TRUE(read(Made{}.text()).has_value());
    Made made;
    GetParam().spoil(made);
    const auto proof = read(made.text());
    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(proof.error().first().code, dpop_proof_invalid.code);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DpopRefuses,
    testing::Values(Wrong{"WithoutType", [](Made& m) { m.header.erase("typ"); }},
                    Wrong{"OfAnotherType", [](Made& m) { m.header["typ"] = "JWT"; }},
                    Wrong{"OfTheTypeOfATokenOfOurs", [](Made& m) { m.header["typ"] = "at+jwt"; }},
                    Wrong{"WithoutAlgorithm", [](Made& m) { m.header.erase("alg"); }},
                    Wrong{"UnderNone", [](Made& m) { m.header["alg"] = "none"; }},
                    Wrong{"UnderASharedSecret", [](Made& m) { m.header["alg"] = "HS256"; }},
                    Wrong{"UnderAnAlgorithmOfAnotherKey", [](Made& m) { m.header["alg"] = "RS256"; }},
                    Wrong{"WithoutKey", [](Made& m) { m.header.erase("jwk"); }},
                    Wrong{"WithAKeyThatIsNone", [](Made& m) { m.header["jwk"] = "key"; }},
                    Wrong{"WithAPrivateKey", [](Made& m) { m.header["jwk"].as_object()["d"] = "AQAB"; }},
                    Wrong{"WithASymmetricKey",
                          [](Made& m) {
                              m.header["jwk"] = object{{"kty", "oct"}, {"k", "AQAB"}};
                          }},
                    Wrong{"WithAPointOffTheCurve",
                          [](Made& m) { m.header["jwk"].as_object()["y"] = m.header["jwk"].at("x"); }},
                    Wrong{"WithAKeyForEncryption", [](Made& m) { m.header["jwk"].as_object()["use"] = "enc"; }},
                    Wrong{"WithAKeyForAnotherAlgorithm", [](Made& m) { m.header["jwk"].as_object()["alg"] = "ES384"; }},
                    Wrong{"ByAnotherKey", [](Made& m) { m.by = &other; }},
                    Wrong{"WithSomethingCritical", [](Made& m) { m.header["crit"] = boost::json::array{"exp"}; }},
                    Wrong{"WithoutId", [](Made& m) { m.claims.erase("jti"); }},
                    Wrong{"WithAnEmptyId", [](Made& m) { m.claims["jti"] = ""; }},
                    Wrong{"WithAnIdOneTooLong",
                          [](Made& m) { m.claims["jti"] = std::string(base::limits::name_bytes_max + 1, 'x'); }},
                    Wrong{"WithoutMethod", [](Made& m) { m.claims.erase("htm"); }},
                    Wrong{"ForAnotherMethod", [](Made& m) { m.claims["htm"] = "GET"; }},
                    Wrong{"ForTheMethodInOtherLetters", [](Made& m) { m.claims["htm"] = "post"; }},
                    Wrong{"WithoutAddress", [](Made& m) { m.claims.erase("htu"); }},
                    Wrong{"ForAnotherPath", [](Made& m) { m.claims["htu"] = "https://kelisim.test/introspect"; }},
                    Wrong{"ForALongerPath", [](Made& m) { m.claims["htu"] = "https://kelisim.test/token/"; }},
                    Wrong{"ForAnotherHost", [](Made& m) { m.claims["htu"] = "https://elsewhere.test/token"; }},
                    Wrong{"ForAnotherPort", [](Made& m) { m.claims["htu"] = "https://kelisim.test:8443/token"; }},
                    Wrong{"ForAnotherScheme", [](Made& m) { m.claims["htu"] = "http://kelisim.test/token"; }},
                    Wrong{"ForSomebodyAtTheHost", [](Made& m) { m.claims["htu"] = "https://u@kelisim.test/token"; }},
                    Wrong{"ForAPathAlone", [](Made& m) { m.claims["htu"] = "/token"; }},
                    Wrong{"WithoutTime", [](Made& m) { m.claims.erase("iat"); }},
                    Wrong{"WithATimeThatIsNone", [](Made& m) { m.claims["iat"] = "now"; }},
                    Wrong{"ForAnotherToken",
                          [](Made& m) { m.claims["ath"] = base::to_base64url(crypto::sha256(base::as_bytes("x"))); }}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(Dpop, WhatIsNoJwsIsNoProof) {
    const std::string fine = Made{}.text();
    for (const std::string& text : {std::string(), std::string("a.b.c"), fine.substr(0, fine.size() - 3), fine + "x",
                                    fine + "." + fine, std::string(base::limits::jwt_bytes_max + 1, 'a')}) {
        EXPECT_FALSE(read(text).has_value());
    }
}

}  // namespace
}  // namespace kelisim::identity
