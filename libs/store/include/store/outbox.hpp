// SPDX-License-Identifier: Apache-2.0
// Effects that follow from a unit, stored in it and executed after its commit, at least once (design.md section 2). The
// runner is delivery's; here is what it keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "store/alarm.hpp"
#include "store/session.hpp"
#include "store/writer.hpp"

namespace kelisim::store {

struct OutboxRow {
    base::Bytes key;
    std::string kind;
    int attempt = 0;  // this one or, of a row that is not taken, the next; 1 at the first
    base::Bytes payload;
};

// Thread-safe. Outlives the writer, which wakes its sleeper after a commit.
class Outbox {
public:
    // The key is the effect's idempotency id, towards the receiver too where that knows one; a time-ordered id, so that
    // new rows come at the end. The payload is kept as it is: personal data in it come sealed. Throws Duplicate when
    // the key is taken.
    void put(WriteSession& session, std::string_view kind, base::BytesView key, base::Time due,
             base::BytesView payload);

    // Up to `limit` rows that are due, oldest first; nothing is recorded. Enough for an effect that is a unit alone: its
    // row goes in that unit (done), and what undoes the one undoes the other.
    static std::vector<OutboxRow> due(ReadSession& session, std::string_view kind, base::Time now, std::size_t limit);
    // Records the attempt of a row, in a unit before the one effect that no unit can undo. Until `held_until` it is not
    // due; after a crash it is again then. False when the row was finished, parked or taken since it was read.
    static bool take(WriteSession& session, const OutboxRow& row, base::Time held_until);
    // Both at once, for rows whose effects follow.
    static std::vector<OutboxRow> take_due(WriteSession& session, std::string_view kind, base::Time now,
                                           base::Time held_until, std::size_t limit);

    // The effect took place: the row goes. False when it was gone.
    static bool done(WriteSession& session, base::BytesView key);
    // The effect is to be tried again, from `until` on. False when the row was finished or taken again since.
    bool put_off(WriteSession& session, const OutboxRow& row, base::Time until);
    // No more attempts: the row stays for an operator, with a stable code that says why. False as above.
    static bool park(WriteSession& session, const OutboxRow& row, std::string_view reason);
    // Makes the parked rows of a kind due again with their attempts counted anew; returns how many there were.
    std::size_t revive(WriteSession& session, std::string_view kind, base::Time due);

    // When the next row of a kind is due, nothing when there is none.
    static std::optional<base::Time> next_due(ReadSession& session, std::string_view kind);
    static std::int64_t failed_count(ReadSession& session, std::string_view kind);

    Alarm& alarm() { return alarm_; }

private:
    void wake_at(WriteSession& session, base::Time due);

    Alarm alarm_;
};

}  // namespace kelisim::store
