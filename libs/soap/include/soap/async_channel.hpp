// SPDX-License-Identifier: Apache-2.0
// The asynchronous channel v10 of ШЭП (wire.md A4): four operations of the gateway, two of a participant that it pushes to.
// Bytes only; order, redelivery and quotas are of the queues.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soap/fault.hpp"
#include "soap/shep.hpp"

namespace kelisim::soap {

inline constexpr std::string_view async_types_namespace = "http://bip.bee.kz/AsyncChannel/v10/Types";
inline constexpr std::string_view async_client_types_namespace = "http://bip.bee.kz/AsyncChannel/v10/Types/Client";

enum class MessageType { request, notification, update, response };
enum class MessageState { on_delivery, delivered, not_delivered, delivery_stopped };
enum class ReceiveStatus { accepted, not_accepted };  // on the wire MESSAGE_NOT_ACCTEPTED (sic)
enum class Resend { resend, not_resend };

struct AsyncMessage {
    std::string message_id = {};      // ШЭП gives it out; some senders fill it all the same
    std::string correlation_id = {};  // likewise for a request; every other type must have it
    std::string service_id;
    MessageType type = MessageType::request;
    std::string route_id = {};
    base::Time date;
    Sender sender;
    std::vector<Property> properties = {};
    std::optional<SessionId> session = {};
    Data data = {};
};

struct AsyncSendMessageResponse {
    std::string message_id;
    std::string correlation_id;
    std::optional<base::Time>
        date;  // here and in the other answers: nothing when read, absent or unreadable; to be written
    std::optional<SessionId> session = {};
};

struct DeliveryNotification {
    std::string message_id;
    std::string service_id;
    base::Time date;
    ReceiveStatus status = ReceiveStatus::accepted;
    base::Time status_date;
    Resend resend = Resend::not_resend;
    std::optional<ErrorInfo> error = {};
    base::Time request_date;
    std::optional<Sender> sender = {};
};

struct DeliveryNotificationResponse {
    std::string notification_id;
    std::optional<base::Time> date;
    std::optional<SessionId> session;  // to be written
};

struct GetMessageStatus {
    std::string message_id;
    base::Time date;
    Sender sender;
    std::vector<Property> properties = {};
};

struct MessageStatus {
    std::string code;  // nobody has published its values (wire.md A2)
    std::string message;
    std::optional<base::Time> date;
};

struct GetMessageStatusResponse {
    MessageState state = MessageState::on_delivery;
    MessageStatus status;
    std::optional<base::Time> date;
    std::optional<SessionId> session = {};
};

struct GetMessages {
    std::string message_id = {};
    std::string correlation_id = {};
    std::optional<base::Time> date = {};
    std::string service_id;
    std::optional<Sender> sender = {};
    std::optional<std::int64_t> amount = {};  // nothing or 0: what the gateway gives by default
    std::vector<Property> properties = {};
};

struct GetMessagesResponse {
    std::optional<base::Time> date;
    std::optional<SessionId> session;  // to be written
    std::vector<AsyncMessage> messages = {};
};

struct ChangeStatusNotification {
    std::string notification_id;
    std::string message_id;
    base::Time date;
    MessageState state = MessageState::on_delivery;
    MessageStatus status;
    std::optional<ErrorInfo> error = {};
    base::Time request_date;
    std::optional<SessionId> session = {};
};

struct ChangeStatusNotificationResponse {
    std::optional<base::Time> date;
    std::optional<SessionId> session;  // that of the notification; to be written
};

enum class AsyncOperation {
    send_message,
    send_delivery_notification,
    get_message_status,
    get_messages,
    change_status_notification,  // changeMassageStatusNotification (sic), of a participant
};
// What a body asks for; the message itself is then read by its own function. The pushed sendMessage is of Types in the WSDL and
// of Types/Client in one implementation, so both are taken (wire.md A1).
Read<AsyncOperation> async_operation(xml::Element body);

// As of read_send_message() and read_send_message_response(): the body, what a date without an offset means, views of its document.
Read<AsyncMessage> read_async_message(xml::Element body, const base::Zone& zone);
Read<AsyncSendMessageResponse> read_async_message_response(xml::Element body, const base::Zone& zone);
Read<DeliveryNotification> read_delivery_notification(xml::Element body, const base::Zone& zone);
Read<DeliveryNotificationResponse> read_delivery_notification_response(xml::Element body, const base::Zone& zone);
Read<GetMessageStatus> read_get_message_status(xml::Element body, const base::Zone& zone);
Read<GetMessageStatusResponse> read_get_message_status_response(xml::Element body, const base::Zone& zone);
Read<GetMessages> read_get_messages(xml::Element body, const base::Zone& zone);
Read<GetMessagesResponse> read_get_messages_response(xml::Element body, const base::Zone& zone);
Read<ChangeStatusNotification> read_change_status(xml::Element body, const base::Zone& zone);
Read<ChangeStatusNotificationResponse> read_change_status_response(xml::Element body, const base::Zone& zone);

// The content of a body.
std::string write(const AsyncMessage& message, const base::Zone& zone);
std::string write(const AsyncSendMessageResponse& message, const base::Zone& zone);
std::string write(const DeliveryNotification& message, const base::Zone& zone);
std::string write(const DeliveryNotificationResponse& message, const base::Zone& zone);
std::string write(const GetMessageStatus& message, const base::Zone& zone);
std::string write(const GetMessageStatusResponse& message, const base::Zone& zone);
std::string write(const GetMessages& message, const base::Zone& zone);
std::string write(const GetMessagesResponse& message, const base::Zone& zone);
std::string write(const ChangeStatusNotification& message, const base::Zone& zone);
std::string write(const ChangeStatusNotificationResponse& message, const base::Zone& zone);

}  // namespace kelisim::soap
