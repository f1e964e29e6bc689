// SPDX-License-Identifier: Apache-2.0
#include "api/events.hpp"

#include "access/security_events.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "http/uri.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

using base::Kind;
using base::Reason;
using records::EventStatus;
using records::EventStream;
using records::SecurityEvent;
namespace limits = base::limits;

const Reason event_method_unknown{"event_method_unknown",
                                  Kind::invalid,
                                  "RFC 8935, RFC 8936",
                                  {"Жеткізу тәсілі urn:ietf:rfc:8935 немесе urn:ietf:rfc:8936.",
                                   "Способ доставки: urn:ietf:rfc:8935 или urn:ietf:rfc:8936.",
                                   "The delivery method is urn:ietf:rfc:8935 (push) or urn:ietf:rfc:8936 (poll)."}};
const Reason event_endpoint_malformed{
    "event_endpoint_malformed",
    Kind::invalid,
    "RFC 8935 section 2",
    {"Мекенжай жіберу үшін ғана, https://хост:порт/жол түрінде беріледі.",
     "Адрес даётся только для отправки и имеет вид https://хост:порт/путь.",
     "An endpoint goes with push alone, and is https://host:port/path without user or fragment."}};
const Reason event_endpoint_not_public{
    "event_endpoint_not_public",
    Kind::invalid,
    "RFC 6890",
    {"Мекенжай ішкі желіде жатыр.", "Адрес лежит во внутренней сети.", "The endpoint lies in a private network."}};
const Reason event_stream_pushed{"event_stream_pushed",
                                 Kind::conflict,
                                 "RFC 8936",
                                 {"Сізге оқиғалар жіберіледі; сұрау үшін тәсілді өзгертіңіз.",
                                  "События вам отправляются; чтобы опрашивать, смените способ.",
                                  "Your events are pushed; choose poll to ask for them."}};

