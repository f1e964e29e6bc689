// SPDX-License-Identifier: Apache-2.0
#include "token/jws.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <functional>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::token {
namespace {

using base::as_bytes;

const SigningKey key{crypto::PrivateKey::generate_p256()};
const KeySet keys({key.verification()});
const boost::json::object payload{{"sub", "somebody"}};

std::string encode(std::string_view json) {
    return base::to_base64url(as_bytes(json));
}

// A token with any header, signed rightly.
std::string with_header(const boost::json::object& header) {
    std::string text = encode(boost::json::serialize(header)) + "." + encode(boost::json::serialize(payload));
    return text + "." + base::to_base64url(key.key.sign(Algorithm::es256, as_bytes(text)));
}

boost::json::object header(std::function<void(boost::json::object&)> change = [](auto&) {}) {
    boost::json::object h{{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key.kid}};
    change(h);
    return h;
}

TEST(Jws, IsVerifiedUnderItsKeyAndType) {
    EXPECT_EQ(verify(sign(key, "at+jwt", payload), keys, "at+jwt").value(), payload);
    EXPECT_TRUE(verify(with_header(header()), keys, "at+jwt").has_value());
    EXPECT_TRUE(
        verify(with_header(header([](auto& h) { h["typ"] = "application/AT+JWT"; })), keys, "at+jwt").has_value());
    EXPECT_TRUE(verify(with_header(header([](auto& h) { h.erase("typ"); })), keys, "").has_value());
    EXPECT_TRUE(verify(with_header(header([](auto& h) { h.erase("kid"); })), keys, "at+jwt").has_value());
}

TEST(Jws, WithoutAKidNeedsASetOfOne) {
    const SigningKey second{crypto::PrivateKey::generate_p256()};
    const KeySet two({key.verification(), second.verification()});
    EXPECT_TRUE(
        verify(with_header(header([](auto& h) { h.erase("kid"); })), two, "at+jwt").error().has(jws_unknown_key));
}

struct Trick {
    std::string name;
    std::function<std::string()> token;
    const base::Reason& reason;
};
class JwsTrick : public testing::TestWithParam<Trick> {};
TEST_P(JwsTrick, IsRefused) {
    const auto refused = verify(GetParam().token(), keys, "at+jwt");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().first().code, GetParam().reason.code);
}

std::string unsigned_with_alg(std::string_view alg) {
    return encode(boost::json::serialize(header([&](auto& h) { h["alg"] = alg; }))) + "." +
           encode(boost::json::serialize(payload)) + ".";
}

std::string changed_byte(std::size_t part) {
    std::string token = sign(key, "at+jwt", payload);
    const auto first = token.find('.');
    const std::size_t at = part == 0 ? 3 : part == 1 ? first + 3 : token.size() - 10;
    token[at] = token[at] == 'A' ? 'B' : 'A';
    return token;
}

