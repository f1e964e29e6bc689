// SPDX-License-Identifier: Apache-2.0
#include "soap/async_channel.hpp"

#include <gtest/gtest.h>

#include "testing_messages.hpp"

namespace kelisim::soap {
namespace {

using test::replaced;
using test::zone;

// wire.md D4
const std::string types = " xmlns:a='http://bip.bee.kz/AsyncChannel/v10/Types'";
const std::string client_types = " xmlns:a='http://bip.bee.kz/AsyncChannel/v10/Types/Client'";
const std::string sender = "<sender><senderId>TESTSYS</senderId><password>test</password></sender>";
const std::string send = "<a:sendMessage" + types +
                         "><request><messageInfo><serviceId>TEST_ASYNC</serviceId><messageType>REQUEST</messageType>"
                         "<messageDate>2026-01-15T10:00:00+05:00</messageDate>" +
                         sender +
                         "</messageInfo><messageData><data><q>1</q></data></messageData></request></a:sendMessage>";
const std::string notify =
    "<a:sendDeliveryNotification" + types +
    "><request><notification><messageId>M-1</messageId><serviceId>TEST_ASYNC</serviceId>"
    "<notificationDate>2026-01-15T10:00:02+05:00</notificationDate><deliveryStatus><receiveStatus>MESSAGE_ACCEPTED"
    "</receiveStatus><statusDate>2026-01-15T10:00:02+05:00</statusDate><resendMessage>NOT_RESEND</resendMessage>"
    "</deliveryStatus></notification><requestDate>2026-01-15T10:00:02+05:00</requestDate></request>"
    "</a:sendDeliveryNotification>";
const std::string status = "<a:getMessageStatus" + types +
                           "><request><messageId>M-1</messageId><requestDate>2026-01-15</requestDate>" + sender +
                           "</request></a:getMessageStatus>";
const std::string pull = "<a:getMessages" + types +
                         "><request><serviceId>TEST_ASYNC</serviceId><amount>5</amount></request></a:getMessages>";
const std::string change =
    "<a:changeMassageStatusNotification" + client_types +
    "><request><notification><notificationId>N-1</notificationId><messageId>M-1</messageId>"
    "<notificationDate>2026-01-15T10:00:03+05:00</notificationDate><messageState>DELIVERED</messageState><status>"
    "<statusCode>0</statusCode><statusMessage>ok</statusMessage><statusDate>2026-01-15T10:00:03+05:00</statusDate>"
    "</status></notification><requestDate>2026-01-15T10:00:03+05:00</requestDate><sessionId>"
    "{00000000-0000-4000-8000-0000000000fd}</sessionId></request></a:changeMassageStatusNotification>";

// Whatever the operation: its defects, or nothing.
std::string defects_of(const std::string& content) {
    const test::Message message(content);
    const auto operation = async_operation(message.body());
    if (!operation) return operation.error().in_words();
    const auto words = [](const auto& read) { return read ? std::string() : read.error().in_words(); };
    switch (*operation) {
        case AsyncOperation::send_message:
            return words(read_async_message(message.body(), zone));
        case AsyncOperation::send_delivery_notification:
            return words(read_delivery_notification(message.body(), zone));
        case AsyncOperation::get_message_status:
            return words(read_get_message_status(message.body(), zone));
        case AsyncOperation::get_messages:
            return words(read_get_messages(message.body(), zone));
        case AsyncOperation::change_status_notification:
            return words(read_change_status(message.body(), zone));
    }
    return "unreachable";
}

struct Habit {
    const char* name;
    std::string text;
};
void PrintTo(const Habit& one, std::ostream* out) {
    *out << one.name;
}
class AsyncHabits : public testing::TestWithParam<Habit> {};
TEST_P(AsyncHabits, AreTaken) {
    EXPECT_EQ(defects_of(GetParam().text), "");
}
INSTANTIATE_TEST_SUITE_P(
    A8, AsyncHabits,
    testing::Values(
        Habit{"sendMessage", send}, Habit{"sendDeliveryNotification", notify}, Habit{"getMessageStatus", status},
        Habit{"getMessages", pull}, Habit{"changeMassageStatusNotification", change},
        Habit{"pushed sendMessage of Types/Client", replaced(send, types, client_types)},
        Habit{"no namespace", replaced(replaced(replaced(send, types, ""), "<a:", "<"), "</a:", "</")},
        Habit{"messageId although ШЭП gives it out",
              replaced(send, "<serviceId>", "<messageId>x</messageId><serviceId>")},
        Habit{"empty elements", replaced(send, sender, "<correlationId/><routeId/><sessionId/><properties/>" + sender)},
        Habit{"another order", replaced(replaced(send, "<messageType>REQUEST</messageType>", ""), sender,
                                        sender + "<routeId>R</routeId><messageType>REQUEST</messageType>")},
        Habit{"no data", replaced(send, "<data><q>1</q></data>", "")},
        Habit{"sender's session without braces",
              replaced(change, "{00000000-0000-4000-8000-0000000000fd}", "00000000-0000-4000-8000-0000000000fd")},
        Habit{"not accepted, spelt as in the schema", replaced(notify, "MESSAGE_ACCEPTED", "MESSAGE_NOT_ACCTEPTED")},
        Habit{"not accepted, spelt right", replaced(notify, "MESSAGE_ACCEPTED", "MESSAGE_NOT_ACCEPTED")},
        Habit{"amount 0", replaced(pull, ">5<", ">0<")}, Habit{"no amount", replaced(pull, "<amount>5</amount>", "")}));

struct Wrong {
    std::string text, words;
};
void PrintTo(const Wrong& one, std::ostream* out) {
    *out << one.words;
}
class AsyncMalformed : public testing::TestWithParam<Wrong> {};
TEST_P(AsyncMalformed, SaysWhatIsWrong) {
    EXPECT_EQ(defects_of(GetParam().text), GetParam().words);
}
Wrong type_without_correlation(const std::string& type) {
    return {replaced(send, "REQUEST", type), "request/messageInfo/correlationId: shep_correlation_id_missing"};
}
INSTANTIATE_TEST_SUITE_P(
    A4, AsyncMalformed,
    testing::Values(
        Wrong{"", "shep_body_empty"}, Wrong{send + pull, "shep_body_more"},
        Wrong{"<a:SendMessage" + types + "/>", "shep_operation_unknown"},
        Wrong{"<a:ChangeMessageStatus" + types + "/>", "shep_operation_unknown"},
        Wrong{"<a:changeMessageStatusNotification" + client_types + "/>", "shep_operation_unknown"},
        Wrong{"<a:sendMessageResponse" + types + "/>", "shep_operation_unknown"},
        Wrong{replaced(send, "AsyncChannel", "SyncChannel"), "sendMessage: shep_namespace"},
        Wrong{"<a:getMessages" + types + "/>", "request: shep_request_missing"},
        Wrong{replaced(pull, "</request>", "</request><request/>"), "request: shep_request_twice"},
        Wrong{replaced(replaced(send, "<messageInfo>", "<i>"), "</messageInfo>", "</i>"),
              "request/messageInfo: shep_info_missing"},
        Wrong{replaced(send, "<messageData><data><q>1</q></data></messageData>", ""),
              "request/messageData: shep_data_missing"},
        Wrong{replaced(send, "<data>", "<data/><data>"), "request/messageData/data: shep_data_twice"},
        Wrong{replaced(send, "<serviceId>TEST_ASYNC</serviceId>", ""),
              "request/messageInfo/serviceId: shep_service_id_missing"},
        Wrong{replaced(send, "<messageType>REQUEST</messageType>", ""),
              "request/messageInfo/messageType: shep_field_missing"},
        Wrong{replaced(send, "REQUEST", "Request"), "request/messageInfo/messageType: shep_value_unknown"},
        type_without_correlation("RESPONSE"), type_without_correlation("NOTIFICATION"),
        type_without_correlation("UPDATE"),
        Wrong{replaced(send, "2026-01-15T10:00:00+05:00", "now"),
              "request/messageInfo/messageDate: shep_date_malformed"},
        Wrong{replaced(send, sender, ""), "request/messageInfo/sender: shep_sender_missing"},
        Wrong{replaced(send, "TEST_ASYNC", std::string(257, 'x')),
              "request/messageInfo/serviceId: shep_field_too_long"},
        Wrong{replaced(notify, "<messageId>M-1</messageId>", ""),
              "request/notification/messageId: shep_message_id_missing"},
        Wrong{replaced(notify, "MESSAGE_ACCEPTED", "ACCEPTED"),
              "request/notification/deliveryStatus/receiveStatus: shep_value_unknown"},
        Wrong{replaced(notify, "NOT_RESEND", ""),
              "request/notification/deliveryStatus/resendMessage: shep_field_missing"},
        Wrong{replaced(notify, "<requestDate>2026-01-15T10:00:02+05:00</requestDate>", ""),
              "request/requestDate: shep_message_date_missing"},
        Wrong{replaced(notify, "</deliveryStatus>", "<error><errorMessage>x</errorMessage></error></deliveryStatus>"),
              "request/notification/deliveryStatus/error/errorCode: shep_field_missing"},
        Wrong{replaced(status, "<messageId>M-1</messageId>", ""), "request/messageId: shep_message_id_missing"},
        Wrong{replaced(status, sender, ""), "request/sender: shep_sender_missing"},
        Wrong{replaced(pull, ">5<", ">many<"), "request/amount: shep_value_unknown"},
        Wrong{replaced(pull, ">5<", ">-5<"), "request/amount: shep_value_unknown"},
        Wrong{replaced(pull, "<serviceId>TEST_ASYNC</serviceId>", ""), "request/serviceId: shep_service_id_missing"},
        Wrong{replaced(change, "DELIVERED", "SEEN"), "request/notification/messageState: shep_value_unknown"},
        Wrong{replaced(change, "{00000000", "{0000000"), "request/sessionId: shep_session_id_malformed"},
        Wrong{replaced(change, "<notificationId>N-1</notificationId>", ""),
              "request/notification/notificationId: shep_field_missing"}));

const base::Time at = base::parse_time("2026-01-15T05:00:00Z").value();
const std::optional<SessionId> session = SessionId::parse("{00000000-0000-4000-8000-0000000000fe}");
const ErrorInfo error{.code = "SCE004", .message = "m", .date = at};

AsyncMessage message(const std::string& id) {
    return {.message_id = id,
            .correlation_id = "C-" + id,
            .service_id = "S",
            .type = MessageType::response,
            .route_id = "R",
            .date = at,
            .sender = {.id = "TESTSYS"},
            .properties = {{"k", "v"}},
            .session = session,
            .data = Data::text("x")};
}

TEST(AsyncChannel, ReadsBackTheMessagesOfTheGateway) {
    const test::Message sent(write(message("1"), zone));
    const auto got = read_async_message(sent.body(), zone);
    ASSERT_TRUE(got.has_value()) << got.error().in_words();
    EXPECT_EQ(got->message_id, "1");
    EXPECT_EQ(got->correlation_id, "C-1");
    EXPECT_EQ(got->type, MessageType::response);
    EXPECT_EQ(got->route_id, "R");
    EXPECT_EQ(got->date, at);
    EXPECT_EQ(got->properties, message("1").properties);
    EXPECT_EQ(got->session, session);
    EXPECT_EQ(got->data.to_xml(), "<data>x</data>");

    const test::Message answered(write(
        AsyncSendMessageResponse{.message_id = "M", .correlation_id = "C", .date = at, .session = session}, zone));
    const auto answer = read_async_message_response(answered.body(), zone);
    EXPECT_EQ(answer->correlation_id, "C");
    EXPECT_EQ(answer->session, session);

    const test::Message notified(write(DeliveryNotification{.message_id = "M",
                                                            .service_id = "S",
                                                            .date = at,
                                                            .status = ReceiveStatus::not_accepted,
                                                            .status_date = at,
                                                            .resend = Resend::resend,
                                                            .error = error,
                                                            .request_date = at,
                                                            .sender = Sender{.id = "P"}},
                                       zone));
    const auto notification = read_delivery_notification(notified.body(), zone);
    ASSERT_TRUE(notification.has_value()) << notification.error().in_words();
    EXPECT_EQ(notification->status, ReceiveStatus::not_accepted);
    EXPECT_EQ(notification->resend, Resend::resend);
    EXPECT_EQ(notification->error->code, "SCE004");
    EXPECT_EQ(notification->sender->id, "P");
    EXPECT_NE(write(*notification, zone).find(">MESSAGE_NOT_ACCTEPTED<"), std::string::npos);

    const test::Message taken(
        write(DeliveryNotificationResponse{.notification_id = "N", .date = at, .session = session}, zone));
    EXPECT_EQ(read_delivery_notification_response(taken.body(), zone)->notification_id, "N");
}

TEST(AsyncChannel, ReadsBackQuestionsAndTheirAnswers) {
    const test::Message asked(write(GetMessageStatus{.message_id = "M", .date = at, .sender = {.id = "P"}}, zone));
    EXPECT_EQ(read_get_message_status(asked.body(), zone)->message_id, "M");
    const test::Message told(write(GetMessageStatusResponse{.state = MessageState::delivery_stopped,
                                                            .status = {.code = "1", .message = "m", .date = at},
                                                            .date = at,
                                                            .session = session},
                                   zone));
    const auto state = read_get_message_status_response(told.body(), zone);
    EXPECT_EQ(state->state, MessageState::delivery_stopped);
    EXPECT_EQ(state->status.message, "m");

    const test::Message wanted(
        write(GetMessages{.correlation_id = "C", .service_id = "S", .sender = Sender{.id = "P"}, .amount = 3}, zone));
    const auto pulled = read_get_messages(wanted.body(), zone);
    EXPECT_EQ(pulled->amount, 3);
    EXPECT_EQ(pulled->correlation_id, "C");
    GetMessagesResponse many{.date = at, .session = session};
    for (std::size_t i = 0; i < base::limits::messages_pulled_max; ++i)
        many.messages.push_back(message(std::to_string(i)));
    const test::Message given(write(many, zone));
    const auto messages = read_get_messages_response(given.body(), zone);
    ASSERT_TRUE(messages.has_value()) << messages.error().in_words();
    ASSERT_EQ(messages->messages.size(), base::limits::messages_pulled_max);
    EXPECT_EQ(messages->messages.back().message_id, "99");  // in their order
    many.messages.push_back(message("over"));
    const test::Message over(write(many, zone));
    EXPECT_EQ(read_get_messages_response(over.body(), zone).error().in_words(), "response/messages: shep_too_many");

    const test::Message changed(write(ChangeStatusNotification{.notification_id = "N",
                                                               .message_id = "M",
                                                               .date = at,
                                                               .state = MessageState::not_delivered,
                                                               .status = {.code = "1", .message = "m", .date = at},
                                                               .error = error,
                                                               .request_date = at,
                                                               .session = session},
                                      zone));
    const auto change_read = read_change_status(changed.body(), zone);
    EXPECT_EQ(change_read->state, MessageState::not_delivered);
    EXPECT_EQ(change_read->error->message, "m");
    const test::Message noted(write(ChangeStatusNotificationResponse{.date = at, .session = session}, zone));
    EXPECT_EQ(read_change_status_response(noted.body(), zone)->session, session);
}

TEST(AsyncChannel, IsPatientWithAnswersOfParticipants) {
    const test::Message bare("<a:sendMessageResponse" + types +
                             "><response><messageId>M</messageId></response></a:sendMessageResponse>");
    EXPECT_EQ(read_async_message_response(bare.body(), zone)->message_id, "M");
    for (const std::string& text :
         {"<a:sendMessageResponse" + types + "/>",
          "<a:sendMessageResponse" + types + "><response/></a:sendMessageResponse>", send, std::string()}) {
        const test::Message wrong(text);
        EXPECT_FALSE(read_async_message_response(wrong.body(), zone).has_value()) << text;
    }
}

}  // namespace
}  // namespace kelisim::soap
