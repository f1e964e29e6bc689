// SPDX-License-Identifier: Apache-2.0
#include "soap/sync_channel.hpp"

#include "mapping.hpp"

namespace kelisim::soap {
namespace {

using base::limits::message_properties_max;
using base::limits::message_status_text_max;
using base::limits::message_text_bytes_max;

// Some generated stubs spell it with a small t (wire.md A1).
constexpr std::string_view sync_types_namespace_small = "http://bip.bee.kz/SyncChannel/v10/types";

constexpr auto requests = std::to_array<Named>({{sync_types_namespace, "SendMessage"},
                                                {sync_types_namespace_small, "SendMessage"},
                                                {sync_types_namespace, "SendMessageRequest"},
                                                {sync_types_namespace_small, "SendMessageRequest"},
                                                {kdp_namespace, "sendMessageRequest"}});
constexpr auto responses = std::to_array<Named>(
    {{sync_types_namespace, "SendMessageResponse"}, {sync_types_namespace_small, "SendMessageResponse"}});

}  // namespace

template <class A, Of<SendMessage> M>
void map(A& a, M& m) {
    const auto info = [](A& at, M& message) {
        at.text("messageId", message.message_id, &shep_message_id_missing);
        at.text("correlationId", message.correlation_id);
        at.text("serviceId", message.service_id, &shep_service_id_missing);
        at.time("messageDate", message.date, &shep_message_date_missing);
        at.text("routeId", message.route_id);
        at.part("sender", message.sender, &shep_sender_missing);
        at.parts("properties", message.properties, message_properties_max);
        at.session("sessionId", message.session);
    };
    const auto data = [](A& at, M& message) { at.data("data", message.data); };
    const auto request = [&](A& at, M& message) {
        inner(at, "requestInfo", message, &shep_info_missing, info);
        inner(at, "requestData", message, &shep_data_missing, data, shep_data_twice);
    };
    inner(a, "request", m, &shep_request_missing, request, shep_request_twice);
}

template <class A, Of<SendMessageResponse> M>
void map(A& a, M& m) {
    const auto status = [](A& at, M& message) {
        at.text("code", message.status_code, &shep_field_missing);
        at.text_if_any("message", message.status_message,
                       {.bytes_max = message_text_bytes_max, .written_max = message_status_text_max});
    };
    const auto info = [&](A& at, M& message) {
        at.text_if_any("messageId", message.message_id);
        at.text("correlationId", message.correlation_id);
        at.time_if_any("responseDate", message.date);
        inner(at, "status", message, &shep_field_missing, status);
        at.session_if_any("sessionId", message.session);
    };
    const auto data = [](A& at, M& message) { at.data("data", message.data); };
    const auto response = [&](A& at, M& message) {
        inner(at, "responseInfo", message, &shep_info_missing, info);
        inner(at, "responseData", message, &shep_data_missing, data, shep_data_twice);
    };
    inner(a, "response", m, &shep_field_missing, response);
}

Read<SendMessage> read_send_message(xml::Element body, const base::Zone& zone) {
    const auto wrapper = message_in(body, requests);
    if (!wrapper) return wrapper.error();
    auto message = read_message<SendMessage>(*wrapper, wrapper->ns(), zone);
    if (message && wrapper->name() == "sendMessageRequest") message->wrapper = Wrapper::kdp;
    return message;
}

Read<SendMessageResponse> read_send_message_response(xml::Element body, const base::Zone& zone) {
    const auto wrapper = message_in(body, responses);
    if (!wrapper) return wrapper.error();
    return read_message<SendMessageResponse>(*wrapper, wrapper->ns(), zone);
}

std::string write(const SendMessage& message, const base::Zone& zone) {
    return Writer(zone).wrapped("typ", sync_types_namespace, "SendMessage", [&](Writer& to) { map(to, message); });
}

std::string write(const SendMessageResponse& message, const base::Zone& zone) {
    return Writer(zone).wrapped("typ", sync_types_namespace, "SendMessageResponse",
                                [&](Writer& to) { map(to, message); });
}

}  // namespace kelisim::soap
