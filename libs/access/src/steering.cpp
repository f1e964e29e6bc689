// SPDX-License-Identifier: Apache-2.0
#include "access/steering.hpp"

#include "access/security_events.hpp"
#include "base/limits.hpp"
#include "channel/cabinet_texts.hpp"
#include "consent_changes.hpp"
#include "deadline.hpp"
#include "party_notice.hpp"
#include "payload.hpp"
#include "telling.hpp"
#include "token_ends.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using consent::Role;
using consent::Step;
using Found = records::Consents::Found;
namespace limits = base::limits;

const Reason objection_reason_missing{
    "objection_reason_missing",
    Kind::invalid,
    "94-V art. 8",
    {"Қарсылықтың себебі мен дәлелі жазылады.", "Возражение содержит причину и подтверждение.",
     "An objection names its reason and its evidence."}};
const Reason consent_on_a_ground{"consent_on_a_ground",
                                 Kind::conflict,
                                 "94-V art. 9",
                                 {"Деректер заңда көзделген негізбен алынады; бұл үшін келісім сұралмаған.",
                                  "Данные получают на основании закона, а не вашего согласия.",
                                  "The data are accessed on a ground of the law and not under your consent."}};
const Reason objection_made_before{
    "objection_made_before",
    base::Kind::conflict,
    "94-V art. 8",
    {"Бұл келісім бойынша қарсылық бір рет білдірілген.", "Возражение по этому согласию уже было заявлено.",
     "An objection to this consent was made before."}};
const Reason deletion_confirmed_before{"deletion_confirmed_before",
                                       Kind::conflict,
                                       "236/НК п.5(4)",
                                       {"Деректердің жойылғаны бұрын расталған.", "Удаление данных уже подтверждено.",
                                        "The deletion of the data was confirmed before."}};

namespace {

std::string by_text(const consent::Consent& consent, consent::SubjectId by) {
    return by == consent.subject ? "person" : "representative";
}

}  // namespace

std::optional<base::Time> storage_ends(const consent::Consent& consent) {
    if (consent.terms.storage.empty()) return std::nullopt;
    return consent.granted + base::parse_period(consent.terms.storage).value();
}

Result<Steering::Own> Steering::own(store::WriteSession& session, const Acting& acting, consent::ConsentId id) const {
    const auto actors = may_decide(parts_, session, acting);
    if (actors.has_error()) return actors.error();
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    if (!found || found->consent.subject != acting.whose) return Refusal(cabinet_not_found);
    if (!found->consent.terms.ground.empty()) return Refusal(consent_on_a_ground);
    return Own{.found = std::move(*found), .by = acting.by};
}

Result<Found> Steering::of_initiator(store::WriteSession& session, std::string_view initiator,
                                     consent::ConsentId id) const {
    const auto state = parts_.records.consents.state(session, id);
    if (!state || !parts_.records.subjects.find(session, state->subject)) return Refusal(cabinet_not_found);
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects);
    if (found->consent.terms.initiator != initiator) return Refusal(cabinet_not_found);
    return std::move(*found);
}

Result<void> Steering::pause(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                             base::Time now) const {
    auto mine = own(session, acting, id);
    if (mine.has_error()) return mine.error();
    Found& found = mine->found;
    if (const auto taken = consent::take(found.consent, Role::person, Step::pause, now); taken.has_error()) {
        return taken;
    }
    end_tokens(parts_, session, id, Ends::access_tokens, now);
    record_change(parts_, session, found, change::paused, {{"by", by_text(found.consent, mine->by)}}, now);
    tell_decider(parts_, session, found, channel::paused_text, Hour::any, now);
    return {};
}

Result<void> Steering::resume(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                              base::Time now) const {
    auto mine = own(session, acting, id);
    if (mine.has_error()) return mine.error();
    Found& found = mine->found;
    if (const auto taken = consent::take(found.consent, Role::person, Step::resume, now); taken.has_error()) {
        return taken;
    }
    invalidate_statuses(parts_, session, id, now);
    record_change(parts_, session, found, change::resumed, {{"by", by_text(found.consent, mine->by)}}, now);
    tell_decider(parts_, session, found, channel::resumed_text, Hour::any, now);
    return {};
}

