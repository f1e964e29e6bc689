// SPDX-License-Identifier: Apache-2.0
// KDP-2.11: the services of KDP as clients ask for them.
#include "soap/kdp.hpp"

#include <gtest/gtest.h>

#include "testing_messages.hpp"

namespace kelisim::soap {
namespace {

using test::replaced;
using test::zone;

const std::string fields =
    "<uin>000000000001</uin><company>Test Bank</company><company_bin>000000000002</company_bin>"
    "<company_responsible>Ministry</company_responsible><employee_name>Test Employee</employee_name>"
    "<access_name>GBDFLUniversal_token; GBDFL_FamilyInfoToken;;</access_name><personal_data_name/>"
    "<expiresIn>600000</expiresIn><omit-sms>true</omit-sms><ovt>HEADER.PAYLOAD.SIGNATURE</ovt>";
const std::string typed =
    "<data xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='getUserDataRequest'>" + fields + "</data>";

// A `data` as it would stand in a message, read by one of the readers.
template <class T>
Read<T> read(const std::string& data, Read<T> (*reader)(const BusinessData&, const base::Zone&)) {
    const test::Message message(data);
    const auto business = BusinessData::read(Data(message.body().children().front()));
    return reader(business.value(), zone);
}
Read<PersonDataRequest> read_request(const std::string& data) {
    return read(data, read_person_data_request);
}

struct Form {
    const char* name;
    std::string data;
};
void PrintTo(const Form& one, std::ostream* out) {
    *out << one.name;
}
class RequestForms : public testing::TestWithParam<Form> {};
TEST_P(RequestForms, AreRead) {
    const auto got = read_request(GetParam().data);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->uin.reveal(), "000000000001");
    EXPECT_EQ(got->company, "Test Bank");
    EXPECT_EQ(got->company_bin, "000000000002");
    EXPECT_EQ(got->company_responsible, "Ministry");
    EXPECT_EQ(got->employee_name.reveal(), "Test Employee");
    EXPECT_EQ(got->services, (std::vector<std::string>{"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"}));
    EXPECT_EQ(got->personal_data_name, "");
    EXPECT_EQ(got->expires_in, 600000);
    EXPECT_TRUE(got->omit_sms);
    EXPECT_EQ(got->ovt.reveal(), "HEADER.PAYLOAD.SIGNATURE");
}
const std::string ns = "http://service.2fa-chain.kz/ns/kdp";
INSTANTIATE_TEST_SUITE_P(
    B2, RequestForms,
    testing::Values(Form{"typed", typed}, Form{"without a type", "<data>" + fields + "</data>"},
                    Form{"all in the namespace", "<data xmlns='" + ns + "'>" + fields + "</data>"},
                    Form{"fields alone in the namespace",
                         "<data>" + replaced(fields, "<uin>", "<uin xmlns='" + ns + "'>") + "</data>"},
                    Form{"in the namespace of the wrapper",
                         "<data xmlns='http://bip.bee.kz/SyncChannel/v10/Types'>" + fields + "</data>"},
                    Form{"in an element of its own", "<data><k:getUserDataRequest xmlns:k='" + ns + "'>" + fields +
                                                         "</k:getUserDataRequest></data>"},
                    Form{"escaped", "<data>&lt;data>" + replaced(fields, "<", "&lt;") + "&lt;/data></data>"},
                    Form{"CDATA", "<data><![CDATA[<getUserDataRequest>" + fields + "</getUserDataRequest>]]></data>"},
                    Form{"signed",
                         "<data>" + fields + "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></data>"},
                    Form{"an element, and a signature beside it",
                         "<data><getUserDataRequest>" + fields +
                             "</getUserDataRequest><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></data>"}));

TEST(PersonDataRequest, MayBeAsShortAsTheOldestClientsHaveIt) {
    const auto got = read_request(
        "<data><uin>1</uin><company>c</company><company_bin>2</company_bin><expiresIn>132000000</expiresIn>"
        "<omit-sms>false</omit-sms></data>");
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_TRUE(got->services.empty());
    EXPECT_FALSE(got->omit_sms);
}

struct Wrong {
    const char* name;
    std::string data;
    const base::Reason* reason;
    std::string where;
};
void PrintTo(const Wrong& one, std::ostream* out) {
    *out << one.name;
}
class WrongRequests : public testing::TestWithParam<Wrong> {};
TEST_P(WrongRequests, AreRefused) {
    const auto got = read_request(GetParam().data);
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().all().size(), 1U) << got.error().in_words();
    EXPECT_EQ(got.error().all().front().reason->code, GetParam().reason->code);
    EXPECT_EQ(got.error().all().front().where, GetParam().where);
}
Wrong without(const char* name, const std::string& what, const std::string& where) {
    return {name, replaced(typed, what, ""), &shep_field_missing, "data/" + where};
}
Wrong changed(const char* name, const std::string& what, const std::string& with, const base::Reason& reason,
              const std::string& where) {
    return {name, replaced(typed, what, with), &reason, "data/" + where};
}
INSTANTIATE_TEST_SUITE_P(
    B2, WrongRequests,
    testing::Values(Wrong{"no data", "<data/>", &shep_data_missing, "data"},
                    Wrong{"a text", "<data>uin=1</data>", &business_data_not_xml, "data"},
                    Wrong{"another service", "<data><Request><iin>1</iin></Request></data>", &shep_operation_unknown,
                          "data"},
                    Wrong{"a foreign namespace",
                          "<data><getUserDataRequest xmlns='urn:x'>" + fields + "</getUserDataRequest></data>",
                          &shep_namespace, "data/getUserDataRequest"},
                    without("no uin", "<uin>000000000001</uin>", "uin"),
                    without("no company", "<company>Test Bank</company>", "company"),
                    without("no company_bin", "<company_bin>000000000002</company_bin>", "company_bin"),
                    without("no expiresIn", "<expiresIn>600000</expiresIn>", "expiresIn"),
                    without("no omit-sms", "<omit-sms>true</omit-sms>", "omit-sms"),
                    changed("no ovt", "<ovt>HEADER.PAYLOAD.SIGNATURE</ovt>", "", kdp_ovt_missing, "ovt"),
                    changed("an empty ovt", "HEADER.PAYLOAD.SIGNATURE", " ", kdp_ovt_missing, "ovt"),
                    changed("two uin", "</uin>", "</uin><uin>000000000003</uin>", shep_field_twice, "uin"),
                    changed("a second uin of a foreign namespace", "</uin>", "</uin><uin xmlns='urn:x'>3</uin>",
                            shep_namespace, "uin"),
                    changed("a term that is no number", "600000", "PT10M", shep_value_unknown, "expiresIn"),
                    changed("a negative term", "600000", "-1", shep_value_unknown, "expiresIn"),
                    changed("a term without end", "600000", "99999999999999999999", shep_value_unknown, "expiresIn"),
                    changed("omit-sms as a word", "<omit-sms>true", "<omit-sms>yes", shep_value_unknown, "omit-sms"),
                    changed("a service over its limit", "GBDFLUniversal_token", std::string(129, 'x'),
                            shep_field_too_long, "access_name"),
                    changed("too many services", "GBDFLUniversal_token", test::repeated("a;", 16),
                            kdp_too_many_services, "access_name"),
                    changed("elements in uin", "000000000001", "<b/>", shep_field_not_text, "uin"),
                    changed("an ovt over its limit", "HEADER.PAYLOAD.SIGNATURE", std::string(8193, 'x'),
                            shep_field_too_long, "ovt")));

