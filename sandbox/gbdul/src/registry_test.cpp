// SPDX-License-Identifier: Apache-2.0
// GBD UL over real sockets: whose token opens what of a legal entity, and what a report says of those who gave none.
#include "gbdul_owner/registry.hpp"

#include <boost/json/serialize.hpp>
#include <functional>
#include <ostream>

#include "owner/testing.hpp"

namespace kelisim::gbdul {
namespace {

using namespace owner::test;

constexpr std::string_view ybyrai = "411020100014";
constexpr std::string_view tenth = "880808200018";
constexpr std::string_view stranger = "951212200016";
constexpr std::string_view mill = "000140003106";

class GbdulTest : public RegistryTest<LegalEntities> {
protected:
    GbdulTest() : RegistryTest(role) {}

    token::AccessClaims claims(std::string_view iin = abai) const {
        auto claims = RegistryTest::claims();
        claims.subject = *base::Iin::parse(iin);
        claims.grant.services = {std::string(info_service().key), std::string(report_service().key)};
        for (const owner::Service* service : {&info_service(), &report_service()})
            claims.grant.fields.insert(claims.grant.fields.end(), service->fields.begin(), service->fields.end());
        return claims;
    }
    std::string token(std::string_view iin = abai) const { return signed_token(claims(iin)); }

    struct Info {
        std::string iin = std::string(abai);
        std::string bin = std::string(mill);
        std::string token;
        std::string more = {};
    };
    Reply inform(const Info& asked) {
        return ask_for(std::string(info_service().key),
                       "<r:Request xmlns:r=\"" + std::string(info_namespace) + "\"><messageId>b-1</messageId>" +
                           owner::leaf("BIN", asked.bin) + owner::leaf("iin", asked.iin) +
                           owner::leaf("kdpToken", asked.token) + asked.more + "</r:Request>");
    }

