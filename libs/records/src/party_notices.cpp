// SPDX-License-Identifier: Apache-2.0
#include "records/party_notices.hpp"

#include <array>

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"party_notice_insert",
                                  "INSERT INTO party_notice (initiator, id, kind, entity, at, due) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (initiator, id) DO NOTHING"};
constexpr store::Statement after_id{"party_notice_after",
                                    "SELECT id, kind, entity, at, due FROM party_notice "
                                    "WHERE initiator = ?1 AND id > ?2 AND kind = ?3 ORDER BY id LIMIT ?4"};
constexpr std::array<std::uint8_t, 16> before_every_id{};

}  // namespace

void PartyNotices::add(store::WriteSession& session, const PartyNotice& notice) const {
    session.execute(insert,
                    {notice.initiator, notice.id.bytes(), number(notice.kind), notice.entity.bytes(), micros(notice.at),
                     notice.due ? store::Param(micros(*notice.due)) : store::Param(std::monostate{})});
}

std::vector<PartyNotice> PartyNotices::of(store::ReadSession& session, std::string_view initiator, PartyNoticeKind kind,
                                          const std::optional<base::RawId>& after, std::size_t max) const {
    std::vector<PartyNotice> found;
    session.query(after_id,
                  {initiator, after ? after->bytes() : base::BytesView(before_every_id), number(kind),
                   static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) {
                      PartyNotice notice{.id = id_at<base::RawId>(row, 0),
                                         .initiator = std::string(initiator),
                                         .kind = enum_at(row, 1, PartyNoticeKind::question),
                                         .entity = id_at<base::RawId>(row, 2),
                                         .at = time_at(row, 3),
                                         .due = {}};
                      if (!row.null(4)) notice.due = time_at(row, 4);
                      found.push_back(std::move(notice));
                  });
    return found;
}

}  // namespace kelisim::records
