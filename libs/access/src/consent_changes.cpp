// SPDX-License-Identifier: Apache-2.0
#include "consent_changes.hpp"

#include <algorithm>
#include <array>

#include "access/party.hpp"
#include "announcing.hpp"
#include "facts.hpp"
#include "party_notice.hpp"
#include "payload.hpp"

namespace kelisim::access {

namespace {

using records::PartyNoticeKind;

struct Told {
    std::string_view change;
    PartyNoticeKind kind;
};

// Not here: an objection and the confirmation of a deletion, which are the initiator's own.
constexpr std::array told{
    Told{change::paused, PartyNoticeKind::pause},
    Told{change::resumed, PartyNoticeKind::resumption},
    Told{change::withdrawn, PartyNoticeKind::withdrawal},
    Told{change::extended, PartyNoticeKind::extension},
    Told{change::expired, PartyNoticeKind::expiry},
    Told{change::exhausted, PartyNoticeKind::exhaustion},
    Told{change::invalidated, PartyNoticeKind::invalidation},
    Told{change::erased, PartyNoticeKind::erasure},
};

}  // namespace

std::string_view name_of(PartyNoticeKind kind) {
    const auto at = std::find_if(told.begin(), told.end(), [&](const Told& each) { return each.kind == kind; });
    if (at != told.end()) return at->change;
    return kind == PartyNoticeKind::question ? question_asked : question_overdue;
}

void record_change(const Parts& parts, store::WriteSession& session, const records::Consents::Found& found,
                   std::string_view change, const boost::json::object& details, base::Time now) {
    const consent::Consent& consent = found.consent;
    parts.records.consents.update(session, consent);
    parts.records.consent_events.add(session, consent.id, change, details, found.subject.data_key, now);
    parts.records.journal.append(session, consent_fact(change, consent, now));
    std::optional<base::Time> due;
    if (const auto* object_by = details.if_contains("object_by")) due = base::from_micros(object_by->as_int64());
    tell_parties(parts, session, consent, change, now, due);
}

void tell_parties(const Parts& parts, store::WriteSession& session, const consent::Consent& consent,
                  std::string_view change, base::Time now, std::optional<base::Time> due) {
    // An objection too: owners that were told of the withdrawal go on.
    if (change != change::deletion_confirmed) announce(parts, session, consent, change, now, due);
    const auto at = std::find_if(told.begin(), told.end(), [&](const Told& each) { return each.change == change; });
    if (at == told.end()) return;
    notify_party(parts, session,
                 {.id = new_row_id(parts, consent.id, now),
                  .initiator = consent.terms.initiator,
                  .kind = at->kind,
                  .entity = consent.id,
                  .at = now,
                  .due = due});
}

}  // namespace kelisim::access
