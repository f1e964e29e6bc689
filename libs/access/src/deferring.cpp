// SPDX-License-Identifier: Apache-2.0
#include "access/deferring.hpp"

#include "access/supervision.hpp"
#include "base/limits.hpp"
#include "channel/texts.hpp"
#include "decider.hpp"
#include "facts.hpp"
#include "telling.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using records::Deferral;

const Reason deferral_not_found{"deferral_not_found",
                                Kind::not_found,
                                "418-V ст.36(4)",
                                {"Мұндай кейінге қалдыру жоқ.", "Такой отсрочки нет.", "There is no such deferral."}};
const Reason deferral_over{"deferral_over",
                           Kind::conflict,
                           "418-V ст.36(4)",
                           {"Адамға хабарланған.", "Человек уже уведомлён.", "The person has been told already."}};

namespace {

store::TimerKey timer_of(consent::SubjectId id) {
    return {timer_deferral_due, id.bucket(), id.bytes()};
}

}  // namespace

std::string Deferring::month_of(base::Time time) const {
    return parts_.zone.day(time).substr(0, std::string_view("2026-11").size());
}

records::Subject Deferring::begin(store::WriteSession& session, const records::Subject& person,
                                  consent::RequestId request, const consent::Terms& terms,
                                  const consent::DeferralAsk& ask, base::Time now) const {
    const records::Records& records = parts_.records;
    const registry::DeferralLaw& law = *parts_.registry.deferral_law(ask.law);
    records::Subject apart = records.subjects.add_apart(session, person, now);
    const Deferral deferral{.id = apart.id,
                            .subject = person.id,
                            .request = request,
                            .asker = terms.initiator,
                            .organisation = terms.organisation,
                            .ground = terms.ground,
                            .law = law.key,
                            .month = month_of(now),
                            .begun = now,
                            .due = ask.until,
                            .law_name = law.law,
                            .article = law.article,
                            .decision = ask.decision};
    records.deferrals.add(session, deferral);
    records.journal.append(session, deferral_begun_fact(deferral, person.person.iin, now));
    parts_.timers.schedule(session, timer_of(deferral.id), deferral.due);
    return apart;
}

// `asker`: whose it has to be, since that there is one of another asker is nobody's business; empty: anybody's.
Result<Deferral> Deferring::find_open(store::ReadSession& session, consent::SubjectId id,
                                      std::string_view asker) const {
    auto deferral = parts_.records.deferrals.find(session, id);
    if (!deferral || (!asker.empty() && deferral->asker != asker)) return Refusal(deferral_not_found);
    if (deferral->disclosed) return Refusal(deferral_over);
    return std::move(*deferral);
}

Result<void> Deferring::prolong(store::WriteSession& session, std::string_view asker, consent::SubjectId id,
                                base::Time until, std::string_view decision, base::Time now) const {
    auto deferral = find_open(session, id, asker);
    if (deferral.has_error()) return deferral.error();
    const consent::DeferralAsk ask{.law = deferral->law, .until = until, .decision = std::string(decision)};
    // Over at its time, whether or not the timer has run; and no prolongation shortens.
    auto reasons = now >= deferral->due ? std::vector<const Reason*>{&deferral_over}
                                        : consent::deferral_objections(ask, parts_.registry.deferral_law(deferral->law),
                                                                       deferral->ground, deferral->organisation,
                                                                       deferral->begun, deferral->due);
    if (!reasons.empty()) return Refusal(std::move(reasons));
    deferral->due = until;
    deferral->decision = decision;
    parts_.records.deferrals.update(session, *deferral);
    parts_.records.journal.append(session, deferral_prolonged_fact(*deferral, now));
    parts_.timers.schedule(session, timer_of(id), until);
    return {};
}

