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

}  // namespace

Exchanges::Decision Exchanges::begin(store::WriteSession& session, const Incoming& message, base::Time now) const {
    const records::Exchanges& exchanges = parts_.records.exchanges;
    const crypto::Digest id = exchanges.message_of(message.sender, message.message_id);
    const auto earlier = exchanges.find(session, message.sender, id);
    if (earlier && now < earlier->received + limits::message_remembered) {
        if (earlier->request != message.digest || earlier->service != message.service)
            return base::Refusal(message_id_reused);
        const bool under_way = earlier->state == ExchangeState::begun && now < earlier->received + patience;
        if (under_way) return base::Refusal(message_in_progress);
        if (earlier->state == ExchangeState::answered) return Answered{earlier->kept};
    }
    Exchange begun{.id = records::ExchangeId::make(now, {}, parts_.entropy),
                   .sender = message.sender,
                   .service = message.service,
                   .message = id,
                   .request = message.digest,
                   .request_bytes = static_cast<std::int64_t>(message.bytes),
                   .received = now};
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
    parts_.records.exchanges.put(session, exchange);
    parts_.records.journal.append(session, exchange_fact(exchange, now));
}

}  // namespace kelisim::access
