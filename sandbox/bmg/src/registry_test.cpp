// SPDX-License-Identifier: Apache-2.0
// The mobile citizens base over real sockets.
#include "bmg_owner/registry.hpp"

#include <boost/json/serialize.hpp>

#include "owner/shep_message.hpp"
#include "owner/testing.hpp"

namespace kelisim::bmg {
namespace {

using namespace owner::test;

constexpr std::string_view without_number = "580201100019";

class BmgTest : public RegistryTest<Phones> {
protected:
    BmgTest() : RegistryTest(role) {}

    token::AccessClaims claims(std::string_view iin = abai) const {
        auto claims = RegistryTest::claims();
        claims.subject = *base::Iin::parse(iin);
        claims.grant.services = {"MCDB_SERVICE"};
        claims.grant.fields = {"phone"};
        return claims;
    }
    Reply ask(std::string_view iin, const std::string& token, std::string_view more = {}) {
        return ask_for("MCDB_SERVICE", "<r:Request xmlns:r=\"" + std::string(message_namespace) +
                                           "\"><messageId>b-1</messageId>" + owner::leaf("iin", iin) +
                                           owner::leaf("kdpToken", token) + std::string(more) + "</r:Request>");
    }
};

TEST_F(BmgTest, TellsTheNumber) {
    const OpenedReply reply(ask(abai, signed_token(claims())));
    EXPECT_EQ(reply.result(), "00000");
    const xml::Element person = *reply.data.root().child("", "persons")->child("", "person");
    EXPECT_EQ(person.child("", "iin")->text(), abai);
    EXPECT_EQ(person.child("", "phone")->text(), "+77000000001");
    EXPECT_EQ(reply.data.root().child("", "sender")->child("", "code")->text(), "BMG");
    EXPECT_EQ(fake_.introspections, 0);
}

TEST_F(BmgTest, TellsNobodyElseAndNothingElse) {
    expect_refused(ask(abai, ""), "token_missing");
    expect_refused(ask(abai, "garbage"), "jws_malformed");
    expect_refused(ask(without_number, signed_token(claims())), "person_differs");
    expect_refused(ask(without_number, signed_token(claims(without_number))), "phone_unknown", "SCSE001");
    auto spoiled = claims();
    spoiled.grant.services = {"GBDFLUniversal_token"};
    expect_refused(ask(abai, signed_token(spoiled)), "service_not_granted");
    spoiled = claims();
    spoiled.grant.fields = {"iin"};
    expect_refused(ask(abai, signed_token(spoiled)), "field_not_granted");
    spoiled = claims();
    spoiled.audience = {"GBDFL"};
    expect_refused(ask(abai, signed_token(spoiled)), "claims_wrong_audience");
    expect_refused(ask(abai, signed_token(claims()), "<publicKey>AAAA</publicKey>"), "public_key_foreign");
    fake_.list.set(5, token::status_suspended);
    spoiled = claims();
    spoiled.status->uri = std::string(issuer) + "/status-lists/2";
    expect_refused(ask(abai, signed_token(spoiled)), "token_suspended");
    expect_fault(ask(abai, signed_token(claims()), "<iin>580201100019</iin>"), "SCE001", "data/iin: shep_field_twice");
    kelisim_server_.reset();
    auto fresh = claims();
    fresh.status->uri = std::string(issuer) + "/status-lists/3";
    expect_fault(ask(abai, signed_token(fresh)), "SCE909", "service_unavailable");
}

TEST_F(BmgTest, AnswersOverRest) {
    const auto ask = [&](std::string_view iin, const std::string& fields) {
        return ask_over_rest(signed_token(claims(iin)), "/phone",
                             R"({"iin":")" + std::string(iin) + R"(","fields":)" + fields + "}");
    };
    EXPECT_EQ(boost::json::serialize(ask(abai, R"(["phone"])").body), R"({"phone":"+77000000001"})");
    EXPECT_EQ(ask(without_number, R"(["phone"])").status, 404);
    EXPECT_EQ(ask(abai, R"(["surname"])").code(), "field_unknown");
    fake_.introspection = {{"active", false}};
    EXPECT_EQ(ask(abai, R"(["phone"])").code(), "token_inactive");
}

}  // namespace
}  // namespace kelisim::bmg
