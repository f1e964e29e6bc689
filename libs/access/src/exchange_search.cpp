// SPDX-License-Identifier: Apache-2.0
#include "access/exchange_search.hpp"

#include "base/limits.hpp"
#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
namespace limits = base::limits;

const Reason exchange_search_span{
    "exchange_search_span",
    Kind::invalid,
    "",
    {"Уақыт аралығы теріс немесе 92 тәуліктен ұзақ.", "Промежуток времени отрицателен или длиннее 92 суток.",
     "The span of time is negative, or longer than 92 days."}};
const Reason exchange_search_sender_missing{
    "exchange_search_sender_missing",
    Kind::invalid,
    "",
    {"messageId бойынша іздеу үшін жіберуші жүйені де атаңыз: оны әр жүйе өзі береді.",
     "Для поиска по messageId назовите и систему-отправителя: каждая система даёт его сама.",
     "To search by messageId, name the sending system too: each system gives its own."}};
const Reason exchange_search_reason_missing{
    "exchange_search_reason_missing",
    Kind::invalid,
    "418-V ст.46(1)",
    {"Іздеу себебін көрсетіңіз.", "Укажите причину поиска.", "Say why you search."}};

const Reason exchange_unknown{"exchange_unknown",
                              Kind::not_found,
                              "",
                              {"Мұндай алмасу жоқ немесе ол туралы жазбаның мерзімі өтті.",
                               "Такого обмена нет, или срок хранения записи о нём истёк.",
                               "There is no such exchange, or the time for which it is on record is over."}};
const Reason exchange_export_reason_missing{
    "exchange_export_reason_missing",
    Kind::invalid,
    "418-V ст.46(1)",
    {"Дәлелдемені не үшін алатыныңызды көрсетіңіз.", "Укажите, для чего вы получаете доказательства.",
     "Say what you take the evidence for."}};

namespace {

struct Span {
    base::Time from, to;
};

// An id is compared to the millisecond, and what was received in this one counts.
Span span_of(const std::optional<base::Time>& from, const std::optional<base::Time>& to, base::Time now) {
    const base::Time end = to.value_or(now + std::chrono::milliseconds{1});
    return {from.value_or(end - limits::exchange_search_span_max), end};
}

bool is_span(const Span& span) {
    return span.from <= span.to && span.to - span.from <= limits::exchange_search_span_max;
}

}  // namespace

base::Result<records::ExchangeFilter> ExchangeSearch::begin(store::WriteSession& session, const Official& by,
                                                            const ExchangeQuestion& question, base::Time now) const {
    std::vector<const Reason*> reasons;
    if (question.reason.empty()) reasons.push_back(&exchange_search_reason_missing);
    if (!question.message_id.empty() && question.party.empty()) reasons.push_back(&exchange_search_sender_missing);
    const Span span = span_of(question.from, question.to, now);
    if (!is_span(span)) reasons.push_back(&exchange_search_span);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    records::ExchangeFilter filter{.from = span.from, .to = span.to};
    filter.session = question.session;
    filter.service = question.service;
    filter.party = question.party;
    if (!question.message_id.empty())
        filter.message = parts_.records.exchanges.message_of(question.party, question.message_id);
    const auto id = base::RawId::make(now, {}, parts_.entropy);
    const OfficialAct act{.by = by.subject, .organisation = by.organisation, .reason = question.reason};
    parts_.records.journal.append(session, exchange_search_fact(id, act, filter, now));
    return filter;
}

base::Result<records::RefusedFilter> ExchangeSearch::begin_refused(store::WriteSession& session, const Official& by,
                                                                   const RefusedQuestion& question,
                                                                   base::Time now) const {
    std::vector<const Reason*> reasons;
    if (question.reason.empty()) reasons.push_back(&exchange_search_reason_missing);
    const Span span = span_of(question.from, question.to, now);
    if (!is_span(span)) reasons.push_back(&exchange_search_span);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    records::RefusedFilter filter{
        .from = span.from, .to = span.to, .door = question.door, .sender = question.sender, .code = question.code};
    const auto id = base::RawId::make(now, {}, parts_.entropy);
    const OfficialAct act{.by = by.subject, .organisation = by.organisation, .reason = question.reason};
    parts_.records.journal.append(session, refused_search_fact(id, act, filter, now));
    return filter;
}

records::RefusedPage ExchangeSearch::find_refused(store::ReadSession& session, const records::RefusedFilter& filter,
                                                  const PageWanted& wanted) const {
    return parts_.records.refused_messages.search(session, filter, wanted.before, wanted.max);
}

base::Result<records::Exchange> ExchangeSearch::begin_export(store::WriteSession& session, const Official& by,
                                                             records::ExchangeId id, std::string_view reason,
                                                             base::Time now) const {
    if (reason.empty()) return base::Refusal(exchange_export_reason_missing);
    auto exchange = parts_.records.exchanges.recorded(session, id);
    if (!exchange) return base::Refusal(exchange_unknown);
    const OfficialAct act{.by = by.subject, .organisation = by.organisation, .reason = reason};
    const std::string_view bodies = by.office == Office::authorized_body ? "with" : "without";
    parts_.records.journal.append(session, exchange_export_fact(id, act, bodies, now));
    return std::move(*exchange);
}

records::ExchangePage ExchangeSearch::find(store::ReadSession& session, const records::ExchangeFilter& filter,
                                           const PageWanted& wanted) const {
    return parts_.records.exchanges.search(session, filter, wanted.before, wanted.max);
}

}  // namespace kelisim::access
