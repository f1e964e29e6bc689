// SPDX-License-Identifier: Apache-2.0
#include "gateway/async_pusher.hpp"

#include "base/limits.hpp"

namespace kelisim::gateway {

using access::AsyncFailure;
using records::AsyncMessage;
using records::AsyncNotice;
using store::WriteSession;
namespace limits = base::limits;

namespace {

using namespace std::chrono_literals;

constexpr auto outage_pause = 1s;
constexpr int ok = 200;
constexpr std::size_t notices_a_round = 100;

std::string place_of(const records::AsyncQueue& queue) {
    return queue.receiver + "\n" + queue.service;
}

void sooner(std::optional<base::Time>& next, const std::optional<base::Time>& other) {
    if (other && (!next || *other < *next)) next = other;
}

// What both kinds of answers have in common; `read` reads the one that is expected.
template <class Read>
std::optional<AsyncFailure> read_answer(const http::Outcome& outcome, const base::Zone& zone, Read read) {
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) {
        if (failure->lost == http::Lost::not_sent) return AsyncFailure{.code = "not_reached", .arrived = false};
        return AsyncFailure{.code = failure->lost == http::Lost::no_answer ? "no_answer" : "bad_answer"};
    }
    const auto& answer = std::get<http::Answer>(outcome);
    const auto envelope = soap::Envelope::parse(base::as_bytes(answer.body), soap::channel_limits);
    if (envelope.has_error()) return AsyncFailure{.code = "bad_answer"};
    if (const auto fault = soap::read_fault(envelope->body(), zone)) {
        // An internal error of the receiver's says nothing of the message.
        return AsyncFailure{.code = "fault", .refused = fault->error_code() != soap::sce_internal};
    }
    if (answer.status != ok) return AsyncFailure{.code = "bad_answer"};
    return read(envelope->body());
}

}  // namespace

std::optional<AsyncFailure> read_push_answer(const http::Outcome& outcome, std::string_view message_id,
                                             const base::Zone& zone) {
    return read_answer(outcome, zone, [&](xml::Element body) -> std::optional<AsyncFailure> {
        const auto taken = soap::read_async_message_response(body, zone);
        if (taken.has_error()) return AsyncFailure{.code = "bad_answer"};
        if (taken->message_id != message_id) return AsyncFailure{.code = "another_id"};
        return std::nullopt;
    });
}

AsyncPusher::AsyncPusher(AsyncPusherParts parts) : parts_(std::move(parts)), thread_([this] { work(); }) {}

AsyncPusher::~AsyncPusher() {
    parts_.alarm.close();
    thread_.join();
    // What was answered meanwhile is booked now, or goes once more after the next start, under the same messageId.
    const Ended last = under_way_.last();
    try {
        book(last);
    } catch (const std::exception&) {
        ++outages_;
    }
}

void AsyncPusher::work() {
    Next next = parts_.clock.now();
    while (parts_.alarm.sleep(parts_.clock, next)) {
        try {
            next = run_round();
        } catch (const std::exception&) {
            // The store is away, or no key to sign with: the messages still wait, and the thread lives on.
            ++outages_;
            next = parts_.clock.now() + outage_pause;
        }
    }
}

AsyncPusher::Next AsyncPusher::run_round() {
    const Ended ended = under_way_.ended();
    book(ended);
    under_way_.booked(ended);
    book_uses();
    Next next = push_messages();
    sooner(next, push_notices());
    return next;
}

void AsyncPusher::book(const Ended& ended) {
    if (ended.empty()) return;
    const base::Time now = parts_.clock.now();
    store::run(parts_.writer, [&](WriteSession& session) {
        for (const auto& [place, one] : ended) {
            if (!one.notice) parts_.queues.note_wire(session, one.id, one.wire);
            if (one.notice && one.failure) {
                AsyncNotice notice = *one.notice;
                ++notice.failures;
                notice.next = now + access::async_delay(notice.failures);
                parts_.messages.put_off(session, notice);
            } else if (one.notice) {
                parts_.messages.remove(session, *one.notice);
            } else if (one.failure) {
                parts_.queues.note_failure(session, one.id, *one.failure, now);
            } else {
                // Refused when somebody settled it otherwise meanwhile: then that counts.
                (void)parts_.queues.deliver(session, one.id, now);
            }
        }
        return true;
    });
    for (const auto& [place, one] : ended) {
        if (!one.notice) ++(one.failure ? failed_ : taken_);
    }
}

void AsyncPusher::book_uses() {
    std::vector<records::BookedPart> concluded;
    parts_.readers.read([&](store::ReadSession& session) { concluded = parts_.queues.to_book(session); });
    const base::Time now = parts_.clock.now();
    for (const records::BookedPart& each : concluded) {
        store::run(parts_.writer, [&](WriteSession& session) {
            parts_.queues.book(session, each, now);
            return true;
        });
        store::run(parts_.writer, [&](WriteSession& session) {
            parts_.queues.note_booked(session, each);
            return true;
        });
    }
    if (!concluded.empty()) parts_.alarm.ring();
}

void AsyncPusher::attempt(const std::string& place, const std::function<bool()>& hand_over) {
    if (!under_way_.begin(place)) return;
    try {
        if (!hand_over()) under_way_.forget(place);
    } catch (const records::Damaged&) {
        under_way_.forget(place);
        ++outages_;  // of this place alone: the others are served
    } catch (...) {
        under_way_.forget(place);
        throw;
    }
}

