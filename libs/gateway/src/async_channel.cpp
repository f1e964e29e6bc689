// SPDX-License-Identifier: Apache-2.0
#include "gateway/async_channel.hpp"

#include <algorithm>

#include "access/exchanges.hpp"
#include "base/limits.hpp"
#include "gateway/async_leaving.hpp"
#include "gateway/rest.hpp"
#include "http/unit.hpp"
#include "soap/contracts.hpp"

namespace kelisim::gateway {

using access::AsyncQueues;
using base::Kind;
using base::Reason;
using base::Refusal;
using records::AsyncKind;
using records::AsyncMessage;
using records::AsyncMessageId;
using records::Conversation;
using records::ConversationId;
using registry::Side;
using soap::AsyncOperation;
namespace limits = base::limits;

const Reason service_not_asynchronous{
    "service_not_asynchronous",
    Kind::not_found,
    "307/НК п.2(22)",
    {"Асинхронды арнада мұндай сервис жоқ.", "На асинхронном канале такого сервиса нет.",
     "There is no such service on the asynchronous channel."}};

namespace {

constexpr int ok = 200;

soap::FaultOf fault_of(AsyncOperation operation) {
    switch (operation) {
        case AsyncOperation::send_message:
            return soap::FaultOf::send_message;
        case AsyncOperation::send_delivery_notification:
            return soap::FaultOf::send_delivery_notification;
        case AsyncOperation::get_message_status:
            return soap::FaultOf::get_message_status;
        case AsyncOperation::get_messages:
            return soap::FaultOf::get_messages;
        case AsyncOperation::change_status_notification:
            return soap::FaultOf::change_status_notification;
    }
    throw std::logic_error("an operation that is none");
}

AsyncKind kind_of(soap::MessageType type) {
    switch (type) {
        case soap::MessageType::request:
            return AsyncKind::request;
        case soap::MessageType::notification:
            return AsyncKind::notification;
        case soap::MessageType::update:
            return AsyncKind::update;
        case soap::MessageType::response:
            return AsyncKind::response;
    }
    throw std::logic_error("a type of a message that is none");
}

// As we gave them out; some clients put braces around them.
template <class Id>
std::optional<Id> id_of(std::string_view text) {
    if (text.size() > 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    return Id::parse(lower);
}

SoapRefusal refusal_of(const Refusal& why) {
    const auto code = [&]() -> std::string_view {
        switch (why.first().kind) {
            case Kind::too_many:
                return kls_queue_full;
            case Kind::not_found:
                return kls_unknown;
            case Kind::conflict:
                return kls_conflict;
            default:
                return kls_refused;
        }
    }();
    return {code, why};
}

std::vector<std::string> texts_around(const soap::AsyncMessage& message) {
    std::vector<std::string> texts{message.message_id, message.correlation_id, message.route_id};
    for (const soap::Property& property : message.properties)
        texts.insert(texts.end(), {property.key, property.value});
    return texts;
}

std::optional<std::string> sender_of(xml::Element body, const base::Zone& zone) {
    const auto operation = soap::async_operation(body);
    if (operation.has_error()) return std::nullopt;
    const auto id = [](const auto& read) -> std::optional<std::string> {
        if (read.has_error()) return std::nullopt;
        if constexpr (requires { read->sender.has_value(); }) {
            return read->sender ? std::optional(read->sender->id) : std::nullopt;
        } else {
            return read->sender.id;
        }
    };
    switch (*operation) {
        case AsyncOperation::send_message:
            return id(soap::read_async_message(body, zone));
        case AsyncOperation::send_delivery_notification:
            return id(soap::read_delivery_notification(body, zone));
        case AsyncOperation::get_message_status:
            return id(soap::read_get_message_status(body, zone));
        case AsyncOperation::get_messages:
            return id(soap::read_get_messages(body, zone));
        case AsyncOperation::change_status_notification:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

// A message on its way into its queue.
struct AsyncChannel::Sending {
    soap::AsyncMessage message;
    soap::BusinessData data;
    const registry::IntegrationService* service = nullptr;
    access::Posted posted;
    std::string token = {};
    std::optional<AsyncQueues::Taken> before = {};
    std::optional<Conversation> conversation = {};  // of what is no REQUEST
    std::vector<base::Iin> subjects = {};           // of a conversation under uses
    bool stands = true;
    std::vector<std::size_t> left_out = {};  // tokens of a message about several persons

    const std::string& receiver() const {
        if (!conversation) return posted.receiver;
        return conversation->initiator == posted.sender ? conversation->owner : conversation->initiator;
    }
};

std::vector<http::Route> AsyncChannel::routes() {
    const http::RouteLimits limits{.body_bytes_max = limits::channel_xml_bytes_max, .deadline = limits::soap_deadline};
    std::vector<http::Route> routes;
    for (const auto& [path, entrance] : std::initializer_list<std::pair<std::string_view, Entrance>>{
             {"/bip-async-wss-gost/", {Protection::wss, Side::external}},
             {"/shep/bip-async-wss-gost/", {Protection::wss, Side::inside}},
             {"/bip-async/", {Protection::inside, Side::inside}},
             {"/pshep/bip-async-wss-gost/", {Protection::wss, Side::payment}},
         }) {
        auto endpoint = SoapDoor::by_message(
            [this, entrance = entrance](const http::Request& request) { return take(request, entrance); });
        parts_.door.add_routes(routes, path, "AsyncChannelHttp_Service", soap::FaultOf::send_message, limits,
                               std::move(endpoint));
    }
    return routes;
}

boost::asio::awaitable<http::Response> AsyncChannel::take(const http::Request& request, Entrance entrance) {
    Arrival arrival = parts_.door.arrive(request, entrance);
    const SoapDoor::ClaimedSender claimed = [this](xml::Element body) { return sender_of(body, parts_.zone); };
    auto operation_of_fault = soap::FaultOf::send_message;
    if (const auto refused = co_await parts_.door.open(arrival, claimed))
        co_return parts_.door.turn_away(arrival, operation_of_fault, *refused);
    const auto operation = soap::async_operation(arrival.body());
    if (operation.has_error()) {
        const SoapRefusal refused(operation.error());
        co_return parts_.door.turn_away(arrival, operation_of_fault, refused);
    }
    operation_of_fault = fault_of(*operation);
    HandedOut handed_out;
    const Served served = co_await serve(arrival, *operation, handed_out);
    if (const auto* refused = std::get_if<SoapRefusal>(&served))
        co_return parts_.door.turn_away(arrival, operation_of_fault, *refused);
    http::Response response = parts_.door.respond(arrival, ok, std::get<std::string>(served));
    if (!handed_out.empty()) co_await note_handed_out(arrival, std::move(handed_out), response.body);
    co_return response;
}

// Durable before the answer leaves. What nobody signed proves nothing, and could be tried out where it names a person.
boost::asio::awaitable<void> AsyncChannel::note_handed_out(const Arrival& arrival, HandedOut ids,
                                                           const std::string& answer) {
    records::AsyncWire wire{.forwarded = parts_.clock.now()};
    if (arrival.protection == Protection::wss) wire.forwarded_sha256 = crypto::sha256(base::as_bytes(answer));
    auto note = [&queues = parts_.queues, ids = std::move(ids), wire](store::WriteSession& session) {
        for (const AsyncMessageId& each : ids)
            queues.note_wire(session, each, wire);
        return true;
    };
    co_await http::committed(parts_.writer, std::move(note));
}

AsyncChannel::Serving AsyncChannel::serve(Arrival& arrival, AsyncOperation operation, HandedOut& handed_out) {
    switch (operation) {
        case AsyncOperation::send_message:
            co_return co_await send(arrival);
        case AsyncOperation::send_delivery_notification:
            co_return co_await notify(arrival);
        case AsyncOperation::get_message_status:
            co_return co_await tell_status(arrival);
        case AsyncOperation::get_messages:
            co_return co_await give_messages(arrival, handed_out);
        case AsyncOperation::change_status_notification:
            break;  // of a participant: nobody tells the gateway so
    }
    co_return SoapRefusal{soap::sce_malformed, Refusal(soap::shep_operation_unknown)};
}

AsyncChannel::Serving AsyncChannel::send(Arrival& arrival) {
    auto message = soap::read_async_message(arrival.body(), parts_.zone);
    if (message.has_error()) co_return SoapRefusal(message.error());
    const auto digest = SoapDoor::digest_of(arrival);
    if (!digest) co_return SoapRefusal{soap::sce_malformed, Refusal(xml::xml_malformed)};
    if (auto refused = parts_.door.admit(arrival, message->sender, message->date)) co_return std::move(*refused);
    parts_.door.require_key(arrival.received);
    if (auto refused = parts_.decisions.open_elsewhere(message->service_id)) co_return std::move(*refused);
    const registry::IntegrationService* service = parts_.registry.service(message->service_id);
    const auto configured = parts_.services.find(message->service_id);
    if (configured == parts_.services.end() || service == nullptr || !service->ended.empty())
        co_return SoapRefusal{soap::sce_service_unknown, Refusal(service_not_asynchronous)};
    auto data = soap::BusinessData::read(message->data);
    if (data.has_error()) co_return SoapRefusal{soap::sce_malformed, data.error()};
    if (configured->second.signed_data) {
        auto refused = co_await parts_.door.check_data(*data, *arrival.sender);
        if (refused) co_return std::move(*refused);
    }
    const auto correlation = id_of<ConversationId>(message->correlation_id);
    const AsyncKind kind = kind_of(message->type);
    if (kind != AsyncKind::request && !correlation)
        co_return SoapRefusal{kls_unknown, Refusal(access::conversation_unknown)};
    const auto fresh = ConversationId::make(arrival.received, {}, parts_.entropy);
    Sending sending{.message = std::move(*message),
                    .data = std::move(*data),
                    .service = service,
                    .posted = {.id = AsyncMessageId::make(arrival.received, {}, parts_.entropy),
                               .conversation = kind == AsyncKind::request ? fresh : *correlation,
                               .sender = arrival.sender->key,
                               .service = service->key,
                               .kind = kind,
                               .own_id = {},
                               .digest = *digest,
                               .bytes = static_cast<std::int64_t>(arrival.request.body.size()),
                               .content = {},
                               .receiver = service->owner,
                               .session = base::RawId::parse(arrival.session.bare()).value(),
                               .received = crypto::sha256(base::as_bytes(arrival.request.body))}};
    sending.posted.own_id = sending.message.message_id;
    co_return co_await queue(arrival, sending);
}

AsyncChannel::Serving AsyncChannel::queue(Arrival& arrival, Sending& sending) {
    if (auto refused = look_up(sending)) co_return std::move(*refused);
    if (sending.before) co_return accepted(arrival, *sending.before);
    if (sending.posted.kind == AsyncKind::request) {
        if (auto refused = co_await permit_request(arrival, sending)) co_return std::move(*refused);
    } else if (auto refused = permit_more(arrival, sending)) {
        co_return std::move(*refused);
    }
    const access::Posted& ids = sending.posted;
    soap::AsyncMessage& message = sending.message;
    message.message_id = ids.id.to_string();
    message.correlation_id = ids.conversation.to_string();
    message.sender = {.id = ids.sender};  // the password was for us
    message.session = arrival.session;
    if (auto refused = write_for_receiver(sending)) co_return std::move(*refused);
    sending.posted.content = to_stored(message, sending.token, parts_.zone);
    auto accept = [&queues = parts_.queues, posted = sending.posted, now = parts_.clock.now()](
                      store::WriteSession& session) { return queues.accept(session, posted, now); };
    const auto taken = co_await http::committed(parts_.writer, std::move(accept));
    // Another one was decided for the same message meanwhile, or for none.
    const bool other = taken.has_error() || taken->id != ids.id;
    if (other) give_back(ids.parts);
    if (taken.has_error()) co_return refusal_of(taken.error());
    parts_.queued();
    co_return accepted(arrival, *taken);
}

// What is refused whatever is decided; so that nothing is counted for it.
std::optional<SoapRefusal> AsyncChannel::look_up(Sending& sending) const {
    std::optional<SoapRefusal> refused;
    const AsyncQueues& queues = parts_.queues;
    parts_.readers.read([&](store::ReadSession& session) {
        const access::Posted& posted = sending.posted;
        const auto before = queues.earlier(session, posted, parts_.clock.now());
        if (before.has_error()) {
            refused = refusal_of(before.error());
            return;
        }
        sending.before = *before;
        if (sending.before) return;
        if (posted.kind != AsyncKind::request) {
            auto conversation = queues.conversation_of(session, posted);
            if (conversation.has_error()) {
                refused = refusal_of(conversation.error());
                return;
            }
            sending.subjects = queues.subjects_of(session, *conversation);
            sending.stands = queues.stands(session, *conversation);
            sending.conversation = std::move(*conversation);
        }
        const auto room = queues.has_room(session, sending.receiver(), posted.bytes);
        if (room.has_error()) refused = refusal_of(room.error());
    });
    return refused;
}

std::optional<SoapRefusal> AsyncChannel::write_for_receiver(Sending& sending) const {
    if (sending.data.content() != soap::BusinessData::Content::document) return std::nullopt;
    const soap::DataForm form = form_for(parts_.forms, sending.receiver(), sending.data.form());
    auto data = sending.left_out.empty() ? sending.data.in_form(form, sending.data.type())
                                         : with_emptied(sending.data, sending.left_out, form);
    if (data.has_error()) return SoapRefusal{soap::sce_malformed, data.error()};
    sending.message.data = std::move(*data);
    return std::nullopt;
}

boost::asio::awaitable<std::optional<SoapRefusal>> AsyncChannel::permit_request(const Arrival& arrival,
                                                                                Sending& sending) const {
    if (!sending.service->personal_data) co_return parts_.decisions.check_connection(arrival, *sending.service);
    const AsyncService& service = parts_.services.find(sending.service->key)->second;
    const AskedUse asked{.arrival = arrival,
                         .service = *sending.service,
                         .data = sending.data,
                         .subject = service.subject,
                         .beside = texts_around(sending.message),
                         .properties = sending.message.properties,
                         .key = "async " + base::to_hex(base::BytesView(sending.posted.digest)),
                         .digest = sending.posted.digest,
                         .takes = access::Takes::first_or_repeat,
                         .at = arrival.received};
    if (service.persons == Persons::several) co_return co_await permit_persons(asked, sending);
    auto decision = co_await parts_.decisions.decide(asked);
    if (auto* refused = std::get_if<SoapRefusal>(&decision)) co_return std::move(*refused);
    // An answered request that is no longer remembered as a message: it is not done anew.
    if (std::holds_alternative<access::Repeated>(decision))
        co_return SoapRefusal{kls_conflict, Refusal(access::use_answered_before)};
    auto& permitted = std::get<SoapDecisions::Permitted>(decision);
    sending.token = std::move(permitted.token);
    sending.posted.parts = {{.number = 0, .use = permitted.use.id}};
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<SoapRefusal>> AsyncChannel::permit_persons(const AskedUse& asked,
                                                                                Sending& sending) const {
    auto decision = co_await parts_.persons.decide(asked);
    if (auto* refused = std::get_if<SoapRefusal>(&decision)) co_return std::move(*refused);
    if (std::holds_alternative<access::Repeated>(decision))
        co_return SoapRefusal{kls_conflict, Refusal(access::use_answered_before)};
    const auto& permitted = std::get<PersonsDecisions::Permitted>(decision);
    for (const PersonsDecisions::PersonsUse& each : permitted.uses)
        sending.posted.parts.push_back({.number = static_cast<std::int64_t>(each.number), .use = each.reserved.id});
    for (const LeftOut& each : permitted.left_out) {
        RefusedToken token = remembered(each);
        sending.left_out.push_back(token.number);
        sending.posted.parts.push_back(
            {.number = static_cast<std::int64_t>(token.number), .refused = std::move(token.codes)});
    }
    co_return std::nullopt;
}

void AsyncChannel::give_back(const std::vector<records::ConversationPart>& parts) {
    for (const records::ConversationPart& each : parts) {
        if (each.use) parts_.outcomes.book(*each.use, consent::UseState::not_sent, {});
    }
}

// What is said in a conversation under uses is about their persons, and its owner gives data in it once.
std::optional<SoapRefusal> AsyncChannel::permit_more(const Arrival& arrival, Sending& sending) const {
    const Conversation& conversation = *sending.conversation;
    const bool by_owner = conversation.owner == sending.posted.sender;
    const std::string& other = by_owner ? conversation.initiator : conversation.owner;
    if (auto refused = parts_.decisions.check_contours(arrival, *sending.service, *parts_.registry.system(other)))
        return refused;
    if (conversation.parts.empty()) {
        // A conversation that began before its service had personal data stands on no decision.
        if (sending.service->personal_data) return SoapRefusal{kls_refused, Refusal(token_missing)};
        return std::nullopt;
    }
    if (!sending.stands) return SoapRefusal{kls_refused, Refusal(access::use_token_ended)};
    std::vector<base::Iin> persons = persons_in(sending.data);
    for (const std::string& text : texts_around(sending.message))
        collect_persons(text, persons);
    const std::vector<base::Iin>& subjects = sending.subjects;
    const bool others = std::any_of(persons.begin(), persons.end(), [&](const base::Iin& each) {
        return std::find(subjects.begin(), subjects.end(), each) == subjects.end();
    });
    if (!by_owner) {
        if (others) return SoapRefusal{kls_refused, Refusal(consent::use_person_differs)};
        return std::nullopt;
    }
    // Beside one person there may be others, a family; beside several there is nobody.
    const bool several = conversation.parts.front().number != 0;
    const bool of_another =
        several ? others : !persons.empty() && std::none_of(persons.begin(), persons.end(), [&](const auto& each) {
            return each == subjects.front();
        });
    if (of_another) return SoapRefusal{kls_refused, Refusal(answer_of_another)};
    using Content = soap::BusinessData::Content;
    const bool fields = sending.data.content() == Content::document
                            ? gives_any(sending.data.root(), sending.service->fields)
                            : sending.data.content() == Content::text;
    sending.posted.gives_data = sending.posted.kind == AsyncKind::response || fields || !persons.empty();
    if (sending.posted.gives_data && conversation.outcome)
        return SoapRefusal{kls_conflict, Refusal(access::conversation_answered)};
    return std::nullopt;
}

AsyncChannel::Served AsyncChannel::accepted(const Arrival& arrival, const AsyncQueues::Taken& taken) const {
    const soap::AsyncSendMessageResponse response{.message_id = taken.id.to_string(),
                                                  .correlation_id = taken.conversation.to_string(),
                                                  .date = parts_.clock.now(),
                                                  .session = arrival.session};
    return soap::write(response, parts_.zone);
}

std::optional<AsyncMessage> AsyncChannel::find(std::string_view message_id) const {
    std::optional<AsyncMessage> found;
    const auto id = id_of<AsyncMessageId>(message_id);
    if (!id) return found;
    parts_.readers.read([&](store::ReadSession& session) { found = parts_.messages.find(session, *id); });
    return found;
}

AsyncChannel::Serving AsyncChannel::notify(Arrival& arrival) {
    const auto notice = soap::read_delivery_notification(arrival.body(), parts_.zone);
    if (notice.has_error()) co_return SoapRefusal(notice.error());
    const auto message = find(notice->message_id);
    // The schema lets the sender be left out: then it can only be whom the message is for.
    soap::Sender sender{.id = message ? message->receiver : ""};
    if (notice->sender) sender = *notice->sender;
    if (auto refused = parts_.door.admit(arrival, sender, notice->request_date)) co_return std::move(*refused);
    parts_.door.require_key(arrival.received);
    if (!message || message->receiver != arrival.sender->key || message->service != notice->service_id)
        co_return SoapRefusal{kls_unknown, Refusal(access::async_message_unknown)};
    const bool taken = notice->status == soap::ReceiveStatus::accepted, again = notice->resend == soap::Resend::resend;
    // Signed, or with a password in it.
    const records::AsyncWire wire{.replied = arrival.received,
                                  .replied_sha256 = crypto::sha256(base::as_bytes(arrival.request.body))};
    auto book = [&queues = parts_.queues, id = message->id, taken, again, wire,
                 now = parts_.clock.now()](store::WriteSession& session) {
        queues.note_wire(session, id, wire);
        return taken   ? queues.deliver(session, id, now)
               : again ? queues.put_back(session, id, now)
                       : queues.refuse(session, id, now);
    };
    const auto done = co_await http::committed(parts_.writer, std::move(book));
    if (done.has_error()) co_return refusal_of(done.error());
    parts_.queued();
    const soap::DeliveryNotificationResponse response{
        .notification_id = parts_.door.random_uuid(), .date = parts_.clock.now(), .session = arrival.session};
    co_return soap::write(response, parts_.zone);
}

AsyncChannel::Serving AsyncChannel::tell_status(Arrival& arrival) {
    const auto asked = soap::read_get_message_status(arrival.body(), parts_.zone);
    if (asked.has_error()) co_return SoapRefusal(asked.error());
    if (auto refused = parts_.door.admit(arrival, asked->sender, asked->date)) co_return std::move(*refused);
    const auto message = find(asked->message_id);
    const std::string& asker = arrival.sender->key;
    if (!message || (message->sender != asker && message->receiver != asker))
        co_return SoapRefusal{kls_unknown, Refusal(access::async_message_unknown)};
    std::optional<Conversation> conversation;
    parts_.readers.read([&](store::ReadSession& session) {
        conversation = parts_.messages.conversation(session, message->conversation);
    });
    const soap::GetMessageStatusResponse response{
        .state = state_of(message->state),
        .status =
            status_of(*message, conversation, message->state, message->error, message->ended.value_or(message->since)),
        .date = parts_.clock.now(),
        .session = arrival.session};
    co_return soap::write(response, parts_.zone);
}

AsyncChannel::Serving AsyncChannel::give_messages(Arrival& arrival, HandedOut& handed_out) {
    const auto asked = soap::read_get_messages(arrival.body(), parts_.zone);
    if (asked.has_error()) co_return SoapRefusal(asked.error());
    const soap::Sender sender = asked->sender.value_or(soap::Sender{});
    if (auto refused = parts_.door.admit(arrival, sender, asked->date.value_or(arrival.received)))
        co_return std::move(*refused);
    if (auto refused = parts_.decisions.check_contours(arrival)) co_return std::move(*refused);
    parts_.door.require_key(arrival.received);
    const auto amount = static_cast<std::size_t>(std::max<std::int64_t>(asked->amount.value_or(0), 0));
    const std::size_t most =
        amount == 0 ? limits::async_messages_given : std::min(amount, limits::async_messages_given_max);
    const auto id = id_of<AsyncMessageId>(asked->message_id);
    const auto conversation = id_of<ConversationId>(asked->correlation_id);
    const bool one = !asked->message_id.empty(), some = !asked->correlation_id.empty();
    const LeavingParts leaving{parts_.queues, parts_.messages, parts_.registry, parts_.zone};
    std::vector<Leaving> chosen;
    parts_.readers.read([&](store::ReadSession& session) {
        const std::size_t looked_at =
            one || some ? limits::async_messages_given_max * limits::async_messages_given : most;
        for (AsyncMessage& each : parts_.messages.waiting(session, arrival.sender->key, asked->service_id, looked_at)) {
            if ((one && each.id != id) || (some && each.conversation != conversation) || chosen.size() >= most)
                continue;
            chosen.push_back(look_at(session, leaving, std::move(each), arrival.received));
        }
    });
    auto hand_over = [leaving, chosen, now = parts_.clock.now()](store::WriteSession& session) {
        std::vector<std::string> contents;
        std::int64_t bytes = 0;
        for (const Leaving& each : chosen) {
            bytes += each.message.bytes;
            if (!contents.empty() && bytes > static_cast<std::int64_t>(limits::channel_xml_bytes_max)) break;
            if (auto content = take_out(session, leaving, each, now)) contents.push_back(*std::move(content));
        }
        return contents;
    };
    const auto contents = co_await http::committed(parts_.writer, std::move(hand_over));
    std::vector<StoredMessage> given;  // what is written looks into them
    soap::GetMessagesResponse response{.date = parts_.clock.now(), .session = arrival.session, .messages = {}};
    for (const std::string& content : contents)
        given.push_back(from_stored(content, parts_.zone));
    for (StoredMessage& each : given) {
        handed_out.push_back(AsyncMessageId::parse(each.message.message_id).value());
        each.message.date = *response.date;
        response.messages.push_back(each.message);
    }
    co_return soap::write(response, parts_.zone);
}

}  // namespace kelisim::gateway
