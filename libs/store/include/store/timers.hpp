// SPDX-License-Identifier: Apache-2.0
// Times at which something is to be decided: expiry, reminders, retries, escalations. Stored in the same unit as the
// facts that they belong to; taken by the Scheduler.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "store/alarm.hpp"
#include "store/session.hpp"
#include "store/writer.hpp"

namespace kelisim::store {

// What a timer is for and about. An entity has at most one timer of each kind.
struct TimerKey {
    std::string_view kind;  // one of those that the Scheduler was given: "consent_expiry"
    base::Bucket bucket;
    base::BytesView entity;  // the bytes of its id, which are time-ordered: new rows come at the end of the table
};

// Thread-safe. Outlives the writer, which wakes its sleeper after a commit.
class Timers {
public:
    // Makes kinds known to the database. The Scheduler does so for its own; tests of a library without one do it here.
    static void declare(WriteSession& session, std::span<const std::string> kinds);
    // Every kind that was ever declared.
    static std::vector<std::string> declared(ReadSession& session);

    // Sets the timer, or moves the one that the entity has, which then counts its attempts anew. The payload is kept as
    // it is: personal data in it come sealed. Throws Defect when the kind was never declared.
    void schedule(WriteSession& session, const TimerKey& key, base::Time due, base::BytesView payload = {});
    // True when there was one, failed ones included.
    bool cancel(WriteSession& session, const TimerKey& key);

    // The entities that have a timer of this kind, in the order of their ids: those after `after`, at most `max`.
    static std::vector<base::RawId> entities(ReadSession& session, std::string_view kind, base::BytesView after,
                                             std::size_t max);

    // The sandbox's clock was moved: what is due now is another question.
    void clock_moved() { alarm_.ring(); }

    // Timers that were given up after their last attempt, and wait for an operator.
    static std::int64_t failed_count(ReadSession& session);
    // Gives each failed timer of a kind another round of attempts from `due` on; returns how many there were.
    std::size_t revive(WriteSession& session, std::string_view kind, base::Time due);

    Alarm& alarm() { return alarm_; }

private:
    Alarm alarm_;
};

}  // namespace kelisim::store