Result<void> Steering::withdraw(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                base::Time now) const {
    auto mine = own(session, acting, id);
    if (mine.has_error()) return mine.error();
    Found& found = mine->found;
    if (const auto taken = consent::take(found.consent, Role::person, Step::withdraw, now); taken.has_error()) {
        return taken;
    }
    end_tokens(parts_, session, id, Ends::all_tokens, now);
    parts_.timers.cancel(session, {timer_consent_expiry, id.bucket(), id.bytes()});
    const auto object_by = after_working_days(parts_.zone, now, limits::objection_working_days);
    boost::json::object details{{"by", by_text(found.consent, mine->by)}};
    if (object_by) details["object_by"] = base::to_micros(*object_by);
    record_change(parts_, session, found, change::withdrawn, std::move(details), now);
    tell_decider(parts_, session, found, channel::withdrawn_text, Hour::any, now);
    return {};
}

Result<Steering::Own> Steering::extend_within(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                              base::Time until, base::Time now) const {
    auto mine = own(session, acting, id);
    if (mine.has_error()) return mine;
    consent::Consent& consent = mine->found.consent;
    const registry::Connection* connection = parts_.registry.connection(consent.terms.connection);
    // Without a connection there is no bound that the person's word could stay within.
    const bool stands =
        connection != nullptr && !consent::lost_basis(consent.terms, parts_.registry, parts_.zone.day(now));
    if (!stands) return Refusal(consent::extension_out_of_bounds);
    const auto extended = consent::extend(
        consent, until,
        {.connection_ends = parts_.zone.end_of_day(connection->valid_to), .storage_ends = storage_ends(consent)}, now);
    if (extended.has_error()) return extended.error();
    return mine;
}

void Steering::record_extension(store::WriteSession& session, Own& mine, base::Time until, base::Time now) const {
    Found& found = mine.found;
    const consent::ConsentId id = found.consent.id;
    parts_.timers.schedule(session, {timer_consent_expiry, id.bucket(), id.bytes()}, found.consent.expires);
    record_change(parts_, session, found, change::extended,
                  {{"by", by_text(found.consent, mine.by)}, {"until", base::to_micros(until)}}, now);
    const std::string last_day = parts_.zone.date(until - base::Duration{1});
    const auto extended = [&](const channel::Subject& about, channel::Style style) {
        return channel::extended_text(about, last_day, style);
    };
    tell_decider(parts_, session, found, extended, Hour::any, now);
}

Result<consent::Consent> Steering::extended(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                            base::Time until, base::Time now) const {
    auto mine = extend_within(session, acting, id, until, now);
    if (mine.has_error()) return mine.error();
    return std::move(mine->found.consent);
}

std::optional<Refusal> Steering::extend(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                        base::Time until, std::string_view code, base::Time now) const {
    // First what can be refused without a code: nobody spends a code on what would be refused anyway.
    auto mine = extend_within(session, acting, id, until, now);
    if (mine.has_error()) return mine.error();
    if (confirming_.use(session, id, records::CodeKind::extension, code, now) != acting.by) return Refusal(code_wrong);
    record_extension(session, *mine, until, now);
    return std::nullopt;
}

Result<void> Steering::extend_signed(store::WriteSession& session, const Acting& acting, consent::ConsentId id,
                                     base::Time until, base::Time now) const {
    auto mine = extend_within(session, acting, id, until, now);
    if (mine.has_error()) return mine.error();
    record_extension(session, *mine, until, now);
    return {};
}