Result<void> Deferring::disclose(store::WriteSession& session, std::string_view asker, consent::SubjectId id,
                                 base::Time now) const {
    auto deferral = find_open(session, id, asker);
    if (deferral.has_error()) return deferral.error();
    join(session, std::move(*deferral), records::Disclosure::asker, now);
    return {};
}

Result<void> Deferring::disclose(store::WriteSession& session, const Official& official, consent::SubjectId id,
                                 std::string_view reason, base::Time now) const {
    if (reason.empty()) return Refusal(look_reason_missing);
    auto deferral = find_open(session, id, {});
    if (deferral.has_error()) return deferral.error();
    parts_.records.journal.append(
        session, deferral_order_fact(
                     id, {.by = official.subject, .organisation = official.organisation, .reason = reason}, now));
    join(session, std::move(*deferral), records::Disclosure::authorized_body, now);
    return {};
}

void Deferring::fall_due(store::WriteSession& session, consent::SubjectId id, base::Time now) const {
    auto deferral = parts_.records.deferrals.find(session, id);
    if (!deferral) throw records::Damaged("a timer names a deferral that is gone");
    if (deferral->disclosed) return;
    // Prolonged since, or the clock was moved back after the timer was found due; the timer goes with this unit.
    if (now < deferral->due) return parts_.timers.schedule(session, timer_of(id), deferral->due);
    join(session, std::move(*deferral), records::Disclosure::due, now);
}

// The person's own from now on, with the times that they had: ids tell those. Everything goes in this one unit.
void Deferring::join(store::WriteSession& session, Deferral deferral, records::Disclosure how, base::Time now) const {
    const records::Records& records = parts_.records;
    deferral.disclosed = now;
    deferral.how = how;
    records.deferrals.update(session, deferral);
    records.deferrals.join(session, deferral);
    records.subjects.remove_apart(session, deferral.id);
    records.journal.append(session, deferral_disclosed_fact(deferral, now));
    parts_.timers.cancel(session, timer_of(deferral.id));
    // Nobody is left to be told after an erasure; the ledger shows it to one who comes back.
    const auto person = records.subjects.find(session, deferral.subject);
    const auto request = person ? records.requests.find(session, deferral.request, person->data_key) : std::nullopt;
    const auto reader = request ? decider_of(parts_, session, *person) : std::nullopt;
    if (!reader) return;
    tell(
        parts_, session,
        {.reader = *reader, .person = *person, .terms = request->terms, .entity = deferral.id, .hour = Hour::waking},
        [when = parts_.zone.date(deferral.begun)](const channel::Subject& about, channel::Style style) {
            return channel::disclosed_text(about, when, style);
        },
        now);
}

void Deferring::record_look(store::WriteSession& session, const Official& official, std::string_view what,
                            base::Time now) const {
    const auto id = base::RawId::make(now, base::Bucket{}, parts_.entropy);
    parts_.records.journal.append(
        session,
        deferral_look_fact(id, {.by = official.subject, .organisation = official.organisation, .reason = what}, now));
}

Deferring::Totals Deferring::totals(store::WriteSession& session, const Official& official, std::string_view month,
                                    base::Time now) const {
    record_look(session, official, "totals", now);
    return {.rows = parts_.records.deferrals.totals(session, month, base::limits::deferral_totals_max),
            .open = parts_.records.deferrals.open_total(session)};
}

Page<Deferral> Deferring::open(store::WriteSession& session, const Official& official, const PageWanted& wanted,
                               base::Time now) const {
    record_look(session, official, "open", now);
    return cut(parts_.records.deferrals.open(session, wanted.before, wanted.max + 1), wanted.max,
               [](const Deferral& deferral) { return deferral.id; });
}

Page<Deferral> Deferring::of_asker(store::ReadSession& session, std::string_view asker,
                                   const PageWanted& wanted) const {
    return cut(parts_.records.deferrals.of_asker(session, asker, wanted.before, wanted.max + 1), wanted.max,
               [](const Deferral& deferral) { return deferral.id; });
}

}  // namespace kelisim::access
