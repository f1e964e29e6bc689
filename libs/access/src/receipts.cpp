// SPDX-License-Identifier: Apache-2.0
#include "access/receipts.hpp"

#include <boost/json/parse.hpp>
#include <set>

#include "access/acting.hpp"
#include "facts.hpp"
#include "records/registry_store.hpp"

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

struct Receipts::Wanted {
    const base::RawId& entity;
    std::string_view kind;
    base::Time near;                  // when it was written, or shortly before
    consent::RequestId request = {};  // under which it stands, if it does
    std::function<bool(const object& fact)> fits = [](const object&) { return true; };
    std::size_t earlier = 0;  // of those that fit, this many stand before it
};

std::optional<Receipts::Entry> Receipts::find_entry(store::ReadSession& session, const Subject& whose,
                                                    const Wanted& wanted) const {
    std::string text;
    std::set<std::int64_t> before;  // by seq: the journal may be looked through again
    const auto find = [&](consent::SubjectId subject) {
        return parts_.records.journal.find(session, subject, wanted.near, [&](const records::JournalEntry& entry) {
            if (entry.entity != wanted.entity || entry.kind != wanted.kind) return false;
            text = parts_.records.journal.open(entry);
            if (before.contains(entry.seq) || !wanted.fits(boost::json::parse(text).as_object())) return false;
            if (before.size() == wanted.earlier) return true;
            before.insert(entry.seq);
            return false;
        });
    };
    // What was disclosed later stays in the chain that it was written to.
    const auto deferral = parts_.records.deferrals.of_request(session, wanted.request);
    const bool apart = deferral && wanted.near < deferral->disclosed;
    auto found = find(apart ? deferral->id : whose.id);
    if (!found && apart) found = find(whose.id);
    if (!found) {
        if (may_lack(session, wanted)) return std::nullopt;
        throw records::Damaged("the journal has no " + std::string(wanted.kind) + " of " + wanted.entity.to_string());
    }
    auto opened = receipts::open(log_, found->salt, std::move(text));
    if (!opened) throw records::Damaged("a fact of the journal without its time");
    return Entry{.seq = found->seq, .opened = std::move(*opened)};
}

// Two kinds were not told apart, or not told, by the journal of earlier versions.
bool Receipts::may_lack(store::ReadSession& session, const Wanted& wanted) const {
    if (wanted.kind != "use.refused" && wanted.kind != "consent.exhausted") return false;
    const auto before = records::setting(session, records::untold_before_setting);
    const auto seq = before ? base::parse_integer(*before) : std::nullopt;
    const auto until = seq ? parts_.records.journal.written(session, *seq) : std::nullopt;
    return until && wanted.near <= *until + std::chrono::milliseconds{1};
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
    const auto entry = find_entry(session, whose,
                                  {.entity = id,
                                   .kind = kind_of(request->state),
                                   .near = request->consent ? request->consent->time() : request->created,
                                   .request = id});
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
    Wanted wanted{.entity = id, .kind = "consent.granted", .near = id.time(), .request = view->consent.request};
    if (at > 0) {
        wanted.kind = events[at - 1].kind;
        wanted.near = events[at - 1].at;
        wanted.earlier = earlier;
        wanted.fits = [when = base::to_iso8601(wanted.near)](const object& fact) {
            return fact.at("at").as_string() == when;
        };
    }
    const auto entry = find_entry(session, whose, wanted);
    found.content = receipts::of_consent(of(whose, entry), view->consent, events, at).value();
    found.journal_seq = seq_of(entry);
    return found;
}

// What a receipt is made of: a use, a call that was refused, a look at one's own data.
struct Receipts::UseSeen {
    Wanted entry;
    consent::UseId id;
    int number = 0;
    base::Time at;
    std::function<records::AccessRecord()> record;  // read only where nothing is stored
    std::optional<consent::ConsentId> consent = {};
};

Result<ReceiptFound> Receipts::of_use_seen(store::ReadSession& session, const Subject& whose,
                                           const UseSeen& seen) const {
    ReceiptFound found = empty_of(seen.id, seen.number);
    if (stored(session, whose, found)) return found;
    const records::AccessRecord record = seen.record();
    const auto consent =
        seen.consent ? parts_.records.consents.find(session, *seen.consent, parts_.records.subjects) : std::nullopt;
    if (seen.consent && !consent) throw records::Damaged("a use or a refused call names a consent that is gone");
    Wanted wanted = seen.entry;
    if (consent) wanted.request = consent->consent.request;
    const auto entry = find_entry(session, whose, wanted);
    found.content = receipts::of_use(of(whose, entry), {.id = seen.id,
                                                        .event = std::string(seen.entry.kind),
                                                        .at = seen.at,
                                                        .receiver = record.receiver,
                                                        .service = record.service,
                                                        .fields = record.fields,
                                                        .acts = record.acts,
                                                        .consent = consent ? &consent->consent : nullptr,
                                                        .refused_for = consent::use_reasons(record.refused_for)});
    found.journal_seq = seq_of(entry);
    return found;
}

Result<ReceiptFound> Receipts::of_use(store::ReadSession& session, const Subject& whose, consent::UseId id,
                                      std::optional<std::int64_t> number) const {
    const records::Records& records = parts_.records;
    const auto mine = [&](consent::SubjectId subject, std::int64_t last) {
        return subject == whose.id && number.value_or(last) >= 0 && number.value_or(last) <= last;
    };
    if (const auto refusal = records.use_refusals.find(session, id)) {
        if (!mine(refusal->subject, 0)) return Refusal(cabinet_not_found);
        // The entry is the consent's, and names the call.
        const auto names = [&](const object& fact) {
            const auto* use = fact.if_contains("use");
            return use != nullptr && use->as_string() == id.to_string();
        };
        return of_use_seen(
            session, whose,
            {.entry = {.entity = refusal->consent, .kind = "use.refused", .near = id.time(), .fits = names},
             .id = id,
             .at = id.time(),
             .record = [&] { return refusal->record; },
             .consent = refusal->consent});
    }
    if (const auto look = records.own_looks.find(session, id)) {
        if (!mine(look->subject, 0)) return Refusal(cabinet_not_found);
        return of_use_seen(session, whose,
                           {.entry = {.entity = look->id, .kind = "own_look.reserved", .near = id.time()},
                            .id = id,
                            .at = id.time(),
                            .record = [&] { return look->record; }});
    }
    const auto use = records.uses.find(session, id);
    const auto consent = use ? records.consents.find(session, use->use.consent, records.subjects) : std::nullopt;
    const std::int64_t last = use && use->use.state != consent::UseState::reserved ? 1 : 0;
    if (!consent || !mine(consent->consent.subject, last)) return Refusal(cabinet_not_found);
    const std::int64_t wanted = number.value_or(last);
    const consent::UseState state = wanted == 0 ? consent::UseState::reserved : use->use.state;
    return of_use_seen(session, whose,
                       {.entry = {.entity = id, .kind = kind_of(state), .near = use->use.at},
                        .id = id,
                        .number = static_cast<int>(wanted),
                        .at = use->use.at,
                        .record =
                            [&] {
                                auto record = records.uses.record(session, id);
                                if (!record) throw records::Damaged("a use without its record of access");
                                return std::move(*record);
                            },
                        .consent = use->use.consent});
}

}  // namespace kelisim::access
