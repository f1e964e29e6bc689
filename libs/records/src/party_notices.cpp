// SPDX-License-Identifier: Apache-2.0
#include "records/party_notices.hpp"

#include "base/limits.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement known{"party_notice_known",
                                 "SELECT number FROM party_notice WHERE initiator = ?1 AND id = ?2"};
// The row of the counter is held until the commit, so no higher number is seen before a lower one.
constexpr store::Statement count{"party_counter_next",
                                 "INSERT INTO party_counter (initiator, last) VALUES (?1, 1) "
                                 "ON CONFLICT (initiator) DO UPDATE SET last = party_counter.last + 1"};
constexpr store::Statement last_number{"party_counter_last", "SELECT last FROM party_counter WHERE initiator = ?1"};
constexpr store::Statement insert{"party_notice_insert",
                                  "INSERT INTO party_notice (initiator, id, kind, entity, at, due, number) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
constexpr store::Statement all_after{"party_notice_after",
                                     "SELECT id, kind, entity, at, due, number FROM party_notice "
                                     "WHERE initiator = ?1 AND number > ?2 ORDER BY number LIMIT ?3"};
constexpr store::Statement kind_after{"party_notice_kind_after",
                                      "SELECT id, kind, entity, at, due, number FROM party_notice "
                                      "WHERE initiator = ?1 AND kind = ?2 AND number > ?3 ORDER BY number LIMIT ?4"};
constexpr store::Statement first_number{"party_notice_first",
                                        "SELECT number FROM party_notice WHERE initiator = ?1 ORDER BY number LIMIT 1"};
constexpr store::Statement forget{"party_notice_forget", "DELETE FROM party_notice WHERE at <= ?1"};

std::optional<std::int64_t> number_of(store::ReadSession& session, const store::Statement& statement,
                                      std::initializer_list<store::Param> params) {
    std::optional<std::int64_t> found;
    session.query(statement, params, [&](const store::Row& row) { found = row.integer(0); });
    return found;
}

}  // namespace

void PartyNotices::add(store::WriteSession& session, const PartyNotice& notice) const {
    if (number_of(session, known, {notice.initiator, notice.id.bytes()})) return;
    session.execute(count, {notice.initiator});
    const std::int64_t next = number_of(session, last_number, {notice.initiator}).value();
    session.execute(insert, {notice.initiator, notice.id.bytes(), records::number(notice.kind), notice.entity.bytes(),
                             micros(notice.at),
                             notice.due ? store::Param(micros(*notice.due)) : store::Param(std::monostate{}), next});
}

std::vector<PartyNotice> PartyNotices::of(store::ReadSession& session, std::string_view initiator,
                                          std::optional<PartyNoticeKind> kind, std::int64_t after,
                                          std::size_t max) const {
    std::vector<PartyNotice> found;
    const auto read = [&](const store::Row& row) {
        PartyNotice notice{.id = id_at<base::RawId>(row, 0),
                           .initiator = std::string(initiator),
                           .kind = enum_at(row, 1, PartyNoticeKind::question_overdue),
                           .entity = id_at<base::RawId>(row, 2),
                           .at = time_at(row, 3),
                           .due = {},
                           .number = row.integer(5)};
        if (!row.null(4)) notice.due = time_at(row, 4);
        found.push_back(std::move(notice));
    };
    const auto limit = static_cast<std::int64_t>(max);
    if (kind) {
        session.query(kind_after, {initiator, records::number(*kind), after, limit}, read);
    } else {
        session.query(all_after, {initiator, after, limit}, read);
    }
    return found;
}

std::int64_t PartyNotices::kept_from(store::ReadSession& session, std::string_view initiator) const {
    if (const auto first = number_of(session, first_number, {initiator})) return *first;
    return number_of(session, last_number, {initiator}).value_or(0) + 1;
}

void PartyNotices::forget_old(store::WriteSession& session, base::Time now) const {
    session.execute(forget, {micros(now - base::limits::party_notices_kept)});
}

}  // namespace kelisim::records
