// SPDX-License-Identifier: Apache-2.0
// A service of the SOAP wire that the gateway answers itself, in the place of an owner.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include "gateway/soap_door.hpp"
#include "soap/business_data.hpp"
#include "soap/sync_channel.hpp"

namespace kelisim::gateway {

// What a message asks for, admitted: its sender is known and signed it. Lives until the answer is there.
struct LocalCall {
    const Arrival& arrival;
    const registry::System& sender;
    const soap::SendMessage& message;
    const soap::BusinessData& data;
};

struct LocalAnswer {
    std::string content;  // of the answer's body
    // For a repeat of the message: whether the content may lie in the books as it is, because it holds neither a person's data
    // nor a secret. Otherwise a repeat is served anew.
    bool keep = false;
};

// Idempotent for one (sender, messageId): a repeat whose first answer was not kept comes again.
using LocalService =
    std::function<boost::asio::awaitable<std::variant<LocalAnswer, SoapRefusal>>(const LocalCall& call)>;
using LocalServices = std::map<std::string, LocalService, std::less<>>;  // by serviceId

}  // namespace kelisim::gateway
