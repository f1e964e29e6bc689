// SPDX-License-Identifier: Apache-2.0
#include "records/receipts.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement by_key{"receipt_find",
                                  "SELECT sealed, journal_seq FROM receipt "
                                  "WHERE entity = ?1 AND number = ?2 AND bucket = ?3"};
constexpr store::Statement insert{
    "receipt_insert",
    "INSERT INTO receipt (entity, number, bucket, at, sealed, journal_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
    "ON CONFLICT (entity, number, bucket) DO NOTHING"};
constexpr store::Statement first{"receipt_any", "SELECT 1 FROM receipt LIMIT 1"};

std::string part_of(int number) {
    return "receipt " + std::to_string(number);
}

}  // namespace

std::optional<Receipt> Receipts::find(store::ReadSession& session, const base::RawId& entity, int number,
                                      const crypto::SealKey& data_key) const {
    std::optional<Receipt> found;
    session.query(by_key, {entity.bytes(), std::int64_t{number}, std::int64_t{entity.bucket().value}},
                  [&](const store::Row& row) {
                      const auto plain =
                          open_or_throw(data_key, row.blob(0), context_of(entity, part_of(number)), "receipt");
                      found = Receipt{.jws = std::string(base::as_text(plain)), .journal_seq = {}};
                      if (!row.null(1)) found->journal_seq = row.integer(1);
                  });
    return found;
}

Receipt Receipts::keep(store::WriteSession& session, const base::RawId& entity, int number, const Receipt& receipt,
                       const crypto::SealKey& data_key, base::Time now) const {
    const base::Bytes sealed =
        crypto::seal(data_key, base::as_bytes(receipt.jws), context_of(entity, part_of(number)), entropy_);
    const store::Param seq = receipt.journal_seq ? store::Param{*receipt.journal_seq} : store::Param{};
    session.execute(
        insert, {entity.bytes(), std::int64_t{number}, std::int64_t{entity.bucket().value}, micros(now), sealed, seq});
    return find(session, entity, number, data_key).value();
}

bool Receipts::any(store::ReadSession& session) const {
    bool there = false;
    session.query(first, {}, [&](const store::Row&) { there = true; });
    return there;
}

}  // namespace kelisim::records
