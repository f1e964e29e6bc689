// SPDX-License-Identifier: Apache-2.0
#include "access/exchanges.hpp"

#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using records::Exchange;
using records::ExchangeState;
namespace limits = base::limits;

const Reason message_id_reused{
    "message_id_reused",
    Kind::conflict,
    "307/НК п.2(15)",
    {"Бұл messageId басқа хабарламаға қолданылған.", "Этот messageId уже использован для другого сообщения.",
     "This messageId was used for another message."}};
const Reason message_in_progress{"message_in_progress",
                                 Kind::conflict,
                                 "",
                                 {"Бұл хабарлама әлі өңделуде. Сәл кейінірек қайталаңыз.",
                                  "Это сообщение ещё обрабатывается. Повторите немного позже.",
                                  "This message is still being handled. Repeat it a little later."}};

namespace {

// Longer than a call can be under way: what is older was cut off.
constexpr base::Duration patience = limits::owner_deadline + std::chrono::seconds{30};
constexpr std::size_t given_up_at_once = 1000;
constexpr std::size_t bodies_removed_at_once = 1000;
// An engine walks through the content that it lets go of, while units wait.
constexpr std::int64_t bytes_removed_at_once = 256LL * 1024 * 1024;

// From its claim on: a signature may have been waited for before.
bool is_cut_off(const Exchange& exchange, base::Time now) {
    return exchange.state == ExchangeState::begun && now >= exchange.id.time() + patience;
}

}  // namespace

Exchanges::Decision Exchanges::begin(store::WriteSession& session, const Incoming& message, base::Time now) const {
    const records::Exchanges& exchanges = parts_.records.exchanges;
    const crypto::Digest id = exchanges.message_of(message.sender, message.message_id);
    const auto earlier = exchanges.find(session, message.sender, id);
    if (earlier && now < earlier->received + limits::message_remembered) {
        if (earlier->request != message.digest || earlier->service != message.service)
            return base::Refusal(message_id_reused);
        if (is_cut_off(*earlier, now)) {
            conclude(session, *earlier, {.state = ExchangeState::unknown}, now);
        } else if (earlier->state == ExchangeState::begun) {
            return base::Refusal(message_in_progress);
        }
        if (earlier->state == ExchangeState::answered) return Answered{earlier->received, earlier->kept};
    }
    Exchange begun{.id = records::ExchangeId::make(now, {}, parts_.entropy),
                   .sender = message.sender,
                   .service = message.service,
                   .message = id,
                   .request = message.digest,
                   .request_bytes = static_cast<std::int64_t>(message.bytes),
                   .received = message.received,
                   .session = message.session};
    exchanges.put(session, begun);
    return begun;
}

void Exchanges::conclude(store::WriteSession& session, Exchange exchange, const Conclusion& conclusion,
                         base::Time now) const {
    exchange.state = conclusion.state;
    exchange.forwarded = conclusion.forwarded;
    exchange.replied = conclusion.replied;
    exchange.concluded = now;
    exchange.response = conclusion.response;
    exchange.response_bytes = static_cast<std::int64_t>(conclusion.response_bytes);
    exchange.kept = conclusion.kept;
    exchange.wire = conclusion.wire;
    parts_.records.exchanges.put(session, exchange);
    std::optional<base::Time> kept_until;
    if (conclusion.bodies) {
        parts_.records.exchange_bodies.add(session, *conclusion.bodies);
        kept_until = conclusion.bodies->expires;
    }
    record(session, std::move(exchange), kept_until, now);
}

void Exchanges::note(store::WriteSession& session, Exchange exchange, base::Time now) const {
    exchange.concluded = now;
    record(session, std::move(exchange), std::nullopt, now);
}

void Exchanges::record(store::WriteSession& session, Exchange exchange, const std::optional<base::Time>& kept_until,
                       base::Time now) const {
    if (const auto* service = parts_.registry.service(exchange.service)) exchange.owner = service->owner;
    parts_.records.exchanges.record(session, exchange);
    parts_.records.journal.append(session, exchange_fact(exchange, kept_until, now));
}

void Exchanges::sweep_bodies(store::WriteSession& session, base::Time now) const {
    const records::ExchangeBodies& bodies = parts_.records.exchange_bodies;
    std::int64_t bytes = 0;
    for (const auto& each : bodies.expired(session, now, bodies_removed_at_once)) {
        if (bytes > bytes_removed_at_once) break;
        bytes += each.bytes;
        bodies.remove(session, each.exchange);
        parts_.records.journal.append(session, exchange_bodies_deleted_fact(each.exchange, now));
    }
}

void Exchanges::give_up(store::WriteSession& session, base::Time now) const {
    for (const Exchange& each : parts_.records.exchanges.begun_before(session, now - patience, given_up_at_once)) {
        if (is_cut_off(each, now)) conclude(session, each, {.state = ExchangeState::unknown}, now);
    }
}

}  // namespace kelisim::access
