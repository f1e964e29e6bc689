// SPDX-License-Identifier: Apache-2.0
#include "access/erasure.hpp"

#include "access/uses.hpp"
#include "consent/steps.hpp"
#include "consent_changes.hpp"
#include "facts.hpp"
#include "payload.hpp"
#include "records/rows.hpp"
#include "token_ends.hpp"

namespace kelisim::access {

namespace {

void end_consent(const Parts& parts, store::WriteSession& session, consent::ConsentId id, base::Time now) {
    end_tokens(parts, session, id, Ends::all_tokens, now);
    parts.timers.cancel(session, {timer_consent_expiry, id.bucket(), id.bytes()});
    auto found = parts.records.consents.find(session, id, parts.records.subjects);
    if (!found) return;
    const auto ended = consent::take(found->consent, consent::Role::service, consent::Step::invalidate, now);
    if (ended.has_error()) return;  // before
    parts.records.consents.update(session, found->consent);
    parts.records.journal.append(session, consent_fact(change::invalidated, found->consent, now));
    tell_parties(parts, session, found->consent, change::erased, now);
}

void end_request(const Parts& parts, store::WriteSession& session, consent::RequestId id,
                 const crypto::SealKey& data_key, base::Time now) {
    auto request = parts.records.requests.find(session, id, data_key);
    if (!request || !consent::open(*request)) return;
    // One whose time is over has expired, whether or not its timer has come.
    if (consent::cancel(*request, now).has_error()) consent::expire(*request, now).value();
    parts.timers.cancel(session, {timer_request_expiry, id.bucket(), id.bytes()});
    parts.records.requests.update(session, *request);
    parts.records.journal.append(session, request_fact(*request, now));
    close_question(parts, session, id, now);
}

}  // namespace

void erase_person(const Parts& parts, store::WriteSession& session, consent::SubjectId id, base::Time now) {
    const auto subject = parts.records.subjects.find(session, id);
    if (!subject) return;
    const Uses uses(parts);
    const records::SubjectRows rows = records::rows_of(session, id);
    for (const consent::UseId use : rows.reserved_uses) {
        uses.conclude(session, use, consent::UseState::unknown, std::nullopt, now);
    }
    for (const consent::ConsentId consent : rows.consents)
        end_consent(parts, session, consent, now);
    for (const consent::RequestId request : rows.requests) {
        end_request(parts, session, request, subject->data_key, now);
    }
    // Those that went to a representative's phone about this person too.
    using enum records::CodeKind;
    for (const consent::RequestId request : rows.requests) {
        parts.records.codes.remove(session, request, answer);
        parts.records.codes.remove(session, request, eds_answer);
    }
    for (const consent::ConsentId consent : rows.consents) {
        parts.records.codes.remove(session, consent, extension);
        parts.records.codes.remove(session, consent, eds_extension);
    }
    parts.records.codes.forget(session, id, subject->person.iin);
    parts.records.sessions.remove_all(session, id);
    parts.records.asker_blocks.forget(session, id);
    parts.records.representations.forget(session, id);
    // The notice of these comes in its time all the same, in the ledger: for one who comes back.
    for (const consent::SubjectId apart : parts.records.deferrals.open_of(session, id))
        erase_person(parts, session, apart, now);
    parts.records.journal.append(session,
                                 {.kind = "subject.erased", .entity = id, .at = now, .subject = id, .details = {}});
    parts.records.subjects.erase(session, id, now);
}

}  // namespace kelisim::access