AsyncPusher::Next AsyncPusher::push_messages() {
    std::vector<records::AsyncQueue> queues;
    parts_.readers.read([&](store::ReadSession& session) { queues = parts_.messages.queues(session); });
    Next next;
    for (const records::AsyncQueue& queue : queues) {
        const auto to = parts_.receivers.find(queue.receiver);
        if (to == parts_.receivers.end()) continue;
        if (parts_.clock.now() < queue.next) {
            sooner(next, queue.next);
            continue;
        }
        attempt(place_of(queue), [&] { return hand_over(queue, to->second); });
    }
    return next;
}

bool AsyncPusher::hand_over(const records::AsyncQueue& queue, const SoapAddress& to) {
    parts_.door.require_key(parts_.clock.now());
    std::optional<Leaving> leaving;
    parts_.readers.read([&](store::ReadSession& session) {
        auto first = parts_.messages.waiting(session, queue.receiver, queue.service, 1);
        if (!first.empty()) leaving = look_at(session, leaving_parts(), std::move(first.front()), parts_.clock.now());
    });
    if (!leaving) return false;  // somebody settled the last of it meanwhile
    const base::Time now = parts_.clock.now();
    std::optional<std::string> content;
    store::run(parts_.writer, [&](WriteSession& session) {
        content = take_out(session, leaving_parts(), *leaving, now);
        return true;
    });
    if (!content) {
        parts_.alarm.ring();  // for the one behind it, or to look anew
        return false;
    }
    StoredMessage stored = from_stored(*content, parts_.zone);
    stored.message.date = now;
    send(to, soap::write(stored.message, parts_.zone), stored.token, place_of(queue), {.id = leaving->message.id});
    return true;
}

AsyncPusher::Next AsyncPusher::push_notices() {
    std::vector<AsyncNotice> due;
    Next next;
    const base::Time now = parts_.clock.now();
    parts_.readers.read([&](store::ReadSession& session) {
        due = parts_.messages.notices_due(session, now, notices_a_round);
        next = parts_.messages.next_notice(session, now);
    });
    for (const AsyncNotice& notice : due) {
        const auto to = parts_.receivers.find(notice.receiver);
        if (to == parts_.receivers.end()) {
            // It is not called any more; it may ask.
            store::run(parts_.writer, [&](WriteSession& session) {
                parts_.messages.remove(session, notice);
                return true;
            });
            continue;
        }
        attempt("notices\n" + notice.receiver, [&] {
            tell(notice, to->second);
            return true;
        });
    }
    return next;
}

void AsyncPusher::tell(const AsyncNotice& notice, const SoapAddress& to) {
    const base::Time now = parts_.clock.now();
    soap::MessageStatus status = status_of(notice.state, notice.error, notice.made);
    parts_.readers.read([&](store::ReadSession& session) {
        const auto message = parts_.messages.find(session, notice.message);
        if (!message) return;
        const auto in = parts_.messages.conversation(session, message->conversation);
        status = status_of(*message, in, notice.state, notice.error, notice.made);
    });
    const soap::ChangeStatusNotification told{.notification_id = notice.id.to_string(),
                                              .message_id = notice.message.to_string(),
                                              .date = notice.made,
                                              .state = state_of(notice.state),
                                              .status = std::move(status),
                                              .error = {},
                                              .request_date = now,
                                              .session = soap::SessionId::parse(parts_.door.random_uuid())};
    send(to, soap::write(told, parts_.zone), "", "notices\n" + notice.receiver,
         {.id = notice.message, .notice = notice});
}

void AsyncPusher::send(const SoapAddress& to, std::string_view content, std::string_view token, std::string place,
                       Answered answered) {
    auto bytes = parts_.door.signed_message(content, parts_.clock.now());
    if (bytes.has_error()) throw base::Outage("a message to push cannot be signed");
    answered.wire = {.forwarded = parts_.clock.now(), .forwarded_sha256 = crypto::sha256(base::as_bytes(*bytes))};
    http::Outgoing request{
        .upstream = to.upstream,
        .method = "POST",
        .target = to.target,
        .headers = {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", "\"\""}},
        .body = std::move(*bytes),
        .limits = {.deadline = limits::async_push_deadline, .body_bytes_max = limits::channel_xml_bytes_max}};
    if (!token.empty()) request.headers.push_back({"kdp-token", std::string(token)});
    parts_.client.start(std::move(request), [this, place = std::move(place),
                                             answered = std::move(answered)](const http::Outcome& outcome) mutable {
        if (const auto* answer = std::get_if<http::Answer>(&outcome)) {
            answered.wire.replied = parts_.clock.now();
            answered.wire.replied_sha256 = crypto::sha256(base::as_bytes(answer->body));
        }
        answered.failure = answered.notice
                               ? read_answer(outcome, parts_.zone,
                                             [&](xml::Element body) -> std::optional<AsyncFailure> {
                                                 if (soap::read_change_status_response(body, parts_.zone).has_error())
                                                     return AsyncFailure{.code = "bad_answer"};
                                                 return std::nullopt;
                                             })
                               : read_push_answer(outcome, answered.id.to_string(), parts_.zone);
        under_way_.end(place, std::move(answered), [this] { parts_.alarm.ring(); });
    });
}

}  // namespace kelisim::gateway