    static std::string entry(std::string_view token, std::string_view key = {}) {
        return owner::element("k:tokens", owner::leaf("k:Code", token) + owner::leaf("k:PublicKey", key));
    }
    // As clients write it: everything in the namespace of the report.
    static std::string request(std::string_view bin, std::string_view tokens, std::string_view more = {}) {
        return "<k:request xmlns:k=\"" + std::string(report_namespace) +
               "\"><k:requestNumber>n-1</k:requestNumber><k:declarantId>DEMOBANK</k:declarantId><k:businessData>" +
               owner::leaf("k:BIN", bin) + owner::element("k:InfoAbtToken", tokens) + std::string(more) +
               "</k:businessData></k:request>";
    }
    Reply report(std::string_view tokens, std::string_view bin = mill, std::string_view more = {}) {
        return ask_for(std::string(report_service().key), request(bin, tokens, more));
    }
    // IINs of those of whom something is told.
    static std::vector<std::string> told(const OpenedReply& reply) {
        std::vector<std::string> iins;
        if (!reply.has("persons")) return iins;
        for (const xml::Element person : reply.data.root().child("", "persons")->children())
            iins.push_back(person.child("", "iin")->text().value());
        return iins;
    }
    static std::vector<std::string> results(const OpenedReply& reply) {
        std::vector<std::string> codes;
        for (const xml::Element each : reply.data.root().child("", "tokenResults")->children())
            codes.push_back(each.child("", "result")->child("", "code")->text().value());
        return codes;
    }
};

using Texts = std::vector<std::string>;

TEST_F(GbdulTest, NamesTheHeadUnderTheHeadsToken) {
    const OpenedReply reply(inform({.token = token()}));
    EXPECT_EQ(reply.result(), "00000");
    EXPECT_EQ(reply.message.status_code, "SCSS001");
    const xml::Element entity = *reply.data.root().child("", "legalEntity");
    EXPECT_EQ(entity.child("", "bin")->text(), mill);
    EXPECT_EQ(entity.child("", "name")->child("", "nameKz")->text(), "«Оқу диірмені» ЖШС");
    EXPECT_EQ(entity.child("", "registrationDate")->text(), "2000-01-14");
    EXPECT_EQ(entity.child("", "firstHead")->child("", "surname")->text(), "Құнанбаев");
    EXPECT_EQ(fake_.introspections, 0);
}

TEST_F(GbdulTest, InformsNobodyElse) {
    expect_refused(inform({.token = ""}), "token_missing");
    expect_refused(inform({.token = "garbage"}), "jws_malformed");
    expect_refused(inform({.iin = std::string(ybyrai), .token = token()}), "person_differs");
    // Whoever is no head opens nothing, a founder neither.
    expect_refused(inform({.iin = std::string(ybyrai), .token = token(ybyrai)}), "head_differs");
    expect_refused(inform({.bin = "000140003116", .token = token()}), "legal_entity_unknown", "404");
    auto other = claims();
    other.grant.services = {std::string(report_service().key)};
    expect_refused(inform({.token = signed_token(other)}), "service_not_granted");
    other = claims();
    std::erase(other.grant.fields, "firstHead");
    expect_refused(inform({.token = signed_token(other)}), "field_not_granted");
    other = claims();
    other.audience = {"GBDFL"};
    expect_refused(inform({.token = signed_token(other)}), "claims_wrong_audience");
    expect_refused(inform({.token = token(), .more = "<publicKey>AAAA</publicKey>"}), "public_key_foreign");
    fake_.list.set(5, token::status_invalid);
    auto ended = claims();
    ended.status->uri = std::string(issuer) + "/status-lists/2";
    expect_refused(inform({.token = signed_token(ended)}), "token_inactive");
}

TEST_F(GbdulTest, ReadsNoInquiryWithoutItsFields) {
    expect_fault(inform({.bin = "", .token = token()}), "SCE001", "data/BIN: shep_field_missing");
    expect_fault(inform({.token = token(), .more = "<BIN>000140003205</BIN>"}), "SCE001", "data/BIN: shep_field_twice");
    expect_fault(inform({.iin = "1", .token = token()}), "SCE001", "data/iin: iin_malformed");
    expect_fault(ask_for("GBDFLUniversal_token", "<a/>"), "SCE004");
}

TEST_F(GbdulTest, AnswersOverRest) {
    const auto ask = [&](std::string_view iin, std::string_view bin, const std::string& fields) {
        return ask_over_rest(
            token(iin), "/entity",
            R"({"iin":")" + std::string(iin) + R"(","bin":")" + std::string(bin) + R"(","fields":)" + fields + "}");
    };
    const auto reply = ask(abai, mill, R"(["firstHead"])");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body.at("firstHead").at("iin").as_string(), abai);
    EXPECT_EQ(ask(ybyrai, mill, R"(["firstHead"])").code(), "head_differs");
    const auto unknown = ask(abai, "000140003116", R"(["firstHead"])");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.code(), "legal_entity_unknown");
    EXPECT_EQ(ask(abai, mill, R"(["share"])").code(), "field_unknown");
    EXPECT_EQ(ask_over_rest(token(), "/entity", R"({"iin":"450810100013","fields":["firstHead"]})").code(),
              "json_member_missing");
    EXPECT_EQ(ask_over_rest("a.b.c", "/entity", "{}").status, 401);
}

TEST_F(GbdulTest, ReportsEverybodyWhoseTokenIsGood) {
    const OpenedReply reply(report(entry(token()) + entry(token(ybyrai)) + entry(token(tenth))));
    EXPECT_EQ(reply.result(), "00000");
    EXPECT_EQ(reply.message.status_code, "SCSS001");
    EXPECT_EQ(told(reply), (Texts{std::string(abai), std::string(ybyrai), std::string(tenth)}));
    EXPECT_EQ(results(reply), (Texts{"00000", "00000", "00000"}));
    EXPECT_FALSE(reply.has("withheld"));
    const xml::Element head = reply.data.root().child("", "persons")->children().front();
    EXPECT_EQ(head.children("", "position").size(), 2U) << "head and founder";
    EXPECT_EQ(head.child("", "share")->text(), "60");
}

TEST_F(GbdulTest, LeavesOutWhoHasNoGoodTokenAndSaysSo) {
    auto ended = claims(tenth);
    ended.expires = ended.issued - 1s;
    const Reply raw = report(entry(token(ybyrai)) + entry("") + entry(signed_token(ended)) + entry(token(stranger)));
    const OpenedReply reply(raw);
    EXPECT_EQ(told(reply), Texts{std::string(ybyrai)});
    EXPECT_EQ(results(reply), (Texts{"00000", "token_missing", "claims_expired", "person_not_concerned"}));
    // By what they are, not by who.
    EXPECT_EQ(reply.data.root().child("", "withheld")->children().size(), 2U);
    for (const std::string_view name : {abai, tenth, stranger, std::string_view("Құнанбаев")})
        EXPECT_EQ(raw.text.find(name), std::string::npos) << name;
}

