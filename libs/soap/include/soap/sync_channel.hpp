// SPDX-License-Identifier: Apache-2.0
// The synchronous channel v10 of ШЭП: SendMessage and its answer (wire.md A3, A8). Bytes only: who may send what, and which
// refusal becomes which fault, others decide.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soap/shep.hpp"

namespace kelisim::soap {

inline constexpr std::string_view sync_types_namespace = "http://bip.bee.kz/SyncChannel/v10/Types";
inline constexpr std::string_view kdp_namespace = "http://service.2fa-chain.kz/ns/kdp";

// How the sender wrapped his message; the answer depends on it.
enum class Wrapper {
    shep,  // {SyncChannel/v10/Types}SendMessage, or SendMessageRequest as one client has it; also without a namespace
    kdp,   // {http://service.2fa-chain.kz/ns/kdp}sendMessageRequest, everything in that namespace (wire.md B2)
};

struct SendMessage {
    std::string message_id;
    std::string correlation_id = {};
    std::string service_id;
    base::Time date;
    std::string route_id = {};
    Sender sender;
    std::vector<Property> properties = {};
    std::optional<SessionId> session = {};
    Data data = {};
    Wrapper wrapper = Wrapper::shep;  // read only: written is SendMessage
};

struct SendMessageResponse {
    std::string message_id;
    std::string correlation_id = {};
    // Nothing when read: absent or unreadable, for nobody decides by it. The schema wants it written.
    std::optional<base::Time> date;
    std::string status_code;
    std::string status_message = {};  // over 250 characters it is cut when written
    std::optional<SessionId> session = {};
    Data data = {};
};

// `body` is soap:Body, of the envelope or parsed from what a signature covers, which is the only one to believe where there is
// one. What is returned holds views of its document.
Read<SendMessage> read_send_message(xml::Element body, const base::Zone& zone);
// Of an owner. A sessionId that is none is passed over: only the gateway gives them out. Whether it is a fault instead,
// read_fault() tells first.
Read<SendMessageResponse> read_send_message_response(xml::Element body, const base::Zone& zone);

// The content of a body.
std::string write(const SendMessage& message, const base::Zone& zone);
std::string write(const SendMessageResponse& message, const base::Zone& zone);

}  // namespace kelisim::soap
