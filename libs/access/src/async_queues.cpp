// SPDX-License-Identifier: Apache-2.0
#include "access/async_queues.hpp"

#include <algorithm>

#include "access/exchanges.hpp"
#include "access/uses.hpp"
#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using consent::UseState;
using records::AsyncKind;
using records::AsyncMessage;
using records::AsyncMessageId;
using records::AsyncState;
using records::Conversation;
using records::ConversationPart;
namespace limits = base::limits;

const Reason receiver_queue_full{"receiver_queue_full",
                                 Kind::too_many,
                                 "307/НК п.2(15)",
                                 {"Алушының кезегі толы. Хабарлама қабылданған жоқ: кейінірек қайталаңыз.",
                                  "Очередь получателя полна. Сообщение не принято: повторите позже.",
                                  "The queue of the receiver is full. The message was not accepted: repeat it later."}};
const Reason conversation_unknown{
    "conversation_unknown",
    Kind::not_found,
    "307/НК п.2(15)",
    {"Жүйеңіз қатысатын мұндай correlationId жоқ.", "Нет такого correlationId, в котором участвует ваша система.",
     "There is no such correlationId in which your system takes part."}};
const Reason conversation_answered{
    "conversation_answered",
    Kind::conflict,
    "307/НК п.45-7",
    {"Бұл сұрауға жауап бұрын берілген.", "На этот запрос ответ уже дан.", "This request was answered before."}};
const Reason async_message_unknown{"async_message_unknown",
                                   Kind::not_found,
                                   "",
                                   {"Жүйеңіз үшін мұндай хабарлама жоқ.", "Для вашей системы нет такого сообщения.",
                                    "There is no such message for your system."}};
const Reason async_message_settled{
    "async_message_settled",
    Kind::conflict,
    "",
    {"Бұл хабарлама енді күтіп тұрған жоқ.", "Это сообщение больше не ждёт.", "This message does not wait any more."}};
const Reason async_message_use_over{"async_message_use_over",
                                    Kind::conflict,
                                    "307/НК п.45-7",
                                    {"Сұраудың рұқсаты аяқталды: жіберуші жаңадан сұрауы керек.",
                                     "Разрешение на запрос закончилось: отправитель должен спросить заново.",
                                     "What permitted the request is over: its sender has to ask anew."}};

namespace {

constexpr std::size_t ended_at_once = 200;
constexpr std::size_t booked_at_once = 100;

// Some owners answer with the ids that they got: that is no id of their own.
bool is_own(store::ReadSession& session, const records::AsyncMessages& messages, const Posted& posted) {
    if (posted.own_id.empty()) return false;
    const auto id = AsyncMessageId::parse(posted.own_id);
    const auto got = id ? messages.find(session, *id) : std::nullopt;
    return !got || got->receiver != posted.sender;
}

// As of an exchange. What we let go no further before it left was refused by us.
records::ExchangeState outcome_of(const AsyncMessage& message) {
    if (message.state == AsyncState::delivered) return records::ExchangeState::delivered;
    if (message.reached > 0) return records::ExchangeState::unknown;
    const bool by_us = message.error == "consent_ended" || message.error.starts_with("contour_");
    return by_us ? records::ExchangeState::refused : records::ExchangeState::failed;
}

// Not refused, and not left out since.
bool went_on(const ConversationPart& part) {
    return part.use && part.refused.empty();
}

crypto::Digest key_of(store::ReadSession& session, const records::AsyncMessages& messages, const Posted& posted) {
    return is_own(session, messages, posted)
               ? messages.key_of(posted.sender, "id " + posted.own_id)
               : messages.key_of(posted.sender, "digest " + base::to_hex(base::BytesView(posted.digest)));
}

}  // namespace

base::Duration async_delay(std::int64_t failures) {
    base::Duration delay = limits::async_retry_first;
    for (std::int64_t i = 1; i < failures && delay < limits::async_retry_max; ++i)
        delay *= 2;
    return std::min<base::Duration>(delay, limits::async_retry_max);
}

Result<std::optional<AsyncQueues::Taken>> AsyncQueues::earlier(store::ReadSession& session, const Posted& posted,
                                                               base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    const auto found =
        messages.find(session, posted.sender, key_of(session, messages, posted), now - limits::message_remembered);
    if (!found) return std::optional<Taken>();
    if (found->digest != posted.digest) return message_id_reused;
    return std::optional<Taken>({.id = found->id, .conversation = found->conversation});
}

