// SPDX-License-Identifier: Apache-2.0
#include "records/status_lists.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "status_list_insert", "INSERT INTO status_list (number, ends) VALUES (?1, ?2) ON CONFLICT (number) DO NOTHING"};
constexpr store::Statement highest{"status_list_last", "SELECT coalesce(max(number), 0) FROM status_list"};
constexpr store::Statement by_number{"status_list_ends", "SELECT ends FROM status_list WHERE number = ?1"};
constexpr store::Statement not_over{"status_list_live",
                                    "SELECT number FROM status_list WHERE ends > ?1 ORDER BY number LIMIT ?2"};
constexpr store::Statement forget{
    "status_list_forget",
    "DELETE FROM status_list WHERE ends <= ?1 AND number < (SELECT max(number) FROM status_list)"};

}  // namespace

void StatusLists::add(store::WriteSession& session, std::int64_t number, base::Time ends) const {
    session.execute(insert, {number, micros(ends)});
}

std::int64_t StatusLists::last(store::ReadSession& session) const {
    std::int64_t number = 0;
    session.query(highest, {}, [&](const store::Row& row) { number = row.integer(0); });
    return number;
}

std::optional<base::Time> StatusLists::ends(store::ReadSession& session, std::int64_t number) const {
    std::optional<base::Time> found;
    session.query(by_number, {number}, [&](const store::Row& row) { found = time_at(row, 0); });
    return found;
}

std::vector<std::int64_t> StatusLists::live(store::ReadSession& session, base::Time now, std::size_t max) const {
    std::vector<std::int64_t> numbers;
    session.query(not_over, {micros(now), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { numbers.push_back(row.integer(0)); });
    return numbers;
}

std::size_t StatusLists::forget_old(store::WriteSession& session, base::Time now) const {
    return session.execute(forget, {micros(now)});
}

}  // namespace kelisim::records
