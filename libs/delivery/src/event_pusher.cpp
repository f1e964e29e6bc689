// SPDX-License-Identifier: Apache-2.0
#include "delivery/event_pusher.hpp"

#include <algorithm>

#include "access/security_events.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

namespace kelisim::delivery {

namespace limits = base::limits;
using records::EventStatus;
using records::EventStream;
using records::SecurityEvent;
using store::WriteSession;

namespace {

using namespace std::chrono_literals;

constexpr auto outage_pause = 1s;
constexpr int accepted = 202, bad_request = 400;
constexpr std::size_t answer_bytes_max = 4096;

// RFC 8935 2.3: "err" of the JSON object in a 400.
std::optional<std::string> set_error_in(std::string_view body) {
    const auto value = json::parse(body, {.bytes_max = answer_bytes_max});
    if (value.has_error() || !value->is_object()) return std::nullopt;
    const auto code = json::text(value->get_object(), "err");
    if (code.has_error() || !access::is_event_error(*code)) return std::nullopt;
    return std::string(*code);
}

base::Duration retry_after(const http::Headers& headers) {
    const auto seconds = base::parse_integer(headers.once("Retry-After").value_or(""));
    if (!seconds || *seconds < 0) return {};
    return std::min<base::Duration>(std::chrono::seconds{std::min<std::int64_t>(*seconds, 86'400)},
                                    limits::event_retry_max);
}

}  // namespace

base::Duration push_delay(int failures) {
    base::Duration delay = limits::event_retry_first;
    for (int i = 1; i < failures && delay < limits::event_retry_max; ++i)
        delay *= 2;
    return std::min<base::Duration>(delay, limits::event_retry_max);
}

PushOutcome read_push_answer(const http::Outcome& outcome) {
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) {
        return {.code = failure->lost == http::Lost::not_sent    ? "not_reached"
                        : failure->lost == http::Lost::no_answer ? "no_answer"
                                                                 : "bad_answer"};
    }
    const auto& answer = std::get<http::Answer>(outcome);
    // RFC 8935 2.2: "If the SET is determined to be valid, the SET Recipient SHALL acknowledge successful transmission by
    // responding with HTTP Response Status Code 202 (Accepted)".
    if (answer.status == accepted) return {.kind = PushOutcome::Kind::confirmed, .code = {}};
    if (answer.status == bad_request) {
        if (auto code = set_error_in(answer.body)) {
            return {.kind = PushOutcome::Kind::refused, .code = std::move(*code)};
        }
    }
    return {.code = "http_" + std::to_string(answer.status), .wait_for = retry_after(answer.headers)};
}

EventPusher::EventPusher(EventPusherParts parts) : parts_(std::move(parts)), thread_([this] { work(); }) {}

EventPusher::~EventPusher() {
    parts_.alarm.close();
    thread_.join();
    // What was answered meanwhile is booked now, or goes once more after the next start: the receiver knows its jti.
    const UnderWay<Answered>::Ended last = under_way_.last();
    try {
        book(last);
    } catch (const std::exception&) {
        ++outages_;
    }
}

void EventPusher::work() {
    std::optional<base::Time> next = parts_.clock.now();
    while (parts_.alarm.sleep(parts_.clock, next)) {
        try {
            next = run_round();
        } catch (const std::exception&) {
            // The store is away, or a mistake of ours: either way the events still wait, and the thread lives on.
            ++outages_;
            next = parts_.clock.now() + outage_pause;
        }
    }
}

// Books what was answered, and hands over to whoever is due. Returns when the next receiver will be.
std::optional<base::Time> EventPusher::run_round() {
    const UnderWay<Answered>::Ended ended = under_way_.ended();
    book(ended);
    under_way_.booked(ended);
    std::vector<EventStream> streams;
    parts_.readers.read([&](store::ReadSession& session) { streams = parts_.events.streams_to_push(session); });
    const base::Time now = parts_.clock.now();
    std::optional<base::Time> next;
    for (const EventStream& stream : streams) {
        if (now < stream.next) {
            if (!next || stream.next < *next) next = stream.next;
            continue;
        }
        if (!under_way_.begin(stream.receiver)) continue;
        try {
            if (!hand_over(stream)) under_way_.forget(stream.receiver);
        } catch (const records::Damaged&) {
            under_way_.forget(stream.receiver);
            ++outages_;  // of this receiver alone: the others are served
        } catch (...) {
            under_way_.forget(stream.receiver);
            throw;
        }
    }
    return next;
}

void EventPusher::book(const UnderWay<Answered>::Ended& ended) {
    if (ended.empty()) return;
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](WriteSession& session) {
        for (const auto& [receiver, answered] : ended) {
            const auto& [event, failures, outcome] = answered;
            if (outcome.kind == PushOutcome::Kind::failed) {
                parts_.events.note_error(session, event, outcome.code);
                const base::Duration pause = std::max(push_delay(failures + 1), outcome.wait_for);
                parts_.events.set_pace(session, event.receiver, failures + 1, now + pause);
                continue;
            }
            const bool well = outcome.kind == PushOutcome::Kind::confirmed;
            parts_.events.end(session, event.receiver, event.id, well ? EventStatus::confirmed : EventStatus::refused,
                              outcome.code, now);
            parts_.events.set_pace(session, event.receiver, 0, now);
        }
        return true;
    });
    for (const auto& [receiver, answered] : ended) {
        ++(answered.outcome.kind == PushOutcome::Kind::confirmed ? confirmed_
           : answered.outcome.kind == PushOutcome::Kind::refused ? refused_
                                                                 : failed_);
    }
}

bool EventPusher::hand_over(const EventStream& stream) {
    const base::Time now = parts_.clock.now();
    const auto event = store::run(parts_.writer, [&](WriteSession& session) -> std::optional<SecurityEvent> {
        auto next = parts_.events.to_push(session, stream);
        if (next && !parts_.events.attempt(session, *next, now)) next.reset();
        return next;
    });
    if (event) send(stream, *event);
    return event.has_value();
}

void EventPusher::send(const EventStream& stream, const SecurityEvent& event) {
    const auto url = http::parse_http_url(stream.endpoint);
    if (!url) throw records::Damaged("a registered endpoint is none");
    http::Outgoing request{.upstream = url->authority,
                           .method = "POST",
                           .target = url->target,
                           // RFC 8935 2.1: "The Content-Type header field ... 'application/secevent+jwt'", "the Accept
                           // header field ... 'application/json'".
                           .headers = {{"Content-Type", "application/secevent+jwt"}, {"Accept", "application/json"}},
                           .body = access::sign_event(event, parts_.issuer, parts_.signing_key),
                           .limits = {.deadline = limits::event_push_deadline, .body_bytes_max = answer_bytes_max},
                           .reach = parts_.reach};
    parts_.client.start(std::move(request), [this, event, failures = stream.failures](const http::Outcome& outcome) {
        under_way_.end(event.receiver, {.event = event, .failures = failures, .outcome = read_push_answer(outcome)},
                       [this] { parts_.alarm.ring(); });
    });
}

}  // namespace kelisim::delivery
