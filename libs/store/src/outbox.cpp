// SPDX-License-Identifier: Apache-2.0
#include "store/outbox.hpp"

namespace kelisim::store {
namespace {

const Statement insert{"outbox_put",
                       "INSERT INTO outbox (key, kind, due, attempts, failed, payload) VALUES (?1, ?2, ?3, 0, 0, ?4)"};
const Statement select_due{"outbox_due",
                           "SELECT key, attempts, payload FROM outbox"
                           " WHERE kind = ?1 AND failed = 0 AND due <= ?2 ORDER BY due LIMIT ?3"};
const Statement record_attempt{"outbox_attempt",
                               "UPDATE outbox SET attempts = ?2, due = ?3"
                               " WHERE key = ?1 AND attempts = ?4 AND failed = 0"};
const Statement remove{"outbox_done", "DELETE FROM outbox WHERE key = ?1"};
const Statement move{"outbox_put_off", "UPDATE outbox SET due = ?3 WHERE key = ?1 AND attempts = ?2 AND failed = 0"};
const Statement fail{"outbox_park",
                     "UPDATE outbox SET failed = 1, reason = ?3 WHERE key = ?1 AND attempts = ?2 AND failed = 0"};
const Statement revive_failed{"outbox_revive",
                              "UPDATE outbox SET failed = 0, reason = NULL, attempts = 0, due = ?2"
                              " WHERE kind = ?1 AND failed = 1"};
const Statement select_next{"outbox_next",
                            "SELECT due FROM outbox WHERE kind = ?1 AND failed = 0 ORDER BY due LIMIT 1"};
const Statement count_failed{"outbox_count_failed", "SELECT count(*) FROM outbox WHERE kind = ?1 AND failed = 1"};

base::Bytes copy(base::BytesView bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

void Outbox::wake_at(WriteSession& session, base::Time due) {
    session.after_commit([this, due] { alarm_.expect(due); });
}

void Outbox::put(WriteSession& session, std::string_view kind, base::BytesView key, base::Time due,
                 base::BytesView payload) {
    session.execute(insert, {key, kind, base::to_micros(due), payload});
    wake_at(session, due);
}

std::vector<OutboxRow> Outbox::due(ReadSession& session, std::string_view kind, base::Time now, std::size_t limit) {
    std::vector<OutboxRow> rows;
    session.query(select_due, {kind, base::to_micros(now), static_cast<std::int64_t>(limit)}, [&](const Row& row) {
        rows.push_back({copy(row.blob(0)), std::string(kind), static_cast<int>(row.integer(1)) + 1, copy(row.blob(2))});
    });
    return rows;
}

bool Outbox::take(WriteSession& session, const OutboxRow& row, base::Time held_until) {
    return session.execute(record_attempt, {row.key, std::int64_t{row.attempt}, base::to_micros(held_until),
                                            std::int64_t{row.attempt} - 1}) == 1;
}

std::vector<OutboxRow> Outbox::take_due(WriteSession& session, std::string_view kind, base::Time now,
                                        base::Time held_until, std::size_t limit) {
    std::vector<OutboxRow> rows = due(session, kind, now, limit);
    for (const OutboxRow& row : rows)
        take(session, row, held_until);
    return rows;
}

bool Outbox::done(WriteSession& session, base::BytesView key) {
    return session.execute(remove, {key}) == 1;
}

bool Outbox::put_off(WriteSession& session, const OutboxRow& row, base::Time until) {
    if (session.execute(move, {row.key, std::int64_t{row.attempt}, base::to_micros(until)}) == 0) return false;
    wake_at(session, until);
    return true;
}

bool Outbox::park(WriteSession& session, const OutboxRow& row, std::string_view reason) {
    return session.execute(fail, {row.key, std::int64_t{row.attempt}, reason}) == 1;
}

std::size_t Outbox::revive(WriteSession& session, std::string_view kind, base::Time due) {
    const std::size_t revived = session.execute(revive_failed, {kind, base::to_micros(due)});
    if (revived != 0) wake_at(session, due);
    return revived;
}

std::optional<base::Time> Outbox::next_due(ReadSession& session, std::string_view kind) {
    std::optional<base::Time> next;
    session.query(select_next, {kind}, [&](const Row& row) { next = base::from_micros(row.integer(0)); });
    return next;
}

std::int64_t Outbox::failed_count(ReadSession& session, std::string_view kind) {
    std::int64_t count = 0;
    session.query(count_failed, {kind}, [&](const Row& row) { count = row.integer(0); });
    return count;
}

}  // namespace kelisim::store
