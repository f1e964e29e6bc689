// SPDX-License-Identifier: Apache-2.0
#include "records/sandbox_messages.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"sandbox_message_insert",
                                  "INSERT INTO sandbox_message (id, phone, outgoing, at, sealed) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING"};
constexpr store::Statement on_phone{
    "sandbox_messages", "SELECT id, outgoing, at, sealed FROM sandbox_message WHERE phone = ?1 ORDER BY seq"};

}  // namespace

bool SandboxMessages::add(store::WriteSession& session, const people::Phone& phone,
                          const SandboxMessage& message) const {
    const base::BytesView id = base::as_bytes(message.id);
    const base::Bytes sealed = vault_.archive().seal(base::as_bytes(message.text), id, message.at, entropy_);
    return session.execute(insert, {id, vault_.blind_index(phone), std::int64_t{message.outgoing}, micros(message.at),
                                    sealed}) == 1;
}

std::vector<SandboxMessage> SandboxMessages::all(store::ReadSession& session, const people::Phone& phone) const {
    std::vector<SandboxMessage> messages;
    const Digest blind = vault_.blind_index(phone);
    session.query(on_phone, {blind}, [&](const store::Row& row) {
        const base::BytesView id = row.blob(0);
        const base::Bytes plain = vault_.archive().open(row.blob(3), id, "sandbox message");
        messages.push_back({.id = std::string(base::as_text(id)),
                            .outgoing = row.integer(1) != 0,
                            .at = time_at(row, 2),
                            .text = std::string(base::as_text(plain))});
    });
    return messages;
}

}  // namespace kelisim::records