TEST(PersonDataRequest, IsReadBack) {
    const auto sent = read_request(typed).value();
    const std::string text = write(sent, zone).to_xml();
    EXPECT_NE(text.find("<access_name>GBDFLUniversal_token;GBDFL_FamilyInfoToken</access_name>"), std::string::npos);
    const auto got = read_request(text);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->services, sent.services);
    EXPECT_EQ(got->ovt.reveal(), sent.ovt.reveal());
    EXPECT_EQ(got->employee_name, sent.employee_name);
}

// Both outer forms, requestInfo of the native one too.
TEST(PersonDataRequest, ComesInBothWrappers) {
    const std::string info =
        "<messageId>M</messageId><serviceId>KDP_SERVICE</serviceId><sessionId>00000000-0000-4000-8000-0000000000ff"
        "</sessionId><messageDate>2023-07-20</messageDate><sender><senderId>S</senderId></sender>";
    const std::string inside =
        "<request><requestInfo>" + info + "</requestInfo><requestData>" + typed + "</requestData></request>";
    for (const auto& [text, wrapper] :
         {std::pair{"<t:SendMessage xmlns:t='http://bip.bee.kz/SyncChannel/v10/Types'>" + inside + "</t:SendMessage>",
                    Wrapper::shep},
          {"<sendMessageRequest xmlns='" + ns + "'>" + inside + "</sendMessageRequest>", Wrapper::kdp},
          {"<k:sendMessageRequest xmlns:k='" + ns + "'>" + inside + "</k:sendMessageRequest>", Wrapper::kdp}}) {
        const test::Message message(text);
        const auto got = read_send_message(message.body(), zone);
        ASSERT_TRUE(got.has_value()) << got.error().in_words();
        EXPECT_EQ(got->wrapper, wrapper);
        EXPECT_EQ(got->service_id, "KDP_SERVICE");
        EXPECT_TRUE(got->session.has_value());
        const auto business = BusinessData::read(got->data);
        EXPECT_EQ(business->type(), "getUserDataRequest");
        const auto request = read_person_data_request(*business, zone);
        ASSERT_TRUE(request.has_value()) << request.error().in_words();
        EXPECT_EQ(request->expires_in, 600000);
    }
}