Result<void> AsyncQueues::has_room(store::ReadSession& session, std::string_view receiver, std::int64_t bytes) const {
    std::int64_t waiting = 0;
    for (const records::AsyncQueue& queue : parts_.records.async_messages.queues_of(session, receiver)) {
        waiting += queue.waiting;
        bytes += queue.bytes;
    }
    if (waiting >= rules_.waiting_max || bytes > limits::async_waiting_bytes_max) return receiver_queue_full;
    return base::Result<void>();
}

Result<Conversation> AsyncQueues::conversation_of(store::ReadSession& session, const Posted& posted) const {
    auto found = parts_.records.async_messages.conversation(session, posted.conversation);
    const bool takes_part = found && (found->initiator == posted.sender || found->owner == posted.sender);
    if (!takes_part || found->service != posted.service) return conversation_unknown;
    return std::move(*found);
}

Result<AsyncQueues::Taken> AsyncQueues::accept(store::WriteSession& session, const Posted& posted,
                                               base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    const auto before = earlier(session, posted, now);
    if (before.has_error()) return before.error();
    if (*before) return **before;
    Conversation conversation{.id = posted.conversation,
                              .initiator = posted.sender,
                              .owner = posted.receiver,
                              .service = posted.service,
                              .begun = now,
                              .parts = posted.parts};
    if (posted.kind != AsyncKind::request) {
        auto known = conversation_of(session, posted);
        if (known.has_error()) return known.error();
        conversation = std::move(*known);
        if (posted.gives_data && conversation.outcome) return conversation_answered;
    }
    AsyncMessage message{
        .id = posted.id,
        .receiver = conversation.initiator == posted.sender ? conversation.owner : conversation.initiator,
        .service = posted.service,
        .sender = posted.sender,
        .conversation = conversation.id,
        .kind = posted.kind,
        .key = key_of(session, messages, posted),
        .digest = posted.digest,
        .bytes = posted.bytes,
        .accepted = now,
        .since = now};
    message.evidence =
        records::AsyncEvidence{.session = posted.session,
                               .named = parts_.records.exchanges.message_of(
                                   posted.sender, posted.own_id.empty() ? posted.id.to_string() : posted.own_id),
                               .received = posted.received};
    if (const auto room = has_room(session, message.receiver, message.bytes); room.has_error()) return room.error();
    if (posted.kind == AsyncKind::request) messages.begin(session, conversation);
    if (posted.gives_data && !conversation.parts.empty())
        messages.set_outcome(session, conversation.id, UseState::delivered);
    messages.add(session, message, posted.content);
    parts_.records.journal.append(session, message_accepted_fact(message));
    return Taken{.id = message.id, .conversation = conversation.id};
}

void AsyncQueues::note_wire(store::WriteSession& session, AsyncMessageId id, const records::AsyncWire& wire) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message || message->state != AsyncState::waiting || !message->evidence) return;
    records::AsyncWire& known = message->evidence->wire;
    // An attempt anew was not answered yet.
    if (wire.forwarded) {
        known = wire;
    } else {
        known.replied = wire.replied;
        known.replied_sha256 = wire.replied_sha256;
    }
    parts_.records.async_messages.update(session, *message);
}

bool AsyncQueues::attempt(store::WriteSession& session, AsyncMessageId id) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message || message->state != AsyncState::waiting) return false;
    ++message->attempts;
    ++message->reached;  // until it is known that it did not
    parts_.records.async_messages.update(session, *message);
    return true;
}

void AsyncQueues::set_pace(store::WriteSession& session, const AsyncMessage& message, bool well, base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    for (records::AsyncQueue& queue : messages.queues_of(session, message.receiver)) {
        if (queue.service != message.service) continue;
        queue.failures = well ? 0 : queue.failures + 1;
        queue.next = well ? now : now + async_delay(queue.failures);
        messages.set_pace(session, queue);
    }
}

void AsyncQueues::note_failure(store::WriteSession& session, AsyncMessageId id, const AsyncFailure& failure,
                               base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message || message->state != AsyncState::waiting) return;
    message->error = failure.code;
    // A fault of the receiver's own says that it took nothing.
    if (!failure.arrived || failure.refused) --message->reached;
    if (failure.refused) ++message->refusals;
    if (message->refusals >= limits::async_refusals_max) {
        const std::string why = message->error;
        end(session, std::move(*message), AsyncState::given_up, why, now);
        return;
    }
    parts_.records.async_messages.update(session, *message);
    set_pace(session, *message, false, now);
}

Result<void> AsyncQueues::deliver(store::WriteSession& session, AsyncMessageId id, base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message) return async_message_unknown;
    if (message->state == AsyncState::delivered) return Result<void>();
    if (message->state != AsyncState::waiting) return async_message_settled;
    end(session, std::move(*message), AsyncState::delivered, "", now);
    return Result<void>();
}

