// SPDX-License-Identifier: Apache-2.0
#include "database_lock.hpp"

#include <fmt/format.h>

namespace kelisim::store_postgres {
namespace {

// Any two numbers, as long as nobody else uses them in this database: "KELI", and the first of its locks.
const store::Statement lock{"database_lock", "SELECT pg_advisory_lock(1262832713, 1)"};
const store::Statement own_session{"own_session",
                                   "SELECT pid || ' since ' || backend_start FROM pg_stat_activity"
                                   " WHERE pid = pg_backend_pid()"};
const store::Statement find_holder{
    "database_lock_holder",
    "SELECT a.pid || ' since ' || coalesce(a.backend_start::text, 'a while'), coalesce(a.application_name, '')"
    " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1262832713 AND l.objid = 1 AND l.objsubid = 2"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"};

// A statement that waits longer for any lock fails; the writer has no reason to wait for one.
constexpr std::chrono::milliseconds usual_patience{5'000};

void wait_for_locks(Connection& connection, std::chrono::milliseconds at_most) {
    connection.script(fmt::format("SET lock_timeout = {}", std::max<std::int64_t>(1, at_most.count())));
}

}  // namespace

std::string session_of(Connection& connection) {
    return connection.text(own_session);
}

void take_database_lock(Connection& connection, std::chrono::milliseconds patience) {
    wait_for_locks(connection, patience);
    try {
        connection.fetch(lock, {});
    } catch (const store::Unavailable& failure) {
        if (!connection.alive()) throw;
        std::string holder, program;
        connection.query(find_holder, {}, [&](const store::Row& row) {
            holder = row.text(0);
            program = row.text(1);
        });
        if (holder.empty()) throw;
        throw Locked(fmt::format("the database is in use by another process (session {}, {})", holder, program),
                     holder);
    }
    wait_for_locks(connection, usual_patience);
}

}  // namespace kelisim::store_postgres
