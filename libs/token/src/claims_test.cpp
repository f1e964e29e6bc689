// SPDX-License-Identifier: Apache-2.0
#include "token/claims.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace kelisim::token {
namespace {

using namespace std::chrono_literals;

const SigningKey key{crypto::PrivateKey::generate_p256()};
const KeySet keys({key.verification()});
const base::Time now = base::from_micros(1'795'000'000'000'000);

AccessClaims claims() {
    return {.issuer = "http://127.0.0.1:8080",
            .subject = base::Iin::parse("450810100013").value(),
            .audience = {"GBDFL"},
            .client_id = "demo-bank",
            .jti = "0191f5a2-0000-7000-8000-000000000000",
            .issued = now,
            .expires = now + 10min,
            .acr = "sms_reply",
            .answered = now - 1min,
            .grant = {{"GBDFLUniversal_token"}, "loan-application", {"surname"}, {"collection"}, "c"}};
}

Expected expected() {
    return {.issuer = "http://127.0.0.1:8080", .audience = "GBDFL", .now = now};
}

// KDP-2.8: the security token is a JWT that identifies its holder and what it opens.
TEST(AccessToken, TellsItsOwnerWhatItOpens) {
    const auto read = verify_access_token(sign(key, access_token_type, to_json(claims())), keys, expected());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->grant, claims().grant);
    EXPECT_EQ(read->subject, claims().subject);
    EXPECT_EQ(read->expires, claims().expires);
}

TEST(AccessToken, IsRefusedWithEveryReason) {
    Expected other = expected();
    other.issuer = "http://other";
    other.audience = "ZAGS";
    other.now = claims().expires;
    const auto refused = verify_access_token(sign(key, access_token_type, to_json(claims())), keys, other);
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().has(claims_wrong_issuer));
    EXPECT_TRUE(refused.error().has(claims_wrong_audience));
    EXPECT_TRUE(refused.error().has(claims_expired));
}

TEST(AccessToken, PassesUntilItsLastInstant) {
    Expected last = expected();
    last.now = claims().expires - 1us;
    EXPECT_TRUE(verify_access_token(sign(key, access_token_type, to_json(claims())), keys, last).has_value());
}

// RFC 7800 3.1, RFC 8705 3.1, RFC 9449 6.1.
TEST(AccessToken, TellsWhatItsHolderHasToShow) {
    for (const Confirmation& bound : {Confirmation{}, Confirmation{.certificate = "cert", .key = ""},
                                      Confirmation{.certificate = "", .key = "key"}, Confirmation{"cert", "key"}}) {
        AccessClaims made = claims();
        made.bound_to = bound;
        const auto read = verify_access_token(sign(key, access_token_type, to_json(made)), keys, expected());
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->bound_to, bound);
    }
    EXPECT_FALSE(to_json(claims()).contains("cnf"));
}

// What it is bound to and we cannot check is no token of ours.
TEST(AccessToken, WithAnUnknownBindingIsMalformed) {
    for (const boost::json::value& cnf :
         {boost::json::value(nullptr), boost::json::value("key"), boost::json::value(boost::json::object{}),
          boost::json::value({{"jwk", "x"}}), boost::json::value({{"jkt", "key"}, {"jwk", "x"}}),
          boost::json::value({{"jkt", 1}}), boost::json::value({{"jkt", ""}})}) {
        boost::json::object payload = to_json(claims());
        payload["cnf"] = cnf;
        const auto read = verify_access_token(sign(key, access_token_type, payload), keys, expected());
        ASSERT_TRUE(read.has_error()) << boost::json::serialize(cnf);
        EXPECT_TRUE(read.error().has(claims_malformed));
    }
}

// draft-ietf-oauth-status-list, "Referenced Token in JWT Format".
TEST(AccessToken, TellsWhereItsStatusIsRead) {
    AccessClaims with = claims();
    with.status = StatusReference{.uri = "http://127.0.0.1:8080/status-lists/1", .index = 77};
    const auto read = verify_access_token(sign(key, access_token_type, to_json(with)), keys, expected());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->status, with.status);
    EXPECT_FALSE(read_access_claims(to_json(claims()))->status);
}

TEST(AccessToken, AStatusThatDoesNotReadSpoilsTheToken) {
    boost::json::object json = to_json(claims());
    for (const boost::json::value& status : std::initializer_list<boost::json::value>{
             boost::json::array{1}, boost::json::object{}, boost::json::object{{"status_list", 1}},
             boost::json::object{{"status_list", boost::json::object{{"uri", "u"}}}},
             boost::json::object{{"status_list", boost::json::object{{"idx", 1}}}},
             boost::json::object{{"status_list", boost::json::object{{"idx", -1}, {"uri", "u"}}}}}) {
        json["status"] = status;
        EXPECT_TRUE(read_access_claims(json).has_error());
    }
}

TEST(AccessClaims, NeedEveryMember) {
    const boost::json::object whole = to_json(claims());
    ASSERT_TRUE(read_access_claims(whole).has_value());
    for (const auto& member : whole) {
        boost::json::object without = whole;
        without.erase(member.key());
        EXPECT_TRUE(read_access_claims(without).has_error()) << member.key();
        boost::json::object wrong = whole;
        wrong[member.key()] = true;
        EXPECT_TRUE(read_access_claims(wrong).has_error()) << member.key();
    }
}

TEST(AccessClaims, RefuseDetailsOfAnotherType) {
    boost::json::object payload = to_json(claims());
    payload["authorization_details"].as_array()[0].as_object()["type"] = "payment";
    EXPECT_TRUE(read_access_claims(payload).has_error());
    payload = to_json(claims());
    auto& details = payload["authorization_details"].as_array();
    details.push_back(details.front());
    EXPECT_TRUE(read_access_claims(payload).has_error());
}

}  // namespace
}  // namespace kelisim::token