Result<void> AsyncQueues::put_back(store::WriteSession& session, AsyncMessageId id, base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message) return async_message_unknown;
    if (message->state != AsyncState::waiting) return async_message_settled;
    message->error = "not_accepted";
    parts_.records.async_messages.update(session, *message);
    set_pace(session, *message, false, now);
    return Result<void>();
}

Result<void> AsyncQueues::refuse(store::WriteSession& session, AsyncMessageId id, base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message) return async_message_unknown;
    if (message->state != AsyncState::waiting) return async_message_settled;
    message->reached = 0;  // it says itself that it took nothing
    end(session, std::move(*message), AsyncState::stopped, "not_accepted", now);
    return Result<void>();
}

Result<void> AsyncQueues::stop(store::WriteSession& session, AsyncMessageId id, base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message) return async_message_unknown;
    if (message->state != AsyncState::waiting) return async_message_settled;
    end(session, std::move(*message), AsyncState::stopped, "consent_ended", now);
    return Result<void>();
}

Result<void> AsyncQueues::withhold(store::WriteSession& session, AsyncMessageId id, const Reason& why,
                                   base::Time now) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (!message) return async_message_unknown;
    if (message->state != AsyncState::waiting) return async_message_settled;
    end(session, std::move(*message), AsyncState::given_up, why.code, now);
    return Result<void>();
}

bool AsyncQueues::stands(store::ReadSession& session, const AsyncMessage& message) const {
    const auto conversation = parts_.records.async_messages.conversation(session, message.conversation);
    if (!conversation) throw records::Damaged("a message has no conversation");
    return stands(session, *conversation);
}

bool AsyncQueues::stands(store::ReadSession& session, const Conversation& conversation) const {
    return std::all_of(conversation.parts.begin(), conversation.parts.end(), [&](const ConversationPart& each) {
        return !went_on(each) || Uses(parts_).stands(session, *each.use);
    });
}

std::vector<std::int64_t> AsyncQueues::to_leave_out(store::ReadSession& session, const AsyncMessage& message) const {
    if (message.kind != AsyncKind::request) return {};
    const auto conversation = parts_.records.async_messages.conversation(session, message.conversation);
    if (!conversation) throw records::Damaged("a message has no conversation");
    std::vector<std::int64_t> ended;
    bool any_stands = false;
    for (const ConversationPart& each : conversation->parts) {
        if (!went_on(each)) continue;
        if (Uses(parts_).stands(session, *each.use))
            any_stands = true;
        else
            ended.push_back(each.number);
    }
    if (!any_stands) ended.clear();
    return ended;
}

bool AsyncQueues::leave_out(store::WriteSession& session, AsyncMessageId id, const std::vector<std::int64_t>& numbers,
                            std::string_view content) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    const auto message = messages.find(session, id);
    if (!message || message->state != AsyncState::waiting) return false;
    if (to_leave_out(session, *message) != numbers) return false;
    for (const std::int64_t number : numbers) {
        // What a receiver may have got before it was taken back is not known to be nobody's.
        const UseState outcome = message->reached > 0 ? UseState::unknown : UseState::not_sent;
        messages.leave_out(session, message->conversation, number, use_token_ended.code, outcome);
    }
    messages.replace_content(session, *message, content);
    return true;
}

std::vector<base::Iin> AsyncQueues::subjects_of(store::ReadSession& session, const Conversation& conversation) const {
    std::vector<base::Iin> subjects;
    for (const ConversationPart& each : conversation.parts) {
        if (!went_on(each)) continue;
        const auto record = parts_.records.uses.record(session, *each.use);
        if (!record) throw records::Damaged("a use that is awaited is gone");
        subjects.push_back(record->subject);
    }
    return subjects;
}

void AsyncQueues::end(store::WriteSession& session, AsyncMessage message, AsyncState state, std::string_view why,
                      base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    message.state = state;
    message.ended = now;
    message.error = why;
    messages.update(session, message);
    messages.count(session, message, -1);
    // What was given up can be replayed as long as it is kept.
    if (state != AsyncState::given_up) messages.forget_content(session, message.id);
    set_pace(session, message, true, now);
    if (message.kind == AsyncKind::request && state != AsyncState::delivered) {
        messages.set_outcome(session, message.conversation,
                             message.reached > 0 ? UseState::unknown : UseState::not_sent);
    }
    parts_.records.journal.append(session, message_ended_fact(message, now));
    record(session, message, now);
    tell_sender(session, message, now);
}

