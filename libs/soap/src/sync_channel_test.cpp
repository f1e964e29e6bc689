// SPDX-License-Identifier: Apache-2.0
#include "soap/sync_channel.hpp"

#include <gtest/gtest.h>

#include "testing_messages.hpp"

namespace kelisim::soap {
namespace {

using test::replaced;
using test::zone;

// wire.md D1
const std::string plain =
    "<typ:SendMessage xmlns:typ='http://bip.bee.kz/SyncChannel/v10/Types'><request><requestInfo>"
    "<messageId>00000000-0000-4000-8000-00000000000a</messageId><serviceId>TEST_SERVICE</serviceId>"
    "<messageDate>2026-01-15T10:00:00.000+05:00</messageDate>"
    "<sender><senderId>TESTSYS</senderId><password>test</password></sender></requestInfo>"
    "<requestData><data><q>1</q></data></requestData></request></typ:SendMessage>";
const std::string session_line = "<sessionId>{00000000-0000-4000-8000-0000000000FF}</sessionId>";

struct Outcome {
    test::Message message;
    Read<SendMessage> read;
};
Outcome read(const std::string& content) {
    test::Message message(content);
    auto read = read_send_message(message.body(), zone);
    return {std::move(message), std::move(read)};
}

std::string with(const std::string& instead_of, const std::string& text) {
    return replaced(plain, instead_of, text);
}
std::string after_sender(const std::string& text) {
    return with("</sender>", "</sender>" + text);
}

TEST(SyncChannel, ReadsAllFields) {
    const std::string text = replaced(replaced(after_sender("<properties><key>k</key><value>v</value></properties>"
                                                            "<properties><key>l</key></properties>" +
                                                            session_line),
                                               "<serviceId>", "<correlationId>C-1</correlationId><serviceId>"),
                                      "<sender>", "<routeId>R_ESEDO</routeId><sender>");
    const Outcome got = read(text);
    ASSERT_TRUE(got.read.has_value()) << got.read.error().in_words();
    const SendMessage& message = *got.read;
    EXPECT_EQ(message.message_id, "00000000-0000-4000-8000-00000000000a");
    EXPECT_EQ(message.correlation_id, "C-1");
    EXPECT_EQ(message.service_id, "TEST_SERVICE");
    EXPECT_EQ(message.date, base::parse_time("2026-01-15T05:00:00Z").value());
    EXPECT_EQ(message.route_id, "R_ESEDO");
    EXPECT_EQ(message.sender.id, "TESTSYS");
    EXPECT_EQ(message.sender.password.reveal(), "test");
    EXPECT_EQ(message.properties, (std::vector<Property>{{"k", "v"}, {"l", ""}}));
    ASSERT_TRUE(message.session.has_value());
    EXPECT_EQ(message.session->braced(), "{00000000-0000-4000-8000-0000000000ff}");
    EXPECT_EQ(message.data.to_xml(), "<data><q>1</q></data>");
    EXPECT_EQ(message.wrapper, Wrapper::shep);
}

// Each habit of wire.md A8 that is seen in the body; those of HTTP and of the signature are tested where these are read.
struct Habit {
    const char* name;
    std::string text;
};
void PrintTo(const Habit& one, std::ostream* out) {
    *out << one.name;
}
class Habits : public testing::TestWithParam<Habit> {};
TEST_P(Habits, AreTaken) {
    for (const Version version : {Version::v11, Version::v12}) {
        const test::Message message(GetParam().text, version);
        const auto got = read_send_message(message.body(), zone);
        ASSERT_TRUE(got.has_value()) << got.error().in_words();
        EXPECT_EQ(got->service_id, "TEST_SERVICE");
        EXPECT_EQ(got->sender.id, "TESTSYS");
        EXPECT_FALSE(got->data.absent());
    }
}

const std::string types = "http://bip.bee.kz/SyncChannel/v10/Types";
INSTANTIATE_TEST_SUITE_P(
    A8, Habits,
    testing::Values(
        Habit{"as in the schema", plain},
        Habit{"default namespace that is reset",
              replaced(replaced(replaced(plain, "typ:SendMessage xmlns:typ", "SendMessage xmlns"), "/typ:", "/"),
                       "<request>", "<request xmlns=''>")},
        Habit{"default namespace that goes on",
              replaced(replaced(plain, "typ:SendMessage xmlns:typ", "SendMessage xmlns"), "/typ:", "/")},
        Habit{"no namespace at all",
              replaced(replaced(plain, "typ:SendMessage xmlns:typ='" + types + "'", "SendMessage"), "/typ:", "/")},
        Habit{"all qualified",
              replaced(replaced(replaced(plain, "<request", "<typ:request"), "</request", "</typ:request"),
                       "<typ:request", "<typ:request")},
        Habit{"the small t of generated stubs", with("v10/Types", "v10/types")},
        Habit{"SendMessageRequest", replaced(plain, ":SendMessage", ":SendMessageRequest")},
        Habit{"the wrapper of KDP",
              replaced(replaced(replaced(plain, "typ:SendMessage xmlns:typ", "sendMessageRequest xmlns"),
                                "/typ:SendMessage", "/sendMessageRequest"),
                       types, "http://service.2fa-chain.kz/ns/kdp")},
        Habit{"empty optional elements",
              after_sender("<sessionId></sessionId><routeId/><correlationId/><properties/>")},
        Habit{"sessionId without braces", after_sender("<sessionId>00000000-0000-4000-8000-0000000000ff</sessionId>")},
        Habit{"sessionId right after serviceId", with("</serviceId>", "</serviceId>" + session_line)},
        Habit{"another order", replaced(with("<serviceId>TEST_SERVICE</serviceId>", ""), "</sender>",
                                        "</sender><routeId>R</routeId><serviceId>TEST_SERVICE</serviceId>")},
        Habit{"data before its description",
              replaced(with("<requestData><data><q>1</q></data></requestData>", ""), "<request>",
                       "<request><requestData><data><q>1</q></data></requestData>")},
        Habit{"messageId that is no UUID", with("00000000-0000-4000-8000-00000000000a", "c5r93skf5g1a8t38tlpg")},
        Habit{"xsi:type without a prefix",
              with("<data>",
                   "<data xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='getUserDataRequest'>")},
        Habit{"xsi:type of a prefix that nobody declares",
              with("<data>", "<data xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='p:x'>")},
        Habit{"lines and blanks", replaced(plain, "><", ">\r\n  <")},
        Habit{"blanks around values", with("TEST_SERVICE", "\n TEST_SERVICE\t")},
        Habit{"elements that nobody knows", after_sender("<note>n</note><x:serviceKey xmlns:x='u:x'/>")},
        Habit{"a comment inside a value", with("TEST_SERVICE", "TEST<!-- -->_SERVICE")},
        Habit{"CDATA as a value", with("TEST_SERVICE", "<![CDATA[TEST_SERVICE]]>")},
        Habit{"no password", with("<password>test</password>", "")}));

struct Date {
    const char* written;
    const char* utc;  // null: none
};
void PrintTo(const Date& one, std::ostream* out) {
    *out << one.written;
}
class Dates : public testing::TestWithParam<Date> {};
TEST_P(Dates, AreReadAsClientsWriteThem) {
    const auto time = parse_wire_time(GetParam().written, zone);
    ASSERT_EQ(time.has_value(), GetParam().utc != nullptr);
    if (time) {
        EXPECT_EQ(base::to_iso8601(*time), GetParam().utc);
    }
}
INSTANTIATE_TEST_SUITE_P(A8, Dates,
                         testing::Values(Date{"2026-01-15T10:00:00.000+05:00", "2026-01-15T05:00:00.000000Z"},
                                         Date{"2026-01-15T10:00:00+06:00", "2026-01-15T04:00:00.000000Z"},
                                         Date{"2026-01-15T10:00:00-01:30", "2026-01-15T11:30:00.000000Z"},
                                         Date{"2026-01-15T10:00:00Z", "2026-01-15T10:00:00.000000Z"},
                                         Date{"2026-01-15T10:00:00.12Z", "2026-01-15T10:00:00.120000Z"},
                                         Date{"2026-01-15T10:00:00.1234567+05:00", "2026-01-15T05:00:00.123456Z"},
                                         Date{"2026-01-15T10:00:00.123456789", "2026-01-15T05:00:00.123456Z"},
                                         Date{"2026-01-15T10:00:00", "2026-01-15T05:00:00.000000Z"},
                                         Date{"2026-01-15", "2026-01-14T19:00:00.000000Z"},
                                         Date{"2026-01-15Z", "2026-01-15T00:00:00.000000Z"},
                                         Date{"2026-01-15+06:00", "2026-01-14T18:00:00.000000Z"}, Date{"", nullptr},
                                         Date{"today", nullptr}, Date{"15.01.2026", nullptr},
                                         Date{"2026-02-30", nullptr}, Date{"2026-1-5", nullptr},
                                         Date{"2026-01-15T", nullptr}, Date{"2026-01-15T10:00", nullptr},
                                         Date{"2026-01-15T25:00:00", nullptr}, Date{"2026-01-15T10:00:00.", nullptr},
                                         Date{"2026-01-15T10:00:00.x", nullptr}, Date{"2026-01-15T10:00:00+5", nullptr},
                                         Date{"2026-01-15 10:00:00", nullptr}, Date{"2026-01-15x", nullptr},
                                         Date{"-026-01-15", nullptr}, Date{"1768453200", nullptr}));

struct Wrong {
    const char* name;
    std::string text;
    const base::Reason* reason;
    std::string where;
};
void PrintTo(const Wrong& one, std::ostream* out) {
    *out << one.name;
}
class Malformed : public testing::TestWithParam<Wrong> {};
TEST_P(Malformed, HasItsReason) {
    const Outcome got = read(GetParam().text);
    ASSERT_FALSE(got.read.has_value());
    const Defects defects = got.read.error();
    EXPECT_EQ(defects.all().size(), 1U) << defects.in_words();
    EXPECT_EQ(defects.all().front().reason->code, GetParam().reason->code);
    EXPECT_EQ(defects.all().front().where, GetParam().where);
    EXPECT_TRUE(defects.refusal().has(*GetParam().reason));
}
const std::string in_info = "request/requestInfo/";
INSTANTIATE_TEST_SUITE_P(
    SendMessage, Malformed,
    testing::Values(
        Wrong{"nothing", "", &shep_body_empty, ""}, Wrong{"blanks", " \n", &shep_body_empty, ""},
        Wrong{"two messages", plain + plain, &shep_body_more, ""},
        Wrong{"text beside it", plain + "x", &shep_body_more, ""},
        Wrong{"another operation", "<a/>", &shep_operation_unknown, ""},
        Wrong{"one of the asynchronous channel", "<a:sendMessage xmlns:a='http://bip.bee.kz/AsyncChannel/v10/Types'/>",
              &shep_operation_unknown, ""},
        Wrong{"an answer", replaced(plain, ":SendMessage", ":SendMessageResponse"), &shep_operation_unknown, ""},
        Wrong{"a foreign namespace", with(types, "urn:x"), &shep_namespace, "SendMessage"},
        Wrong{"another version of it", with("v10", "v11"), &shep_namespace, "SendMessage"},
        Wrong{"that of the wrong wrapper", with(types, "http://service.2fa-chain.kz/ns/kdp"), &shep_namespace,
              "SendMessage"},
        Wrong{"request in a foreign namespace", with("<request>", "<request xmlns='urn:x'>"), &shep_namespace,
              "request"},
        Wrong{"no request", "<typ:SendMessage xmlns:typ='" + types + "'/>", &shep_request_missing, "request"},
        Wrong{"two requests", replaced(plain, "</request>", "</request><request/>"), &shep_request_twice, "request"},
        Wrong{"no requestInfo", replaced(replaced(plain, "<requestInfo>", "<x>"), "</requestInfo>", "</x>"),
              &shep_info_missing, "request/requestInfo"},
        Wrong{"two requestInfo", with("<requestData>", "<requestInfo/><requestData>"), &shep_field_twice,
              "request/requestInfo"},
        Wrong{"no messageId", with("<messageId>00000000-0000-4000-8000-00000000000a</messageId>", ""),
              &shep_message_id_missing, in_info + "messageId"},
        Wrong{"an empty messageId", with("00000000-0000-4000-8000-00000000000a", " "), &shep_message_id_missing,
              in_info + "messageId"},
        Wrong{"two messageId", after_sender("<messageId>x</messageId>"), &shep_field_twice, in_info + "messageId"},
        Wrong{"a second messageId in a foreign namespace", after_sender("<messageId xmlns='urn:x'>x</messageId>"),
              &shep_namespace, in_info + "messageId"},
        Wrong{"a long messageId", with("00000000-0000-4000-8000-00000000000a", std::string(257, 'x')),
              &shep_field_too_long, in_info + "messageId"},
        Wrong{"elements in messageId", with("00000000-0000-4000-8000-00000000000a", "<b>x</b>"), &shep_field_not_text,
              in_info + "messageId"},
        Wrong{"no serviceId", with("<serviceId>TEST_SERVICE</serviceId>", ""), &shep_service_id_missing,
              in_info + "serviceId"},
        Wrong{"a long serviceId", with("TEST_SERVICE", std::string(257, 'x')), &shep_field_too_long,
              in_info + "serviceId"},
        Wrong{"no messageDate", with("<messageDate>2026-01-15T10:00:00.000+05:00</messageDate>", ""),
              &shep_message_date_missing, in_info + "messageDate"},
        Wrong{"no date", with("2026-01-15T10:00:00.000+05:00", "15.01.2026"), &shep_date_malformed,
              in_info + "messageDate"},
        Wrong{"a date with a control character", with("2026-01-15T10:00:00.000+05:00", "2026-01-15&#x9;x"),
              &shep_date_malformed, in_info + "messageDate"},
        Wrong{"no sender", with("<sender><senderId>TESTSYS</senderId><password>test</password></sender>", ""),
              &shep_sender_missing, in_info + "sender"},
        Wrong{"an empty sender", with("<senderId>TESTSYS</senderId><password>test</password>", ""),
              &shep_sender_missing, in_info + "sender/senderId"},
        Wrong{"two senders", after_sender("<sender><senderId>OTHER</senderId></sender>"), &shep_field_twice,
              in_info + "sender"},
        Wrong{"two senderId", with("</senderId>", "</senderId><senderId>OTHER</senderId>"), &shep_field_twice,
              in_info + "sender/senderId"},
        Wrong{"a long password", with("test", std::string(257, 'x')), &shep_field_too_long,
              in_info + "sender/password"},
        Wrong{"a sessionId that is none", after_sender("<sessionId>{x}</sessionId>"), &shep_session_id_malformed,
              in_info + "sessionId"},
        Wrong{"half a brace", after_sender("<sessionId>{00000000-0000-4000-8000-0000000000ff</sessionId>"),
              &shep_session_id_malformed, in_info + "sessionId"},
        Wrong{"a property without a key", after_sender("<properties><value>v</value></properties>"),
              &shep_field_missing, in_info + "properties/key"},
        Wrong{"a long key", after_sender("<properties><key>" + std::string(31, 'x') + "</key></properties>"),
              &shep_field_too_long, in_info + "properties/key"},
        Wrong{"a long value",
              after_sender("<properties><key>k</key><value>" + std::string(501, 'x') + "</value></properties>"),
              &shep_field_too_long, in_info + "properties/value"},
        Wrong{"too many properties", after_sender(test::repeated("<properties><key>k</key></properties>", 33)),
              &shep_too_many, in_info + "properties"},
        Wrong{"no requestData", with("<requestData><data><q>1</q></data></requestData>", ""), &shep_data_missing,
              "request/requestData"},
        Wrong{"two requestData", with("<requestData>", "<requestData/><requestData>"), &shep_data_twice,
              "request/requestData"},
        Wrong{"two data", with("<data>", "<data/><data>"), &shep_data_twice, "request/requestData/data"},
        Wrong{"data in a foreign namespace", with("<data>", "<data xmlns='urn:x'>"), &shep_namespace,
              "request/requestData/data"}));

TEST(SyncChannel, TellsAllDefectsOfAMessage) {
    const Outcome got = read(replaced(with("<serviceId>TEST_SERVICE</serviceId>", ""),
                                      "<messageId>00000000-0000-4000-8000-00000000000a</messageId>", ""));
    ASSERT_FALSE(got.read.has_value());
    EXPECT_EQ(got.read.error().in_words(),
              "request/requestInfo/messageId: shep_message_id_missing; "
              "request/requestInfo/serviceId: shep_service_id_missing");
    EXPECT_EQ(got.read.error().refusal().reasons().size(), 2U);
}

// A limit counts characters where the schema does.
TEST(SyncChannel, TakesValuesUpToTheirLimits) {
    const std::string key = test::repeated("ә", 30), value = test::repeated("ә", 500);
    const Outcome got = read(replaced(
        after_sender(test::repeated("<properties><key>" + key + "</key><value>" + value + "</value></properties>", 32)),
        "TEST_SERVICE", std::string(256, 'x')));
    ASSERT_TRUE(got.read.has_value()) << got.read.error().in_words();
    EXPECT_EQ(got.read->properties.size(), 32U);
}

TEST(SyncChannel, NestsAsDeepAsTheLimitsOfTheChannel) {
    // Envelope, Body, SendMessage, request, requestData, data
    const std::size_t inside = base::limits::channel_xml_depth_max - 6;
    const auto nested = [](std::size_t depth) {
        return with("<q>1</q>", test::repeated("<a>", depth) + test::repeated("</a>", depth));
    };
    EXPECT_TRUE(read(nested(inside)).read.has_value());
    const std::string deeper = enveloped(Version::v11, nested(inside + 1));
    EXPECT_TRUE(Envelope::parse(base::as_bytes(deeper), channel_limits).error().has(xml::xml_too_deep));
}

SendMessage hostile() {
    return {.message_id = "<a>&\"'",
            .correlation_id = "]]>",
            .service_id = "S",
            .date = base::parse_time("2026-01-15T05:00:00.123456Z").value(),
            .route_id = "a\r\nb",
            .sender = {.id = "</sender>", .password = base::Secret<std::string>("&amp;")},
            .properties = {{"k", "\x01\xff\xEF\xBF\xBF"}},
            .session = SessionId::parse("00000000-0000-4000-8000-0000000000ff"),
            .data = Data::document(base::as_bytes("<?xml version='1.0'?><a>1</a>"), DataForm::nodes).value()};
}

TEST(SyncChannel, WritesWhatItReads) {
    const SendMessage sent = hostile();
    const std::string text = write(sent, zone);
    const Outcome got = read(text);
    ASSERT_TRUE(got.read.has_value()) << got.read.error().in_words() << text;
    EXPECT_EQ(got.read->message_id, sent.message_id);
    EXPECT_EQ(got.read->correlation_id, sent.correlation_id);
    EXPECT_EQ(got.read->route_id, sent.route_id);
    EXPECT_EQ(got.read->sender.id, sent.sender.id);
    EXPECT_EQ(got.read->sender.password.reveal(), "&amp;");
    EXPECT_EQ(got.read->date, base::parse_time("2026-01-15T05:00:00.123Z").value());
    EXPECT_EQ(got.read->properties.front().value, "\uFFFD\uFFFD\uFFFD");  // what XML does not have
    EXPECT_EQ(got.read->session, sent.session);
    EXPECT_EQ(got.read->data.to_xml(), "<data><a>1</a></data>");
}

TEST(SyncChannel, WritesTheOrderOfTheSchema) {
    const SendMessageResponse answer{.message_id = "M",
                                     .correlation_id = "C",
                                     .date = base::parse_time("2026-01-15T05:00:01Z").value(),
                                     .status_code = "SCSS001",
                                     .status_message = test::repeated("ә", 251),
                                     .session = SessionId::parse("{00000000-0000-4000-8000-0000000000ff}"),
                                     .data = Data::text("a<b", "xs:string")};
    EXPECT_EQ(write(answer, zone),
              "<typ:SendMessageResponse xmlns:typ=\"http://bip.bee.kz/SyncChannel/v10/Types\"><response><responseInfo>"
              "<messageId>M</messageId><correlationId>C</correlationId>"
              "<responseDate>2026-01-15T10:00:01.000+05:00</responseDate><status><code>SCSS001</code><message>" +
                  test::repeated("ә", 250) +
                  "</message></status><sessionId>{00000000-0000-4000-8000-0000000000ff}</sessionId></responseInfo>"
                  "<responseData><data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">"
                  "a&lt;b</data></responseData></response></typ:SendMessageResponse>");
}

TEST(SyncChannel, PassesDataOnInTheirPlace) {
    // With the namespaces that they need, and without that of a wrapper that ran on into them.
    const Outcome got = read(replaced(
        replaced(replaced(plain, "typ:SendMessage xmlns:typ", "SendMessage xmlns:p='u:p' xmlns"), "/typ:", "/"),
        "<q>1</q>", "<p:q xmlns=''>1</p:q>"));
    ASSERT_TRUE(got.read.has_value());
    EXPECT_EQ(got.read->data.to_xml(), "<data><p:q xmlns=\"\" xmlns:p=\"u:p\">1</p:q></data>");
    const Outcome text = read(with("<q>1</q>", "<![CDATA[<q/>]]>"));
    EXPECT_EQ(text.read->data.to_xml(), "<data><![CDATA[<q/>]]></data>");
}

// --- Answers of owners

const std::string answer =
    "<n:SendMessageResponse "
    "xmlns:n='http://bip.bee.kz/SyncChannel/v10/Types'><response><responseInfo><messageId>M</messageId>"
    "<correlationId>C</correlationId><responseDate>2026-01-15T10:00:01+05:00</responseDate><status><code>SCSS001</code>"
    "<message>ok</message></status><sessionId>00000000-0000-4000-8000-0000000000ff</sessionId></responseInfo>"
    "<responseData><data><r>ok</r></data></responseData></response></n:SendMessageResponse>";

Read<SendMessageResponse> read_answer(const test::Message& message) {
    return read_send_message_response(message.body(), zone);
}

TEST(SyncChannel, ReadsAnAnswer) {
    const test::Message message(answer);
    const auto got = read_answer(message);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->message_id, "M");
    EXPECT_EQ(got->correlation_id, "C");
    EXPECT_EQ(got->date, base::parse_time("2026-01-15T05:00:01Z").value());
    EXPECT_EQ(got->status_code, "SCSS001");
    EXPECT_EQ(got->status_message, "ok");
    EXPECT_EQ(got->session->bare(), "00000000-0000-4000-8000-0000000000ff");
    EXPECT_EQ(got->data.to_xml(), "<data><r>ok</r></data>");
}

TEST(SyncChannel, IsPatientWithAnswers) {
    for (const auto& [what, instead] : {std::pair<std::string, std::string>{"<messageId>M</messageId>", ""},
                                        {"2026-01-15T10:00:01+05:00", "yesterday"},
                                        {"<responseDate>2026-01-15T10:00:01+05:00</responseDate>", ""},
                                        {"00000000-0000-4000-8000-0000000000ff", "17"},
                                        {"<message>ok</message>", "<message>" + std::string(3000, 'x') + "</message>"},
                                        {"<data><r>ok</r></data>", ""},
                                        {"<data><r>ok</r></data>", "<data/>"},
                                        {"v10/Types", "v10/types"}}) {
        const test::Message message(replaced(answer, what, instead));
        const auto got = read_answer(message);
        ASSERT_TRUE(got.has_value()) << instead << got.error().in_words();
        EXPECT_EQ(got->status_code, "SCSS001");
    }
}

TEST(SyncChannel, RefusesWhatIsNoAnswer) {
    for (const auto& [text, reason] : std::vector<std::pair<std::string, const base::Reason*>>{
             {plain, &shep_operation_unknown},
             {"", &shep_body_empty},
             {answer + answer, &shep_body_more},
             {replaced(answer, "bip.bee.kz", "bip.bee.example"), &shep_namespace},
             {replaced(replaced(answer, "<response>", "<request>"), "</response>", "</request>"), &shep_field_missing},
             {replaced(answer, "</response>", "</response><response/>"), &shep_field_twice},
             {replaced(answer, "<code>SCSS001</code>", ""), &shep_field_missing},
             {replaced(answer, "SCSS001", ""), &shep_field_missing},
             {replaced(answer, "<status><code>SCSS001</code><message>ok</message></status>", ""), &shep_field_missing},
             {replaced(answer, "SCSS001", std::string(257, '0')), &shep_field_too_long},
             {replaced(answer, "</code>", "</code><code>SCSE001</code>"), &shep_field_twice},
             {replaced(answer, "<data>", "<data/><data>"), &shep_data_twice},
             {replaced(replaced(answer, "<responseData>", "<d>"), "</responseData>", "</d>"), &shep_data_missing}}) {
        const test::Message message(text);
        const auto got = read_answer(message);
        ASSERT_FALSE(got.has_value()) << text;
        EXPECT_EQ(got.error().all().size(), 1U) << got.error().in_words();
        EXPECT_TRUE(got.error().has(*reason)) << got.error().in_words() << text;
    }
}

TEST(SessionId, IsAUuidWithOrWithoutBraces) {
    EXPECT_EQ(SessionId::parse("{00000000-0000-4000-8000-00000000ABCD}")->bare(),
              "00000000-0000-4000-8000-00000000abcd");
    for (const char* const bad :
         {"", "{}", "{", "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000000",
          "00000000-0000-4000-8000-00000000000g", "00000000+0000-4000-8000-000000000000",
          "{{00000000-0000-4000-8000-000000000000}}", "000000000000040008000000000000000000"})
        EXPECT_FALSE(SessionId::parse(bad).has_value()) << bad;
}

}  // namespace
}  // namespace kelisim::soap
