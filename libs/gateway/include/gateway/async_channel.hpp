// SPDX-License-Identifier: Apache-2.0
// The asynchronous channel of ШЭП (wire.md A4), the side of the gateway: sendMessage, sendDeliveryNotification, getMessageStatus,
// getMessages. A message is acknowledged when it is durable, and a request for a person's data is decided before (307/НК п.45-7).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/async_queues.hpp"
#include "gateway/async_stored.hpp"
#include "gateway/outcomes.hpp"
#include "gateway/persons_decisions.hpp"
#include "gateway/soap_decisions.hpp"
#include "gateway/soap_door.hpp"
#include "gateway/soap_receivers.hpp"

namespace kelisim::gateway {

extern const base::Reason service_not_asynchronous;

// Codes of faults of this channel beside those of soap_door.hpp.
inline constexpr std::string_view kls_unknown = "KLS404";     // no such message or conversation for the asker
inline constexpr std::string_view kls_queue_full = "KLS429";  // the receiver's queue has no room

struct AsyncService {
    std::string subject = "iin";     // where a request's data name the person: soap_call.hpp
    Persons persons = Persons::one;  // several: no `subject`, the tokens say who
    bool signed_data = false;        // business data are signed by the organisation of whoever sends them
};

struct AsyncChannelParts {
    const registry::Registry& registry;
    const records::AsyncMessages& messages;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const base::Zone& zone;
    base::Entropy& entropy;
    const SoapDoor& door;
    const SoapDecisions& decisions;
    const PersonsDecisions& persons;
    Outcomes& outcomes;
    const access::AsyncQueues& queues;
    std::map<std::string, AsyncService, std::less<>> services;  // by key
    DataForms forms;
    std::function<void()> queued;  // there may be something to push
};

// Thread-safe. Outlives the server that has its routes.
class AsyncChannel {
public:
    explicit AsyncChannel(AsyncChannelParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    struct Sending;
    using Served = std::variant<std::string, SoapRefusal>;  // the content of the answer's body
    using Serving = boost::asio::awaitable<Served>;

    boost::asio::awaitable<http::Response> take(const http::Request& request, Entrance entrance);
    using HandedOut = std::vector<records::AsyncMessageId>;
    // `handed_out`: which messages the answer holds.
    Serving serve(Arrival& arrival, soap::AsyncOperation operation, HandedOut& handed_out);
    boost::asio::awaitable<void> note_handed_out(const Arrival& arrival, HandedOut ids, const std::string& answer);
    Serving send(Arrival& arrival);
    Serving queue(Arrival& arrival, Sending& sending);
    std::optional<SoapRefusal> look_up(Sending& sending) const;
    boost::asio::awaitable<std::optional<SoapRefusal>> permit_request(const Arrival& arrival, Sending& sending) const;
    boost::asio::awaitable<std::optional<SoapRefusal>> permit_persons(const AskedUse& asked, Sending& sending) const;
    std::optional<SoapRefusal> permit_more(const Arrival& arrival, Sending& sending) const;
    std::optional<SoapRefusal> write_for_receiver(Sending& sending) const;
    Serving notify(Arrival& arrival);
    Serving tell_status(Arrival& arrival);
    Serving give_messages(Arrival& arrival, HandedOut& handed_out);
    // Nothing for an id that is none.
    std::optional<records::AsyncMessage> find(std::string_view message_id) const;
    void give_back(const std::vector<records::ConversationPart>& parts);
    Served accepted(const Arrival& arrival, const access::AsyncQueues::Taken& taken) const;

    AsyncChannelParts parts_;
};

}  // namespace kelisim::gateway
