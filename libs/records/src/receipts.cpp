// SPDX-License-Identifier: Apache-2.0
#include "records/receipts.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement by_key{"receipt_find",
                                  "SELECT sealed FROM receipt WHERE entity = ?1 AND number = ?2 AND bucket = ?3"};
constexpr store::Statement insert{
    "receipt_insert",
    "INSERT INTO receipt (entity, number, bucket, at, sealed) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (entity, number, bucket) DO NOTHING"};

std::string part_of(int number) {
    return "receipt " + std::to_string(number);
}

}  // namespace

std::optional<std::string> Receipts::find(store::ReadSession& session, const base::RawId& entity, int number,
                                          const crypto::SealKey& data_key) const {
    std::optional<std::string> found;
    session.query(by_key, {entity.bytes(), std::int64_t{number}, std::int64_t{entity.bucket().value}},
                  [&](const store::Row& row) {
                      const auto plain =
                          open_or_throw(data_key, row.blob(0), context_of(entity, part_of(number)), "receipt");
                      found = std::string(base::as_text(plain));
                  });
    return found;
}

std::string Receipts::keep(store::WriteSession& session, const base::RawId& entity, int number, std::string_view jws,
                           const crypto::SealKey& data_key, base::Time now) const {
    const base::Bytes sealed =
        crypto::seal(data_key, base::as_bytes(jws), context_of(entity, part_of(number)), entropy_);
    session.execute(insert,
                    {entity.bytes(), std::int64_t{number}, std::int64_t{entity.bucket().value}, micros(now), sealed});
    return find(session, entity, number, data_key).value();
}

}  // namespace kelisim::records
