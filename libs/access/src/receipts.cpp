// SPDX-License-Identifier: Apache-2.0
#include "access/receipts.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "access/acting.hpp"

namespace kelisim::access {

using base::Refusal;
using base::Result;
using boost::json::object;
using records::Subject;

const base::Reason receipt_not_yet{
    "receipt_not_yet",
    base::Kind::not_found,
    "",
    {"Сұрауға әлі жауап берілмеген, түбіртек жоқ.", "На запрос ещё не ответили, квитанции нет.",
     "The request has no end yet, so there is no receipt."}};

struct Receipts::Entry {
    std::int64_t seq = 0;
    receipts::Opened opened;
};

std::optional<Receipts::Entry> Receipts::find_entry(store::ReadSession& session, const Subject& whose,
                                                    const base::RawId& entity, const Fits& fits) const {
    std::optional<Entry> found;
    parts_.records.journal.of_entity(session, whose.id, entity, [&](const records::JournalEntry& entry) {
        if (found) return;
        std::string text = parts_.records.journal.open(entry);
        const auto fact = boost::json::parse(text);  // our own writing
        if (!fits(entry.kind, fact.as_object())) return;
        auto opened = receipts::open(log_, entry.salt, std::move(text));
        if (!opened) throw records::Damaged("a fact of the journal without its time");
        found = Entry{.seq = entry.seq, .opened = std::move(*opened)};
    });
    return found;
}

receipts::Of Receipts::of(const Subject& whose, const std::optional<Entry>& entry) const {
    return {.issuer = issuer_,
            .subject = whose.person.iin,
            .language = whose.person.language,
            .registry = parts_.registry,
            .zone = parts_.zone,
            .entry = entry ? std::optional(entry->opened) : std::nullopt};
}

// What was signed once is not made again, and its entry not looked for.
bool Receipts::stored(store::ReadSession& session, const Subject& whose, ReceiptFound& into) const {
    into.stored = parts_.records.receipts.find(session, into.entity, into.number, whose.data_key);
    return into.stored.has_value();
}

namespace {

std::optional<std::int64_t> seq_of(const auto& entry) {
    return entry ? std::optional(entry->seq) : std::nullopt;
}

ReceiptFound empty_of(const base::RawId& entity, int number) {
    return {.entity = entity, .number = number, .stored = {}, .content = {}, .journal_seq = {}};
}

}  // namespace

Result<ReceiptFound> Receipts::of_request(store::ReadSession& session, const Subject& whose,
                                          consent::RequestId id) const {
    const auto request = cabinet_.request(session, whose, id);
    if (!request) return Refusal(cabinet_not_found);
    if (consent::open(*request)) return Refusal(receipt_not_yet);
    ReceiptFound found = empty_of(id, 0);
    if (stored(session, whose, found)) return found;
    const std::string kind = std::string("request.") + boost::describe::enum_to_string(request->state, "");
    const auto entry = find_entry(session, whose, id, [&](std::string_view is, const object&) { return is == kind; });
    found.content = receipts::of_request(of(whose, entry), *request).value();
    found.journal_seq = seq_of(entry);
    return found;
}

Result<ReceiptFound> Receipts::of_consent(store::ReadSession& session, const Subject& whose, consent::ConsentId id,
                                          std::optional<std::int64_t> number, base::Time now) const {
    const auto view = cabinet_.consent(session, whose, id, now);
    if (!view) return Refusal(cabinet_not_found);
    std::vector<receipts::Event> events;
    for (const auto& event : view->history)
        events.push_back({.kind = event.kind, .at = event.at});
    const auto last = static_cast<std::int64_t>(events.size());
    if (number.value_or(last) < 0 || number.value_or(last) > last) return Refusal(cabinet_not_found);
    const auto at = static_cast<std::size_t>(number.value_or(last));
    ReceiptFound found = empty_of(id, static_cast<int>(at));
    if (stored(session, whose, found)) return found;
    // The history and the journal are written in one unit, in one order; two of a kind at one instant are told by that.
    std::size_t earlier = 0;
    for (std::size_t i = 0; at > 0 && i + 1 < at; ++i)
        earlier += events[i].kind == events[at - 1].kind && events[i].at == events[at - 1].at;
    const auto entry = find_entry(session, whose, id, [&](std::string_view kind, const object& fact) {
        if (at == 0) return kind == "consent.granted";
        const bool same =
            kind == events[at - 1].kind && fact.at("at").as_string() == base::to_iso8601(events[at - 1].at);
        return same && earlier-- == 0;
    });
    found.content = receipts::of_consent(of(whose, entry), view->consent, events, at).value();
    found.journal_seq = seq_of(entry);
    return found;
}

namespace {

constexpr std::string_view event_of(consent::UseState state) {
    switch (state) {
        case consent::UseState::reserved:
            return "use.reserved";
        case consent::UseState::delivered:
            return "use.delivered";
        case consent::UseState::not_sent:
            return "use.not_sent";
        case consent::UseState::unknown:
            return "use.unknown";
    }
    return "use";
}

receipts::Use use_of(consent::UseId id, std::string_view event, const records::AccessRecord& record) {
    return {.id = id,
            .event = std::string(event),
            .at = id.time(),
            .receiver = record.receiver,
            .service = record.service,
            .fields = record.fields,
            .acts = record.acts,
            .consent = nullptr,
            .refused_for = consent::use_reasons(record.refused_for)};
}

}  // namespace

Result<ReceiptFound> Receipts::of_use(store::ReadSession& session, const Subject& whose, consent::UseId id,
                                      std::optional<std::int64_t> number) const {
    const records::Records& records = parts_.records;
    if (const auto refusal = records.use_refusals.find(session, id)) {
        if (refusal->subject != whose.id || number.value_or(0) != 0) return Refusal(cabinet_not_found);
        return of_refused_use(session, whose, *refusal);
    }
    if (const auto look = records.own_looks.find(session, id)) {
        if (look->subject != whose.id || number.value_or(0) != 0) return Refusal(cabinet_not_found);
        return of_own_look(session, whose, *look);
    }
    const auto use = records.uses.find(session, id);
    const auto consent = use ? records.consents.find(session, use->use.consent, records.subjects) : std::nullopt;
    if (!consent || consent->consent.subject != whose.id) return Refusal(cabinet_not_found);
    const std::int64_t last = use->use.state == consent::UseState::reserved ? 0 : 1;
    const std::int64_t wanted = number.value_or(last);
    if (wanted < 0 || wanted > last) return Refusal(cabinet_not_found);
    ReceiptFound found = empty_of(id, static_cast<int>(wanted));
    if (stored(session, whose, found)) return found;
    const auto record = records.uses.record(session, id);
    if (!record) throw records::Damaged("a use without its record of access");
    const std::string_view event = event_of(wanted == 0 ? consent::UseState::reserved : use->use.state);
    const auto entry =
        find_entry(session, whose, id, [&](std::string_view kind, const object&) { return kind == event; });
    receipts::Use made = use_of(id, event, *record);
    made.at = use->use.at;
    made.consent = &consent->consent;
    found.content = receipts::of_use(of(whose, entry), made);
    found.journal_seq = seq_of(entry);
    return found;
}

// The call was refused under a consent, whose entry it is.
Result<ReceiptFound> Receipts::of_refused_use(store::ReadSession& session, const Subject& whose,
                                              const records::UseRefusal& refusal) const {
    ReceiptFound found = empty_of(refusal.id, 0);
    if (stored(session, whose, found)) return found;
    const auto consent = parts_.records.consents.find(session, refusal.consent, parts_.records.subjects);
    if (!consent) throw records::Damaged("a refused call names a consent that is gone");
    const auto entry = find_entry(session, whose, refusal.consent, [&](std::string_view kind, const object& fact) {
        const auto* use = fact.if_contains("use");
        return kind == "use.refused" && use != nullptr && use->as_string() == refusal.id.to_string();
    });
    receipts::Use made = use_of(refusal.id, "use.refused", refusal.record);
    made.consent = &consent->consent;
    found.content = receipts::of_use(of(whose, entry), made);
    found.journal_seq = seq_of(entry);
    return found;
}

Result<ReceiptFound> Receipts::of_own_look(store::ReadSession& session, const Subject& whose,
                                           const records::OwnLook& look) const {
    ReceiptFound found = empty_of(look.id, 0);
    if (stored(session, whose, found)) return found;
    constexpr std::string_view event = "own_look.reserved";
    const auto entry =
        find_entry(session, whose, look.id, [&](std::string_view kind, const object&) { return kind == event; });
    found.content = receipts::of_use(of(whose, entry), use_of(look.id, event, look.record));
    found.journal_seq = seq_of(entry);
    return found;
}

}  // namespace kelisim::access
