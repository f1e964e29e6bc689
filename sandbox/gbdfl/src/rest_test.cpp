// SPDX-License-Identifier: Apache-2.0
// The owner over real sockets, against a Kelisim that the test plays.
#include "owner/rest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <ostream>

#include "gbdfl_owner/registry.hpp"
#include "owner/testing.hpp"

namespace kelisim::gbdfl {
namespace {

using namespace owner::test;

class OwnerTest : public RegistryTest<Persons> {
protected:
    OwnerTest() : RegistryTest(role) {}

    token::AccessClaims claims() const {
        auto claims = RegistryTest::claims();
        claims.grant.services = {"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"};
        claims.grant.fields = {"surname", "name", "children"};
        return claims;
    }
    RestReply ask(const std::string& token, std::string body, std::string target = "/person") {
        return ask_over_rest(token, std::move(target), std::move(body));
    }
    static std::string body_for(std::string_view iin, std::string_view fields) {
        return R"({"iin":")" + std::string(iin) + R"(","fields":)" + std::string(fields) + "}";
    }
};

TEST_F(OwnerTest, GivesTheFieldsAskedForAndNoMore) {
    const auto reply = ask(signed_token(claims()), body_for(abai, R"(["surname"])"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(boost::json::serialize(reply.body), R"({"surname":"Құнанбаев"})");
    const auto family = ask(signed_token(claims()), body_for(abai, R"(["children"])"), "/family");
    EXPECT_EQ(boost::json::serialize(family.body), R"({"children":[]})");
    EXPECT_EQ(fake_.jwks_fetches, 1);
}

struct Spoiled {
    std::string_view name;
    std::function<void(token::AccessClaims&)> spoil;
    std::string body;
    int status;
    std::string_view code;
};
void PrintTo(const Spoiled& c, std::ostream* out) {
    *out << c.name;
}
class SpoiledCall : public OwnerTest, public ::testing::WithParamInterface<Spoiled> {};

TEST_P(SpoiledCall, IsRefusedWithItsReason) {
    auto spoiled = claims();
    if (GetParam().spoil) GetParam().spoil(spoiled);
    const auto reply = ask(signed_token(spoiled), GetParam().body);
    EXPECT_EQ(reply.status, GetParam().status);
    EXPECT_EQ(reply.code(), GetParam().code);
}

const std::string good_body = R"({"iin":"450810100013","fields":["surname"]})";

INSTANTIATE_TEST_SUITE_P(
    Gbdfl, SpoiledCall,
    ::testing::Values(
        Spoiled{"other_issuer", [](auto& c) { c.issuer = "https://other.test"; }, good_body, 401,
                "claims_wrong_issuer"},
        Spoiled{"other_audience", [](auto& c) { c.audience = {"ZAGS"}; }, good_body, 403, "claims_wrong_audience"},
        Spoiled{"no_audience", [](auto& c) { c.audience = {}; }, good_body, 403, "claims_wrong_audience"},
        Spoiled{"expired", [](auto& c) { c.expires = c.issued - 1s; }, good_body, 401, "claims_expired"},
        Spoiled{"other_person", nullptr, R"({"iin":"411020100014","fields":["surname"]})", 403, "person_differs"},
        Spoiled{"other_service", [](auto& c) { c.grant.services = {"GBDFL_FamilyInfoToken"}; }, good_body, 403,
                "service_not_granted"},
        Spoiled{"field_not_granted", nullptr, R"({"iin":"450810100013","fields":["surname","documents"]})", 403,
                "field_not_granted"},
        Spoiled{"person_unknown", [](auto& c) { c.subject = *base::Iin::parse("990101100020"); },
                R"({"iin":"990101100020","fields":["surname"]})", 404, "person_unknown"},
        Spoiled{"field_of_no_service", nullptr, R"({"iin":"450810100013","fields":["salary"]})", 400, "field_unknown"},
        Spoiled{"field_of_another_service", nullptr, R"({"iin":"450810100013","fields":["children"]})", 400,
                "field_unknown"},
        Spoiled{"field_twice", nullptr, R"({"iin":"450810100013","fields":["name","name"]})", 400, "field_unknown"},
        Spoiled{"no_fields", nullptr, R"({"iin":"450810100013","fields":[]})", 400, "field_unknown"},
        Spoiled{"fields_missing", nullptr, R"({"iin":"450810100013"})", 400, "json_member_missing"},
        Spoiled{"iin_wrong", nullptr, R"({"iin":"450810100014","fields":["name"]})", 400, "iin_malformed"},
        Spoiled{"two_persons", nullptr, R"({"iin":"450810100013","iin":"411020100014","fields":["name"]})", 400,
                "json_duplicate_key"},
        Spoiled{"more_than_known", nullptr, R"({"iin":"450810100013","fields":["name"],"all":true})", 400,
                "json_member_unknown"},
        Spoiled{"not_json", nullptr, "iin=450810100013", 400, "json_malformed"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(OwnerTest, NamesEveryReason) {
    auto spoiled = claims();
    spoiled.grant.services = {"x"};
    const auto reply = ask(signed_token(spoiled), R"({"iin":"411020100014","fields":["documents"]})");
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.body.at("reasons").as_array().size(), 3U);
}

TEST_F(OwnerTest, WantsATokenThatKelisimSigned) {
    const std::vector<http::Header> json{{"Content-Type", "application/json"}};
    EXPECT_EQ(call("/person", json, good_body).code(), "token_missing");
    for (const auto* field : {"Basic abc", "Bearer", "bearer-abc"}) {
        auto headers = json;
        headers.push_back({"Authorization", field});
        EXPECT_EQ(call("/person", headers, good_body).code(), "token_missing") << field;
    }
    EXPECT_EQ(ask("a.b.c", good_body).code(), "jws_malformed");
    const token::SigningKey foreign{crypto::PrivateKey::generate_p256()};
    EXPECT_EQ(ask(token::sign(foreign, token::access_token_type, token::to_json(claims())), good_body).code(),
              "jws_unknown_key");
    token::SigningKey forged{crypto::PrivateKey::generate_p256()};
    forged.kid = fake_.key.kid;
    EXPECT_EQ(ask(token::sign(forged, token::access_token_type, token::to_json(claims())), good_body).code(),
              "jws_bad_signature");
    EXPECT_EQ(ask(token::sign(fake_.key, token::id_token_type, token::to_json(claims())), good_body).code(),
              "jws_wrong_type");
    EXPECT_EQ(fake_.jwks_fetches, 1);  // an invented kid makes nobody fetch again at once
}

TEST_F(OwnerTest, AsksWhetherTheTokenStillStands) {
    fake_.introspection = {{"active", false}};
    const auto reply = ask(signed_token(claims()), good_body);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.code(), "token_inactive");
}

TEST_F(OwnerTest, GivesNothingWhenKelisimDoesNotAnswerAsItShould) {
    const auto token = signed_token(claims());
    fake_.introspection_status = 500;
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection_status = 200;
    fake_.introspection = {{"active", "yes"}};
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection = {};
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection = {{"active", true}};
    EXPECT_EQ(ask(token, good_body).status, 200);
    kelisim_server_.reset();
    const auto reply = ask(token, good_body);
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.code(), "service_unavailable");
}

TEST_F(OwnerTest, GivesNothingWithoutKeys) {
    kelisim_server_.reset();
    EXPECT_EQ(ask(signed_token(claims()), good_body).status, 503);
}

TEST_F(OwnerTest, WantsJson) {
    EXPECT_EQ(call("/person", {{"Authorization", "Bearer " + signed_token(claims())}, {"Content-Type", "text/plain"}},
                   good_body)
                  .status,
              415);
}

}  // namespace
}  // namespace kelisim::gbdfl
