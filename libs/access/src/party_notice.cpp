// SPDX-License-Identifier: Apache-2.0
#include "party_notice.hpp"

#include "payload.hpp"

namespace kelisim::access {

void notify_party(const Parts& parts, store::WriteSession& session, const records::PartyNotice& notice) {
    boost::json::object payload{{"initiator", notice.initiator},
                                {"kind", static_cast<std::int64_t>(notice.kind)},
                                {"entity", notice.entity.to_string()},
                                {"at", base::to_micros(notice.at)}};
    if (notice.due) payload["due"] = base::to_micros(*notice.due);
    parts.outbox.put(session, outbox_party, notice.id.bytes(), notice.at,
                     seal_payload(parts, outbox_party, payload, notice.at));
}

records::PartyNotice read_party_notice(const Parts& parts, const store::OutboxRow& row) {
    const auto payload = open_payload(parts, outbox_party, row.payload);
    records::PartyNotice notice{.id = base::RawId::from_bytes(row.key).value(),
                                .initiator = std::string(payload.at("initiator").as_string()),
                                .kind = static_cast<records::PartyNoticeKind>(payload.at("kind").as_int64()),
                                .entity = base::RawId::parse(payload.at("entity").as_string()).value(),
                                .at = base::from_micros(payload.at("at").as_int64()),
                                .due = {}};
    if (const auto* due = payload.if_contains("due")) notice.due = base::from_micros(due->as_int64());
    return notice;
}

}  // namespace kelisim::access
