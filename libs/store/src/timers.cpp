// SPDX-License-Identifier: Apache-2.0
#include "store/timers.hpp"

namespace kelisim::store {
namespace {

const Statement declare_kind{"timer_declare",
                             "INSERT INTO timer_kind (kind) VALUES (?1) ON CONFLICT (kind) DO NOTHING"};
const Statement all_kinds{"timer_kinds", "SELECT kind FROM timer_kind ORDER BY kind"};
const Statement upsert{"timer_schedule",
                       "INSERT INTO timer (entity, kind, bucket, due, attempts, failed, payload)"
                       " VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)"
                       " ON CONFLICT (entity, kind, bucket) DO UPDATE"
                       " SET due = excluded.due, attempts = 0, failed = 0, payload = excluded.payload"};
const Statement remove{"timer_cancel", "DELETE FROM timer WHERE entity = ?1 AND kind = ?2 AND bucket = ?3"};
const Statement of_kind{"timer_entities",
                        "SELECT entity FROM timer WHERE entity > ?1 AND kind = ?2 ORDER BY entity LIMIT ?3"};
const Statement count_failed{"timer_count_failed", "SELECT count(*) FROM timer WHERE failed = 1"};
const Statement revive_failed{"timer_revive",
                              "UPDATE timer SET failed = 0, attempts = 0, due = ?2 WHERE kind = ?1 AND failed = 1"};

}  // namespace

void Timers::declare(WriteSession& session, std::span<const std::string> kinds) {
    for (const std::string& kind : kinds)
        session.execute(declare_kind, {kind});
}

std::vector<std::string> Timers::declared(ReadSession& session) {
    std::vector<std::string> kinds;
    session.query(all_kinds, {}, [&](const Row& row) { kinds.emplace_back(row.text(0)); });
    return kinds;
}

void Timers::schedule(WriteSession& session, const TimerKey& key, base::Time due, base::BytesView payload) {
    session.execute(upsert, {key.entity, key.kind, key.bucket.value, base::to_micros(due), payload});
    session.after_commit([this, due] { alarm_.expect(due); });
}

bool Timers::cancel(WriteSession& session, const TimerKey& key) {
    return session.execute(remove, {key.entity, key.kind, key.bucket.value}) == 1;
}

std::vector<base::RawId> Timers::entities(ReadSession& session, std::string_view kind, base::BytesView after,
                                          std::size_t max) {
    std::vector<base::RawId> entities;
    session.query(of_kind, {after, kind, static_cast<std::int64_t>(max)}, [&](const Row& row) {
        // Timers of the service itself have names for entities.
        if (const auto id = base::RawId::from_bytes(row.blob(0))) entities.push_back(*id);
    });
    return entities;
}

std::int64_t Timers::failed_count(ReadSession& session) {
    std::int64_t count = 0;
    session.query(count_failed, {}, [&](const Row& row) { count = row.integer(0); });
    return count;
}

std::size_t Timers::revive(WriteSession& session, std::string_view kind, base::Time due) {
    const std::size_t revived = session.execute(revive_failed, {kind, base::to_micros(due)});
    if (revived != 0) session.after_commit([this, due] { alarm_.expect(due); });
    return revived;
}

}  // namespace kelisim::store
