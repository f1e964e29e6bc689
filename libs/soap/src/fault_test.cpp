// SPDX-License-Identifier: Apache-2.0
#include "soap/fault.hpp"

#include <gtest/gtest.h>

#include "soap/async_channel.hpp"
#include "testing_messages.hpp"

namespace kelisim::soap {
namespace {

using test::replaced;
using test::zone;

ErrorInfo info() {
    return {.code = "SCE004",
            .message = "Сервис не существует",
            .data = "unknown <serviceId>",
            .date = base::parse_time("2026-01-15T05:00:01Z").value(),
            .session = SessionId::parse("00000000-0000-4000-8000-0000000000ff")};
}

const std::string detail =
    "<err:SendMessageFault1_SendMessageFault xmlns:err=\"http://bip.bee.kz/SyncChannel/v10/Types\">"
    "<errorCode>SCE004</errorCode><errorMessage>Сервис не существует</errorMessage>"
    "<errorData>unknown &lt;serviceId&gt;</errorData><errorDate>2026-01-15T10:00:01.000+05:00</errorDate>"
    "<sessionId>{00000000-0000-4000-8000-0000000000ff}</sessionId></err:SendMessageFault1_SendMessageFault>";

TEST(Fault, IsWrittenInEachForm) {
    const std::string open11 = "<soap:Fault xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">";
    const std::string rest11 =
        "<faultstring>Сервис не существует</faultstring><detail>" + detail + "</detail></soap:Fault>";
    EXPECT_EQ(write_fault(FaultOf::sync_send_message, info(), {}, zone),
              open11 + "<faultcode>soap:Server</faultcode>" + rest11);
    EXPECT_EQ(write_fault(FaultOf::sync_send_message, info(), {.form = FaultForm::bare_code}, zone),
              open11 + "<faultcode>SCE004</faultcode>" + rest11);
    // SOAP 1.2 part 1 section 5.4.6: nothing but the five codes, whatever form is wanted.
    for (const FaultForm form : {FaultForm::qualified, FaultForm::bare_code})
        EXPECT_EQ(
            write_fault(FaultOf::sync_send_message, info(), {.version = Version::v12, .form = form}, zone),
            "<soap:Fault xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Code><soap:Value>soap:Receiver"
            "</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang=\"ru\">Сервис не существует</soap:Text>"
            "</soap:Reason><soap:Detail>" +
                detail + "</soap:Detail></soap:Fault>");
}

TEST(Fault, NamesItsOperationInTheDetail) {
    const std::string types(async_types_namespace), client(async_client_types_namespace);
    for (const auto& [operation, ns, name] : {
             std::tuple{FaultOf::send_message, types, "sendMessageFault1_sendMessageFault"},
             {FaultOf::send_delivery_notification, types,
              "sendDeliveryNotificationFault1_sendDeliveryNotificationFault"},
             {FaultOf::get_message_status, types, "getMessageStatusFault1_getMessageStatusFault"},
             {FaultOf::get_messages, types, "getMessagesFault1_getMessagesFault"},
             {FaultOf::client_send_message, client, "sendMessageFault1_sendMessageFault"},
             {FaultOf::change_status_notification, client,
              "changeMassageStatusNotificationFault1_changeMassageStatusNotificationFault"},
         }) {
        const test::Message message(write_fault(operation, info(), {}, zone));
        const xml::Element fault = message.body().children().front();
        EXPECT_TRUE(fault.child("", "detail")->child(ns, name).has_value()) << name;
        EXPECT_EQ(read_fault(message.body(), zone)->error_code(), "SCE004");
    }
}

TEST(Fault, IsReadBackWithItsCauses) {
    ErrorInfo outer = info();
    outer.sub.push_back(info());
    outer.sub.front().code = "SCSE003";
    outer.sub.front().sub.push_back({.code = "X", .message = "", .date = std::nullopt});
    for (const FaultStyle style : {FaultStyle{}, FaultStyle{.form = FaultForm::bare_code},
                                   FaultStyle{.version = Version::v12, .language = base::Language::kk}}) {
        const test::Message message(write_fault(FaultOf::get_messages, outer, style, zone), style.version);
        const auto fault = read_fault(message.body(), zone);
        ASSERT_TRUE(fault.has_value());
        EXPECT_EQ(fault->reason, "Сервис не существует");
        EXPECT_EQ(fault->error_code(), "SCE004");
        ASSERT_TRUE(fault->info.has_value());
        EXPECT_EQ(fault->info->data, "unknown <serviceId>");
        EXPECT_EQ(fault->info->date, info().date);
        EXPECT_EQ(fault->info->session, info().session);
        ASSERT_EQ(fault->info->sub.size(), 1U);
        EXPECT_EQ(fault->info->sub.front().code, "SCSE003");
        EXPECT_EQ(fault->info->sub.front().sub.front().code, "X");
    }
}

struct Foreign {
    const char* name;
    std::string text;
    std::string code, reason, error_code;
    bool info;
};
void PrintTo(const Foreign& one, std::ostream* out) {
    *out << one.name;
}
class Faults : public testing::TestWithParam<Foreign> {};
TEST_P(Faults, OfOthersAreRead) {
    const test::Message message("<s:Fault xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>" + GetParam().text +
                                "</s:Fault>");
    const auto fault = read_fault(message.body(), zone);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->code, GetParam().code);
    EXPECT_EQ(fault->reason, GetParam().reason);
    EXPECT_EQ(fault->error_code(), GetParam().error_code);
    EXPECT_EQ(fault->info.has_value(), GetParam().info);
}
INSTANTIATE_TEST_SUITE_P(
    A5, Faults,
    testing::Values(
        Foreign{"nothing in it", "", "", "", "", false},
        Foreign{"of another stack", "<faultcode>s:Client</faultcode><faultstring xml:lang='en'> no </faultstring>",
                "s:Client", "no", "", false},
        Foreign{"a bare code and no detail", "<faultcode>SCE909</faultcode><faultstring>x</faultstring><detail/>",
                "SCE909", "x", "SCE909", false},
        Foreign{"qualified children", "<s:faultcode>SCE001</s:faultcode><s:faultstring>x</s:faultstring>", "SCE001",
                "x", "SCE001", false},
        Foreign{"a detail that is foreign", "<faultcode>s:Server</faultcode><detail><e xmlns='u:e'><f/></e></detail>",
                "s:Server", "", "", false},
        Foreign{"the detail decides", "<faultcode>SCE909</faultcode><detail>" + detail + "</detail>", "SCE909", "",
                "SCE004", true},
        Foreign{"its namespace is forgotten",
                "<detail>" +
                    replaced(replaced(replaced(detail, "<err:", "<"), "</err:", "</"),
                             " xmlns:err=\"http://bip.bee.kz/SyncChannel/v10/Types\"", "") +
                    "</detail>",
                "", "", "SCE004", true},
        Foreign{"no errorCode", "<detail>" + replaced(detail, "<errorCode>SCE004</errorCode>", "") + "</detail>", "",
                "", "", false},
        Foreign{"a date that is none",
                "<detail>" + replaced(detail, "2026-01-15T10:00:01.000+05:00", "now") + "</detail>", "", "", "SCE004",
                true},
        Foreign{"a stack trace of 20 KiB",
                "<detail>" + replaced(detail, "unknown", std::string(20'000, 'x')) + "</detail>", "", "", "SCE004",
                true},
        Foreign{"two causes",
                "<detail>" +
                    replaced(detail, "<sessionId>",
                             "<subError><errorCode>A</errorCode></subError><subError><errorCode>B</errorCode></"
                             "subError><sessionId>") +
                    "</detail>",
                "", "", "", false}));

TEST(Fault, IsOnlyWhatIsOne) {
    for (const std::string& text :
         {std::string(), std::string("<Fault/>"), std::string("<Fault xmlns='u:x'/>"), std::string("<a><Fault/></a>")})
        EXPECT_FALSE(read_fault(test::Message(text).body(), zone).has_value()) << text;
    const std::string both = "<Fault xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>";
    EXPECT_FALSE(read_fault(test::Message(both + both).body(), zone).has_value());
}

TEST(Fault, WritesLongTextsCut) {
    ErrorInfo long_one = info();
    long_one.data = std::string(base::limits::message_text_bytes_max + 1, 'x');
    const test::Message message(write_fault(FaultOf::sync_send_message, long_one, {}, zone));
    EXPECT_EQ(read_fault(message.body(), zone)->info->data.size(), base::limits::message_text_bytes_max);
}

TEST(ErrorCodes, AreThoseOfTheTableInThreeLanguages) {
    std::string all;
    for (const ErrorCode& each : error_codes()) {
        all.append(each.code) += " ";
        EXPECT_FALSE(each.text.kk.empty() || each.text.ru.empty() || each.text.en.empty()) << each.code;
    }
    EXPECT_EQ(all, "SCE001 SCE004 SCE005 SCE006 SCE007 SCE015 SCE016 SCE017 SCE909 ");
    EXPECT_EQ(text_of_error(sce_malformed)->ru, "Сообщение не соответствует формату");
    EXPECT_FALSE(text_of_error("SCE002").has_value());
    EXPECT_FALSE(text_of_error("").has_value());
}

}  // namespace
}  // namespace kelisim::soap
