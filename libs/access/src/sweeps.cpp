// SPDX-License-Identifier: Apache-2.0
#include "access/sweeps.hpp"

#include "access/exchanges.hpp"
#include "access/temp_files.hpp"
#include "access/uses.hpp"
#include "base/limits.hpp"

namespace kelisim::access {

namespace {

using namespace std::chrono_literals;

constexpr auto sweep_interval = 60s;
constexpr std::size_t uses_per_sweep = 1000;
// Longer than any call can be under way.
constexpr auto outcome_patience = base::limits::owner_deadline + 60s;

// The one sweep of a database has a name of its own instead of an entity.
constexpr std::string_view sweep_name = "the one sweep";

store::TimerKey sweep_key() {
    return {timer_sweep, base::Bucket{}, base::as_bytes(sweep_name)};
}

}  // namespace

void plan_sweep(const Parts& parts, store::WriteSession& session, base::Time now) {
    parts.timers.schedule(session, sweep_key(), now + sweep_interval);
}

void sweep(const Parts& parts, store::WriteSession& session, base::Time now) {
    const Uses uses(parts);
    for (const consent::Use& use :
         parts.records.uses.reserved_before(session, now - outcome_patience, uses_per_sweep)) {
        uses.conclude(session, use.id, consent::UseState::unknown, std::nullopt, now);
    }
    parts.records.tokens.forget_assertions(session, now);
    parts.records.requests.forget_claims(session, now);
    Exchanges(parts).give_up(session, now);
    parts.records.exchanges.forget_before(session, now - base::limits::message_remembered);
    parts.records.exchanges.forget_records_before(session, now - base::limits::exchange_search_span_max);
    parts.records.refused_messages.forget_before(session, now - base::limits::exchange_search_span_max);
    Exchanges(parts).sweep_bodies(session, now);
    TempFiles(parts).sweep(session, now);
    parts.records.phone_questions.forget_old(session, now);
    parts.records.codes.forget_old(session, now);
    parts.records.sessions.forget_old(session, now);
    parts.records.party_notices.forget_old(session, now);
    parts.records.own_looks.sweep(session, now - outcome_patience);
    parts.records.security_events.give_up_before(session, now - base::limits::events_wait, now);
    parts.records.status_lists.forget_old(session, now);
    auto lists = parts.records.status_lists.live(session, now, base::limits::status_lists_max);
    session.after_commit([&index = parts.tokens, now, lists = std::move(lists)] {
        index.forget_expired(now);
        index.places().keep_only(lists);
    });
    plan_sweep(parts, session, now);
}

}  // namespace kelisim::access
