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
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return under_way_.size() == ended_.size(); });
    // What was answered meanwhile is booked now, or goes once more after the next start: the receiver knows its jti.
    const std::vector<Ended> last = std::exchange(ended_, {});
    lock.unlock();
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

std::vector<EventPusher::Ended> EventPusher::take_ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
}

// Books what was answered, and hands over to whoever is due. Returns when the next receiver will be.
std::optional<base::Time> EventPusher::run_round() {
    // They stay until they are booked: if that fails they are tried again, and nothing is sent to their receivers before.
    const std::vector<Ended> ended = take_ended();
    book(ended);
    {
        const std::lock_guard lock(mutex_);
        for (const Ended& one : ended)
            under_way_.erase(one.event.receiver);
        ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(ended.size()));
    }
    std::vector<EventStream> streams;
    parts_.readers.read([&](store::ReadSession& session) { streams = parts_.events.streams_to_push(session); });
    const base::Time now = parts_.clock.now();
    std::optional<base::Time> next;
    for (const EventStream& stream : streams) {
        {
            const std::lock_guard lock(mutex_);
            // An answer wakes this thread.
            if (under_way_.contains(stream.receiver) || under_way_.size() >= limits::events_pushed_at_once) continue;
        }
        if (now >= stream.next) {
            try {
                hand_over(stream);
            } catch (const records::Damaged&) {
                ++outages_;  // of this receiver alone: the others are served
            }
        } else if (!next || stream.next < *next) {
            next = stream.next;
        }
    }
    return next;
}

void EventPusher::book(const std::vector<Ended>& ended) {
    if (ended.empty()) return;
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](WriteSession& session) {
        for (const Ended& one : ended) {
            const auto& [event, failures, outcome] = one;
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
    for (const Ended& one : ended) {
        ++(one.outcome.kind == PushOutcome::Kind::confirmed ? confirmed_
           : one.outcome.kind == PushOutcome::Kind::refused ? refused_
                                                            : failed_);
    }
}

void EventPusher::hand_over(const EventStream& stream) {
    const base::Time now = parts_.clock.now();
    const auto event = store::run(parts_.writer, [&](WriteSession& session) -> std::optional<SecurityEvent> {
        auto next = parts_.events.to_push(session, stream);
        if (next && !parts_.events.attempt(session, *next, now)) next.reset();
        return next;
    });
    if (event) send(stream, *event);
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
    {
        const std::lock_guard lock(mutex_);
        under_way_.insert(stream.receiver);
    }
    parts_.client.start(std::move(request), [this, event, failures = stream.failures](const http::Outcome& outcome) {
        {
            const std::lock_guard lock(mutex_);
            ended_.push_back({.event = event, .failures = failures, .outcome = read_push_answer(outcome)});
            parts_.alarm.ring();
            // Under the lock: the destructor may be waiting, and nothing of this is touched after it has seen the end.
            idle_.notify_all();
        }
    });
}

}  // namespace kelisim::delivery
