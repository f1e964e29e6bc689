// SPDX-License-Identifier: Apache-2.0
#include "records/time_stamps.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"time_stamp_insert",
                                  "INSERT INTO time_stamp (size, note, at, token) VALUES (?1, ?2, ?3, ?4) "
                                  "ON CONFLICT (size) DO NOTHING"};
constexpr store::Statement last{"time_stamp_newest",
                                "SELECT size, note, at, token FROM time_stamp ORDER BY size DESC LIMIT 1"};
constexpr store::Statement first_beyond{
    "time_stamp_about", "SELECT size, note, at, token FROM time_stamp WHERE size > ?1 ORDER BY size LIMIT 1"};

TimeStamp read(const store::Row& row) {
    const base::BytesView token = row.blob(3);
    return {.size = static_cast<std::uint64_t>(row.integer(0)),
            .note = std::string(row.text(1)),
            .at = time_at(row, 2),
            .token = {token.begin(), token.end()}};
}

}  // namespace

void TimeStamps::add(store::WriteSession& session, const TimeStamp& stamp) const {
    session.execute(insert, {static_cast<std::int64_t>(stamp.size), std::string_view(stamp.note), micros(stamp.at),
                             base::BytesView(stamp.token)});
}

std::optional<TimeStamp> TimeStamps::newest(store::ReadSession& session) const {
    std::optional<TimeStamp> found;
    session.query(last, {}, [&](const store::Row& row) { found = read(row); });
    return found;
}

std::optional<TimeStamp> TimeStamps::about(store::ReadSession& session, std::uint64_t leaf) const {
    std::optional<TimeStamp> found;
    session.query(first_beyond, {static_cast<std::int64_t>(leaf)}, [&](const store::Row& row) { found = read(row); });
    return found;
}

}  // namespace kelisim::records