TEST_F(GbdulTest, RefusesAReportThatWouldNameNobody) {
    expect_refused(report(""), "token_missing");
    expect_refused(report(entry("garbage")), "jws_malformed");
    expect_refused(report(entry(token(stranger))), "person_not_concerned");
    expect_refused(report(entry(token(), "AAAA")), "public_key_foreign");
    const token::SigningKey foreign{crypto::PrivateKey::generate_p256()};
    const std::string forged = token::sign(foreign, token::access_token_type, token::to_json(claims()));
    expect_refused(report(entry(forged, base::to_base64(foreign.key.public_key().to_spki()))), "jws_unknown_key");
    auto info_alone = claims();
    info_alone.grant.services = {std::string(info_service().key)};
    expect_refused(report(entry(signed_token(info_alone))), "service_not_granted");
    auto without_share = claims();
    std::erase(without_share.grant.fields, "share");
    expect_refused(report(entry(signed_token(without_share))), "field_not_granted");
    expect_refused(report(entry(token()), "000140003116"), "legal_entity_unknown", "404");
}

TEST_F(GbdulTest, DecidesNothingWithoutKelisim) {
    kelisim_server_.reset();
    expect_fault(report(entry(token())), "SCE909", "service_unavailable");
    expect_fault(inform({.token = token()}), "SCE909", "service_unavailable");
}

struct Unreadable {
    std::string_view name;
    std::string document;
    std::string words;
};
void PrintTo(const Unreadable& c, std::ostream* out) {
    *out << c.name;
}
class UnreadableReport : public GbdulTest, public ::testing::WithParamInterface<Unreadable> {};

TEST_P(UnreadableReport, IsAFault) {
    expect_fault(ask_for("GbdulReport3007_KDP", GetParam().document), "SCE001", GetParam().words);
    EXPECT_EQ(fake_.jwks_fetches, 0);
}

std::string of(std::string_view content) {
    return "<request><requestNumber>n</requestNumber><businessData>" + std::string(content) +
           "</businessData></request>";
}
std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}
const std::string bin_of_mill = "<BIN>000140003106</BIN>";
const std::string one_token = "<tokens><Code>a</Code></tokens>";

INSTANTIATE_TEST_SUITE_P(
    Gbdul, UnreadableReport,
    ::testing::Values(
        Unreadable{"no_business_data", "<request><requestNumber>n</requestNumber></request>",
                   "data/businessData: shep_field_missing"},
        Unreadable{"no_bin", of("<InfoAbtToken/>"), "data/BIN: shep_field_missing"},
        Unreadable{"two_bins", of(bin_of_mill + bin_of_mill), "data/BIN: shep_field_twice"},
        Unreadable{"two_lists", of(bin_of_mill + "<InfoAbtToken/><InfoAbtToken/>"),
                   "data/InfoAbtToken: shep_field_twice"},
        Unreadable{"two_codes_in_one",
                   of(bin_of_mill + "<InfoAbtToken><tokens><Code>a</Code><Code>b</Code></tokens></InfoAbtToken>"),
                   "data/Code: shep_field_twice"},
        Unreadable{"a_code_elsewhere", of(bin_of_mill + "<InfoAbtToken><Code>a</Code>" + one_token + "</InfoAbtToken>"),
                   "data/Code: shep_field_missing"},
        Unreadable{"tokens_elsewhere", of(bin_of_mill + one_token + "<InfoAbtToken>" + one_token + "</InfoAbtToken>"),
                   "data/tokens: shep_field_missing"},
        Unreadable{"too_many", of(bin_of_mill + "<InfoAbtToken>" + repeated(one_token, 17) + "</InfoAbtToken>"),
                   "data/tokens: shep_too_many"},
        Unreadable{"another_namespace", of(bin_of_mill + R"(<InfoAbtToken><x:tokens xmlns:x="urn:x"/></InfoAbtToken>)"),
                   "data/tokens: shep_namespace"}),
    [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace kelisim::gbdul