void AsyncQueues::record(store::WriteSession& session, const AsyncMessage& message, base::Time now) const {
    if (!message.evidence) return;
    const records::AsyncEvidence& evidence = *message.evidence;
    const records::Exchange exchange{
        .id = records::ExchangeId::from_bytes(message.id.bytes()).value(),
        .sender = message.sender,
        .service = message.service,
        .message = evidence.named,
        .request = evidence.received,
        .request_bytes = message.bytes,
        .received = message.accepted,
        .state = outcome_of(message),
        .forwarded = evidence.wire.forwarded,
        .replied = evidence.wire.replied,
        .concluded = now,
        .session = evidence.session,
        .owner = message.receiver,
        .wire = {evidence.received, evidence.wire.forwarded_sha256, evidence.wire.replied_sha256, std::nullopt},
        .came_over = records::ExchangeWire::soap_async};
    parts_.records.exchanges.record(session, exchange);
}

void AsyncQueues::tell_sender(store::WriteSession& session, const AsyncMessage& message, base::Time now) const {
    if (!rules_.pushed.contains(message.sender)) return;
    parts_.records.async_messages.add(session, {.id = records::AsyncNoticeId::make(now, {}, parts_.entropy),
                                                .receiver = message.sender,
                                                .message = message.id,
                                                .state = message.state,
                                                .error = message.error,
                                                .made = now,
                                                .next = now});
}

void AsyncQueues::give_up(store::WriteSession& session, base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    for (AsyncMessage& each : messages.waiting_since_before(session, now - limits::async_wait, ended_at_once)) {
        end(session, std::move(each), AsyncState::given_up, "too_old", now);
    }
    for (const Conversation& each : messages.open_before(session, now - limits::async_answer_wait, ended_at_once)) {
        messages.set_outcome(session, each.id, UseState::unknown);
    }
    messages.forget_before(session, now - limits::async_kept);
}

std::vector<records::BookedPart> AsyncQueues::to_book(store::ReadSession& session) const {
    return parts_.records.async_messages.to_book(session, booked_at_once);
}

void AsyncQueues::book(store::WriteSession& session, const records::BookedPart& part, base::Time now) const {
    Uses(parts_).conclude(session, part.use, part.outcome, std::nullopt, now);
}

void AsyncQueues::note_booked(store::WriteSession& session, const records::BookedPart& part) const {
    parts_.records.async_messages.set_booked(session, part);
}

Page<AsyncMessage> AsyncQueues::given_up(store::ReadSession& session, const PageWanted& wanted) const {
    return cut(parts_.records.async_messages.given_up(session, wanted.before, wanted.max + 1), wanted.max,
               [](const AsyncMessage& message) { return message.id; });
}

std::optional<AsyncMessage> AsyncQueues::given_up(store::ReadSession& session, AsyncMessageId id) const {
    auto message = parts_.records.async_messages.find(session, id);
    if (message && message->state != AsyncState::given_up) message.reset();
    return message;
}

void AsyncQueues::note_look(store::WriteSession& session, const std::optional<AsyncMessageId>& id,
                            const RegistryChanges::Order& by, base::Time now) const {
    const base::RawId look = base::RawId::make(now, {}, parts_.entropy);
    parts_.records.journal.append(session, id ? message_look_fact("message.seen", *id, by, now)
                                              : message_look_fact("message.listed", look, by, now));
}

Result<void> AsyncQueues::replay(store::WriteSession& session, AsyncMessageId id, const RegistryChanges::Order& order,
                                 base::Time now) const {
    const records::AsyncMessages& messages = parts_.records.async_messages;
    auto message = given_up(session, id);
    if (!message) return async_message_unknown;
    const auto conversation = messages.conversation(session, message->conversation);
    if (!conversation) throw records::Damaged("a message has no conversation");
    // Its use was booked as not sent, or as unknown: it cannot be sent under it a second time.
    if (message->kind == AsyncKind::request && !conversation->parts.empty()) return async_message_use_over;
    message->state = AsyncState::waiting;
    message->since = now;
    message->refusals = 0;
    message->ended.reset();
    messages.update(session, *message);
    messages.count(session, *message, 1);
    set_pace(session, *message, true, now);
    parts_.records.journal.append(session, message_order_fact("message.replayed", *message, order, now));
    return Result<void>();
}

Result<void> AsyncQueues::give_back(store::WriteSession& session, AsyncMessageId id,
                                    const RegistryChanges::Order& order, base::Time now) const {
    auto message = given_up(session, id);
    if (!message) return async_message_unknown;
    message->state = AsyncState::returned;
    parts_.records.async_messages.update(session, *message);
    parts_.records.async_messages.forget_content(session, id);
    parts_.records.journal.append(session, message_order_fact("message.returned", *message, order, now));
    tell_sender(session, *message, now);
    return Result<void>();
}

}  // namespace kelisim::access