// --- The answer

PersonDataResponse response() {
    return {.message_id = "M",
            .date = base::parse_time("2026-01-15T05:00:01Z").value(),
            .session = SessionId::parse("00000000-0000-4000-8000-0000000000fc"),
            .status = "GRANTED",
            .token = base::Secret<std::string>("JWT"),
            .public_key = "BASE64SPKI"};
}

TEST(PersonDataResponse, IsQualifiedThroughout) {
    EXPECT_EQ(write(response(), zone),
              "<k:sendMessageResponse xmlns:k=\"http://service.2fa-chain.kz/ns/kdp\"><k:response><k:responseInfo>"
              "<k:messageId>M</k:messageId><k:responseDate>2026-01-15T10:00:01.000+05:00</k:responseDate><k:status>"
              "</k:status><k:sessionId>{00000000-0000-4000-8000-0000000000fc}</k:sessionId></k:responseInfo>"
              "<k:responseData><k:data><k:status>GRANTED</k:status><k:code>JWT</k:code><k:public-key>BASE64SPKI"
              "</k:public-key></k:data></k:responseData></k:response></k:sendMessageResponse>");
    PersonDataResponse refused = response();
    refused.token = {};
    refused.public_key = {};
    EXPECT_EQ(write(refused, zone).find("k:code"), std::string::npos);
}

TEST(PersonDataResponse, IsReadBackWithoutTheLinesOfOthers) {
    const std::string text =
        replaced(replaced(write(response(), zone), "JWT", "J\r\nW T"), "BASE64SPKI", "BASE64\n SPKI");
    const test::Message message(text);
    const auto got = read_person_data_response(message.body(), zone);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->token.reveal(), "JWT");
    EXPECT_EQ(got->public_key, "BASE64SPKI");
    EXPECT_EQ(got->status, "GRANTED");
    EXPECT_EQ(got->date, response().date);
    for (const auto& [what, with, reason] : {std::tuple{"<k:status>GRANTED</k:status>", "", &shep_field_missing},
                                             {"ns/kdp", "ns/kdq", &shep_namespace},
                                             {"sendMessageResponse", "sendMessageRequest", &shep_operation_unknown},
                                             {"<k:data>", "<k:data/><k:data>", &shep_data_twice}}) {
        const test::Message wrong(replaced(write(response(), zone), what, with));
        const auto refused = read_person_data_response(wrong.body(), zone);
        ASSERT_FALSE(refused.has_value()) << what;
        EXPECT_TRUE(refused.error().has(*reason)) << refused.error().in_words();
    }
}

// --- The journal of accesses