INSTANTIATE_TEST_SUITE_P(
    Table, JwsTrick,
    testing::Values(
        Trick{"AlgNone", [] { return unsigned_with_alg("none"); }, jws_wrong_algorithm},
        Trick{"AlgNoneInCapitals", [] { return unsigned_with_alg("NONE"); }, jws_wrong_algorithm},
        Trick{"Hs256UnderThePublicKey", [] { return with_header(header([](auto& h) { h["alg"] = "HS256"; })); },
              jws_wrong_algorithm},
        Trick{"Rs256ForAnEcKey", [] { return with_header(header([](auto& h) { h["alg"] = "RS256"; })); },
              jws_wrong_algorithm},
        Trick{"AlgNotText", [] { return with_header(header([](auto& h) { h["alg"] = 256; })); }, jws_wrong_algorithm},
        Trick{"UnknownCrit", [] { return with_header(header([](auto& h) { h["crit"] = {"exp"}; })); },
              jws_critical_unknown},
        Trick{"EmptyCrit", [] { return with_header(header([](auto& h) { h["crit"] = boost::json::array{}; })); },
              jws_critical_unknown},
        Trick{"ForeignKid", [] { return with_header(header([](auto& h) { h["kid"] = "other"; })); }, jws_unknown_key},
        Trick{"ForeignKeySameKid",
              [] {
                  SigningKey other{crypto::PrivateKey::generate_p256()};
                  other.kid = key.kid;
                  return sign(other, "at+jwt", payload);
              },
              jws_bad_signature},
        Trick{"OwnKeyInTheHeader",
              [] {
                  const SigningKey other{crypto::PrivateKey::generate_p256()};
                  return sign(other, "at+jwt", payload);
              },
              jws_unknown_key},
        Trick{"IdTokenAsAccessToken", [] { return sign(key, "JWT", payload); }, jws_wrong_type},
        Trick{"NoType", [] { return with_header(header([](auto& h) { h.erase("typ"); })); }, jws_wrong_type},
        Trick{"ChangedHeader", [] { return changed_byte(0); }, jws_wrong_algorithm},
        Trick{"ChangedPayload", [] { return changed_byte(1); }, jws_malformed},
        Trick{"ChangedSignature", [] { return changed_byte(2); }, jws_bad_signature},
        Trick{"NoSignature",
              [] {
                  auto whole = sign(key, "at+jwt", payload);
                  return whole.substr(0, whole.rfind('.') + 1);
              },
              jws_bad_signature},
        Trick{"TwoParts",
              [] {
                  auto whole = sign(key, "at+jwt", payload);
                  return whole.substr(0, whole.rfind('.'));
              },
              jws_malformed},
        Trick{"FourParts", [] { return sign(key, "at+jwt", payload) + ".x"; }, jws_malformed},
        Trick{"Empty", [] { return std::string(); }, jws_malformed},
        Trick{"Dots", [] { return std::string(".."); }, jws_malformed},
        Trick{"Padding", [] { return sign(key, "at+jwt", payload) + "="; }, jws_malformed},
        Trick{"TrailingNewline", [] { return sign(key, "at+jwt", payload) + "\n"; }, jws_malformed},
        Trick{"OneByteOverItsLimit", [] { return std::string(base::limits::jwt_bytes_max + 1, 'A'); }, jws_malformed},
        Trick{"DeepNesting", [] { return encode(std::string(2000, '[')) + "." + encode("{}") + "."; }, jws_malformed},
        Trick{"DuplicateAlg",
              [] { return encode(R"({"alg":"ES256","alg":"none","typ":"at+jwt"})") + "." + encode("{}") + "."; },
              jws_malformed}),
    [](const auto& c) { return c.param.name; });

TEST(KeySet, SurvivesItsJwks) {
    const SigningKey rsa{crypto::PrivateKey::generate_rsa2048(), Algorithm::rs256};
    const KeySet again = KeySet::from_jwks(KeySet({key.verification(), rsa.verification()}).to_jwks());
    ASSERT_EQ(again.keys().size(), 2U);
    EXPECT_TRUE(verify(sign(key, "at+jwt", payload), again, "at+jwt").has_value());
    EXPECT_TRUE(verify(sign(rsa, "at+jwt", payload), again, "at+jwt").has_value());
}

TEST(KeySet, PassesOverWhatItCannotUse) {
    boost::json::object jwks = keys.to_jwks();
    auto& list = jwks["keys"].as_array();
    list.push_back({{"kty", "oct"}, {"k", "c2VjcmV0"}});
    list.push_back("no key");
    boost::json::object encryption = list.front().as_object();
    encryption["use"] = "enc";
    encryption["kid"] = "e";
    list.push_back(encryption);
    boost::json::object wrong_alg = list.front().as_object();
    wrong_alg["alg"] = "RS256";
    list.push_back(wrong_alg);
    EXPECT_EQ(KeySet::from_jwks(jwks).keys().size(), 1U);
    EXPECT_TRUE(KeySet::from_jwks({}).keys().empty());
    const boost::json::object published = keys.to_jwks();
    for (const auto& entry : published.at("keys").as_array()) {
        EXPECT_FALSE(entry.as_object().contains("d")) << "a private key is never published";
    }
}

}  // namespace
}  // namespace kelisim::token
