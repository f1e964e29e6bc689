// SPDX-License-Identifier: Apache-2.0
#include "records/refused_messages.hpp"

#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement add{
    "refused_message_add",
    "INSERT INTO refused_message (minute, door, standing, sender, code, id, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT (minute, door, standing, sender, code) DO UPDATE SET times = refused_message.times + excluded.times"};
constexpr store::Statement by_time{"refused_message_by_time",
                                   "SELECT id, minute, door, standing, sender, code, times FROM refused_message "
                                   "WHERE id >= ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"};
constexpr store::Statement forget{"refused_message_forget", "DELETE FROM refused_message WHERE minute < ?1"};

RefusedMessage read(const store::Row& row) {
    return {.id = id_at<base::RawId>(row, 0),
            .kind = {.minute = time_at(row, 1),
                     .door = enum_at(row, 2, Door::rest),
                     .standing = enum_at(row, 3, Standing::not_told_apart),
                     .sender = std::string(row.text(4)),
                     .code = std::string(row.text(5))},
            .times = row.integer(6)};
}

bool matches(const RefusedKind& kind, const RefusedFilter& filter) {
    return (!filter.door || kind.door == *filter.door) && (filter.sender.empty() || kind.sender == filter.sender) &&
           (filter.code.empty() || kind.code == filter.code);
}

}  // namespace

void RefusedMessages::count(store::WriteSession& session, const RefusedKind& kind, std::int64_t times) const {
    const auto id = base::RawId::make(kind.minute, {}, entropy_);
    session.execute(add, {micros(kind.minute), number(kind.door), number(kind.standing), kind.sender, kind.code,
                          id.bytes(), times});
}

RefusedPage RefusedMessages::search(store::ReadSession& session, const RefusedFilter& filter,
                                    const std::optional<base::RawId>& before, std::size_t max) const {
    const auto some_of = [&](base::BytesView from, base::BytesView end) {
        std::vector<RefusedMessage> some;
        session.query(by_time, {from, end, static_cast<std::int64_t>(looked_at_a_time)},
                      [&](const store::Row& row) { some.push_back(read(row)); });
        return some;
    };
    return search_newest_first<RefusedPage>({.from = filter.from, .to = filter.to}, before, max, some_of,
                                            [&](const RefusedMessage& each) { return matches(each.kind, filter); });
}

void RefusedMessages::forget_before(store::WriteSession& session, base::Time at) const {
    session.execute(forget, {micros(at)});
}

}  // namespace kelisim::records