TEST(AccessJournal, IsAskedForAndGiven) {
    const std::string p = "http://service.2fa-chain.kz/ns/kdp/personalData";
    const auto asked =
        read("<data xmlns:p='" + p +
                 "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='p:personalDataRequest'>"
                 "<p:uin>000000000001</p:uin><p:start_date>2026-01-01T00:00:00</p:start_date><p:end_date>2026-02-01</"
                 "p:end_date>"
                 "</data>",
             read_access_journal_request);
    ASSERT_TRUE(asked.has_value()) << asked.error().in_words();
    EXPECT_EQ(base::to_iso8601(asked->start), "2025-12-31T19:00:00.000000Z");
    EXPECT_EQ(base::to_iso8601(asked->end), "2026-01-31T19:00:00.000000Z");
    EXPECT_EQ(read(write(*asked, zone).to_xml(), read_access_journal_request)->end, asked->end);
    const AccessJournal journal{.uin = base::Personal<std::string>("000000000001"),
                                .entries = base::Personal(std::string(100'000, 'x') + "<a/>")};
    EXPECT_EQ(read(write(journal, zone).to_xml(), read_access_journal)->entries, journal.entries);
    const AccessJournal none{.uin = journal.uin, .entries = {}};
    EXPECT_EQ(read(write(none, zone).to_xml(), read_access_journal)->entries.reveal(), "");

    const std::string good = write(*asked, zone).to_xml();
    for (const auto& [what, with, reason] : {std::tuple{"<p:uin>000000000001</p:uin>", "", &shep_field_missing},
                                             {"2026-01-01T00", "soon", &shep_date_malformed},
                                             {"ns/kdp/personalData", "ns/kdp", &shep_namespace}}) {
        const auto refused = read(replaced(good, what, with), read_access_journal_request);
        ASSERT_FALSE(refused.has_value()) << what;
        EXPECT_TRUE(refused.error().has(*reason)) << refused.error().in_words();
    }
}

// --- Revocations

TEST(Revocations, AreListedAndAnswered) {
    EXPECT_TRUE(read("<data/>", read_revocations_request).has_value());
    EXPECT_EQ(read("<data><listToRevokeRequest><after>7</after></listToRevokeRequest></data>", read_revocations_request)
                  ->after,
              7);
    const RevocationsRequest asked{.after = 7, .amount = 20};
    EXPECT_EQ(read(write(asked, zone).to_xml(), read_revocations_request)->amount, 20);
    const Revocations list{.applications = {{.number = 8,
                                             .consent_id = "C",
                                             .uin = base::Personal<std::string>("000000000001"),
                                             .services = "A;B",
                                             .withdrawn = base::parse_time("2026-01-15T05:00:00Z").value(),
                                             .object_by = base::parse_time("2026-01-18T05:00:00Z").value()},
                                            {.number = 9, .consent_id = "D", .withdrawn = {}}},
                           .next = 9};
    const auto got = read(write(list, zone).to_xml(), read_revocations);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    ASSERT_EQ(got->applications.size(), 2U);
    EXPECT_EQ(got->applications[0].object_by, list.applications[0].object_by);
    EXPECT_EQ(got->applications[1].number, 9);
    EXPECT_EQ(got->next, 9);

    const SolutionRequest solution{.consent_id = "C", .solution = Solution::object, .reason = "r", .evidence = "e"};
    const std::string text = write(solution, zone).to_xml();
    EXPECT_EQ(read(text, read_solution_request)->solution, Solution::object);
    EXPECT_EQ(read(write(SolutionResponse{.consent_id = "C", .state = "active"}, zone).to_xml(), read_solution_response)
                  ->state,
              "active");
    for (const auto& [what, with, reason] :
         {std::tuple{"OBJECT", "object", &shep_value_unknown},
          {"<r:solution>OBJECT</r:solution>", "", &shep_field_missing},
          {"<r:consentId>C</r:consentId>", "", &shep_field_missing},
          {"revocation:1", "revocation:2", &shep_namespace},
          {"sendSolutionRequest", "sendSolutionResponse", &shep_operation_unknown}}) {
        const auto refused = read(replaced(text, what, with), read_solution_request);
        ASSERT_FALSE(refused.has_value()) << what;
        EXPECT_TRUE(refused.error().has(*reason)) << refused.error().in_words();
    }
}

// --- The facade

const std::string facade =
    "<d:getPersonDataAccessControl xmlns:d='http://data.gbd.chdb.scb.kz/'><requestNumber>17</requestNumber>" +
    replaced(replaced(fields, "<ovt>HEADER.PAYLOAD.SIGNATURE</ovt>", ""), ">true<", ">false<") +
    "</d:getPersonDataAccessControl>";
const std::string insurers =
    "<gbd:getPersonDataAccessControlForESBD xmlns:gbd='http://data.gbd.chdb.scb.kz/'><uin>000000000001</uin>"
    "<company>c</company><company_bin>000000000002</company_bin><respon-uin>000000000003</respon-uin>"
    "<expiresIn>157680000</expiresIn></gbd:getPersonDataAccessControlForESBD>";

TEST(Facade, IsReadInBothOperations) {
    const test::Message message(facade), other(insurers);
    const auto got = read_facade_request(message.body(), zone);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->request_number, "17");
    EXPECT_EQ(got->request.services.size(), 2U);
    const auto short_one = read_facade_request(other.body(), zone);
    ASSERT_TRUE(short_one.has_value()) << short_one.error().in_words();
    EXPECT_EQ(short_one->operation, FacadeRequest::Operation::access_control_for_insurers);
    EXPECT_EQ(short_one->responsible_uin.reveal(), "000000000003");
    EXPECT_EQ(short_one->request.expires_in, 157680000);
    EXPECT_EQ(write(FacadeResponse{.operation = short_one->operation,
                                   .status = "GRANTED",
                                   .token = base::Secret<std::string>("JWT"),
                                   .public_key = "KEY"},
                    zone),
              "<d:getPersonDataAccessControlForESBDResponse xmlns:d=\"http://data.gbd.chdb.scb.kz/\"><return>"
              "<status>GRANTED</status><code>JWT</code><public-key>KEY</public-key></return>"
              "</d:getPersonDataAccessControlForESBDResponse>");
}

TEST(Facade, RefusesWhatIsMalformed) {
    for (const auto& [text, reason] : std::vector<std::pair<std::string, const base::Reason*>>{
             {"", &shep_body_empty},
             {facade + insurers, &shep_body_more},
             {replaced(facade, "AccessControl", "Control"), &shep_operation_unknown},
             {replaced(facade, "data.gbd.chdb.scb.kz", "example.kz"), &shep_namespace},
             {replaced(facade, "<uin>000000000001</uin>", ""), &shep_field_missing},
             {replaced(insurers, "<respon-uin>000000000003</respon-uin>", ""), &shep_field_missing},
             {replaced(insurers, "157680000", "5Y"), &shep_value_unknown}}) {
        const test::Message message(text);
        const auto got = read_facade_request(message.body(), zone);
        ASSERT_FALSE(got.has_value()) << text;
        EXPECT_TRUE(got.error().has(*reason)) << got.error().in_words();
    }
}

TEST(Facade, ReadsTheUserOfTheHeader) {
    const auto user = [](const std::string& header) {
        const std::string text = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>" + header +
                                 "<s:Body><a/></s:Body></s:Envelope>";
        return facade_user(Envelope::parse(base::as_bytes(text)).value());
    };
    EXPECT_EQ(user("<s:Header><userId> u1 </userId></s:Header>"), "u1");
    EXPECT_EQ(user("<s:Header><d:userId xmlns:d='http://data.gbd.chdb.scb.kz/'>u1</d:userId></s:Header>"), "u1");
    for (const std::string& header :
         {std::string(), std::string("<s:Header/>"), std::string("<s:Header><userId/></s:Header>"),
          std::string("<s:Header><userId>a</userId><userId>b</userId></s:Header>"),
          std::string("<s:Header><userId><b/></userId></s:Header>"),
          "<s:Header><userId>" + std::string(129, 'x') + "</userId></s:Header>"})
        EXPECT_FALSE(user(header).has_value()) << header;
}

}  // namespace
}  // namespace kelisim::soap