bool Steering::invalidate(store::WriteSession& session, consent::ConsentId id, base::Time now) const {
    const auto state = parts_.records.consents.state(session, id);
    if (!state || !parts_.records.subjects.find(session, state->subject)) return false;
    auto found = parts_.records.consents.find(session, id, parts_.records.subjects).value();
    const auto lost = consent::lost_basis(found.consent.terms, parts_.registry, parts_.zone.day(now));
    // What its term ended is told by its timer.
    if (!lost || now >= found.consent.expires) return false;
    if (consent::take(found.consent, Role::service, Step::invalidate, now).has_error()) return false;
    end_tokens(parts_, session, id, Ends::all_tokens, now);
    parts_.timers.cancel(session, {timer_consent_expiry, id.bucket(), id.bytes()});
    const std::string_view why = boost::describe::enum_to_string(*lost, "");
    record_change(parts_, session, found, change::invalidated, {{"by", "service"}, {"why", why}}, now);
    return true;
}

Result<void> Steering::object(store::WriteSession& session, std::string_view initiator, consent::ConsentId id,
                              const Objection& objection, base::Time now) const {
    auto found = of_initiator(session, initiator, id);
    if (found.has_error()) return found.error();
    if (objection.reason.empty() || objection.evidence.empty()) return Refusal(objection_reason_missing);
    std::optional<base::Time> object_by;
    bool paused = false;
    for (const auto& event : parts_.records.consent_events.all(session, id, found->subject.data_key)) {
        if (event.kind == change::deletion_confirmed) return Refusal(deletion_confirmed_before);
        // One objection to one consent: a person who withdraws again is not to be worn out.
        if (event.kind == change::restored) return Refusal(objection_made_before);
        if (event.kind == change::paused) paused = true;
        if (event.kind == change::resumed) paused = false;
        if (event.kind != change::withdrawn) continue;
        const auto* due = event.details.if_contains("object_by");
        object_by = due == nullptr ? std::nullopt : std::optional(base::from_micros(due->as_int64()));
    }
    if (const auto lost = consent::lost_basis(found->consent.terms, parts_.registry, parts_.zone.day(now))) {
        return Refusal(consent::reason_of(*lost));
    }
    if (const auto restored = consent::restore(found->consent, object_by, now); restored.has_error()) return restored;
    // What the person had paused before the withdrawal stays paused: an objection opens no more than was open.
    if (paused) consent::take(found->consent, Role::person, Step::pause, now).value();
    parts_.timers.schedule(session, {timer_consent_expiry, id.bucket(), id.bytes()}, found->consent.expires);
    record_change(parts_, session, *found, change::restored,
                  {{"by", "initiator"},
                   {"reason", objection.reason},
                   {"evidence", objection.evidence},
                   {"version", found->consent.version}},
                  now);
    tell_decider(parts_, session, *found, channel::restored_text, Hour::waking, now);
    return {};
}

Result<void> Steering::confirm_deletion(store::WriteSession& session, std::string_view initiator, consent::ConsentId id,
                                        base::Time now) const {
    auto found = of_initiator(session, initiator, id);
    if (found.has_error()) return found.error();
    // The clock decides, not the scheduler: what is over may be confirmed before the timer has run.
    if (!consent::ended(found->consent) && now >= found->consent.expires) {
        consent::take(found->consent, Role::service, Step::expire, now).value();
        parts_.timers.cancel(session, {timer_consent_expiry, id.bucket(), id.bytes()});
        record_change(parts_, session, *found, change::expired, {}, now);
    }
    if (const auto taken = consent::take(found->consent, Role::initiator, Step::confirm_deletion, now);
        taken.has_error()) {
        return taken;
    }
    for (const auto& event : parts_.records.consent_events.all(session, id, found->subject.data_key)) {
        if (event.kind == change::deletion_confirmed) return Refusal(deletion_confirmed_before);
    }
    record_change(parts_, session, *found, change::deletion_confirmed, {{"by", std::string("initiator")}}, now);
    return {};
}

void Steering::tell_party(store::WriteSession& session, const store::OutboxRow& row) const {
    parts_.records.party_notices.add(session, read_party_notice(parts_, row));
}

void Steering::take_in_event(store::WriteSession& session, const store::OutboxRow& row, base::Time now) const {
    access::take_in_event(parts_, session, row, now);
}

}  // namespace kelisim::access