namespace {

using Answer = boost::asio::awaitable<http::Response>;
constexpr std::string_view push_method = "urn:ietf:rfc:8935", poll_method = "urn:ietf:rfc:8936";

boost::json::object stream_json(const EventParts& parts, store::ReadSession& session, const std::string& receiver) {
    const auto stream =
        parts.events.stream(session, receiver).value_or(EventStream{.receiver = receiver, .endpoint = {}, .next = {}});
    const bool pushed = !stream.endpoint.empty();
    boost::json::object delivery{{"method", pushed ? push_method : poll_method},
                                 {"endpoint_url", pushed ? stream.endpoint : parts.issuer + "/events/poll"}};
    boost::json::object body{{"iss", parts.issuer},
                             {"aud", receiver},
                             {"delivery", std::move(delivery)},
                             {"waiting", stream.waiting},
                             {"failures", stream.failures}};
    const bool late = pushed && stream.failures > 0 && stream.waiting > 0;
    body["next_attempt"] = late ? boost::json::value(base::to_iso8601(stream.next)) : boost::json::value(nullptr);
    return body;
}

http::Response show_stream(const EventParts& parts, const ClientSystem& client) {
    boost::json::object body;
    parts.readers.read([&](store::ReadSession& session) { body = stream_json(parts, session, client.system->key); });
    return http::json_response(200, body);
}

Answer get_stream(const EventParts& parts, const ClientSystem& client, const http::Request&) {
    co_return show_stream(parts, client);
}

// The endpoint to push to; empty for one who polls.
base::Result<std::string> read_endpoint(const EventParts& parts, const http::Request& request) {
    const auto body = read_body(request, {"delivery"});
    if (body.has_error()) return body.error();
    const auto delivery = json::object(*body, "delivery");
    if (delivery.has_error()) return delivery.error();
    if (const auto only = json::only(**delivery, {"method", "endpoint_url"}); only.has_error()) return only.error();
    const auto method = json::text(**delivery, "method");
    if (method.has_error()) return method.error();
    const auto endpoint = json::optional_text(**delivery, "endpoint_url", limits::url_bytes_max);
    if (endpoint.has_error()) return endpoint.error();
    if (*method != push_method && *method != poll_method) return base::Refusal(event_method_unknown);
    if ((*method == push_method) != endpoint->has_value()) return base::Refusal(event_endpoint_malformed);
    if (!endpoint->has_value()) return std::string();
    const auto url = http::parse_http_url(**endpoint);
    if (!url) return base::Refusal(event_endpoint_malformed);
    // A name is looked at again, by its addresses, whenever it is called.
    if (parts.reach == http::Reach::public_only && http::is_own_network(url->authority.host)) {
        return base::Refusal(event_endpoint_not_public);
    }
    return std::string(**endpoint);
}

Answer put_stream(const EventParts& parts, const ClientSystem& client, const http::Request& request) {
    auto endpoint = read_endpoint(parts, request);
    if (endpoint.has_error()) co_return problem(endpoint.error(), request);
    auto unit = [&events = parts.events, receiver = client.system->key, endpoint = std::move(*endpoint),
                 now = parts.clock.now(), changed = parts.stream_changed](store::WriteSession& session) {
        events.set_endpoint(session, receiver, endpoint, now);
        session.after_commit(changed);
        return true;
    };
    co_await http::committed(parts.writer, std::move(unit));
    co_return show_stream(parts, client);
}

struct Poll {
    std::size_t events_max = limits::events_poll_max;
    std::vector<base::RawId> confirmed;
    std::vector<std::pair<base::RawId, std::string>> refused;  // with the code of the error
    bool ends_something() const { return !confirmed.empty() || !refused.empty(); }
};

// What is no jti of ours is nothing that waits, and passed over like any other that does not.
base::Result<Poll> read_poll(const http::Request& request) {
    const auto body = read_body(request, {"maxEvents", "returnImmediately", "ack", "setErrs"});
    if (body.has_error()) return body.error();
    const auto events_max = json::optional_integer(*body, "maxEvents", {.min = 0});
    if (events_max.has_error()) return events_max.error();
    if (const auto now = json::optional_boolean(*body, "returnImmediately"); now.has_error()) return now.error();
    const auto acknowledged = json::optional_texts(*body, "ack", limits::events_acknowledged_max);
    if (acknowledged.has_error()) return acknowledged.error();
    const auto errors = json::optional_object(*body, "setErrs");
    if (errors.has_error()) return errors.error();
    Poll poll;
    if (*events_max)
        poll.events_max = static_cast<std::size_t>(std::min<std::int64_t>(**events_max, limits::events_poll_max));
    for (const std::string& text : acknowledged->value_or(std::vector<std::string>{})) {
        if (const auto id = base::RawId::parse(text)) poll.confirmed.push_back(*id);
    }
    if (*errors == nullptr) return poll;
    if ((*errors)->size() > limits::events_acknowledged_max) return base::Refusal(json::json_member_range);
    for (const auto& [jti, error] : **errors) {
        if (!error.is_object()) return base::Refusal(json::json_member_type);
        const auto code = json::text(error.get_object(), "err", limits::name_bytes_max);
        if (code.has_error()) return code.error();
        if (!access::is_event_error(*code)) return base::Refusal(json::json_member_range);
        if (const auto id = base::RawId::parse(jti)) poll.refused.emplace_back(*id, std::string(*code));
    }
    return poll;
}

struct Handed {
    std::vector<SecurityEvent> events;
    bool more = false;
};

Handed hand_out(const records::SecurityEvents& events, store::WriteSession& session, const std::string& receiver,
                const Poll& poll, base::Time now) {
    for (const base::RawId& id : poll.confirmed)
        events.end(session, receiver, id, EventStatus::confirmed, "", now);
    for (const auto& [id, code] : poll.refused)
        events.end(session, receiver, id, EventStatus::refused, code, now);
    Handed handed{.events = events.waiting(session, receiver, poll.events_max + 1)};
    handed.more = handed.events.size() > poll.events_max;
    if (handed.more) handed.events.resize(poll.events_max);
    for (const SecurityEvent& event : handed.events)
        events.attempt(session, event, now);
    return handed;
}

Answer poll_events(const EventParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto poll = read_poll(request);
    if (poll.has_error()) co_return problem(poll.error(), request);
    const std::string& receiver = client.system->key;
    std::optional<EventStream> stream;
    parts.readers.read([&](store::ReadSession& session) { stream = parts.events.stream(session, receiver); });
    if (stream && !stream->endpoint.empty()) co_return problem(event_stream_pushed, request);
    Handed handed;
    // Nothing to write for one who only looks whether there is something.
    if (poll->ends_something() || (stream && stream->waiting > 0)) {
        auto unit = [&events = parts.events, receiver, poll = *poll, now = parts.clock.now()](
                        store::WriteSession& session) { return hand_out(events, session, receiver, poll, now); };
        handed = co_await http::committed(parts.writer, std::move(unit));
    }
    boost::json::object sets;
    for (const SecurityEvent& event : handed.events)
        sets[event.id.to_string()] = access::sign_event(event, parts.issuer, parts.signing_key);
    boost::json::object body{{"sets", std::move(sets)}};
    if (handed.more) body["moreAvailable"] = true;
    co_return http::json_response(200, body);
}

}  // namespace

std::vector<http::Route> event_routes(const EventParts& parts) {
    const auto endpoint = [&](auto handler) {
        return parts.clients.endpoint(
            [parts, handler](const ClientSystem& c, const http::Request& r) { return handler(parts, c, r); });
    };
    return {
        {"GET", "/api/v1/events/stream", endpoint(get_stream)},
        {"PUT", "/api/v1/events/stream", endpoint(put_stream)},
        {"POST", "/events/poll", endpoint(poll_events)},
    };
}

}  // namespace kelisim::api
