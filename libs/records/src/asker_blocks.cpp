// SPDX-License-Identifier: Apache-2.0
#include "records/asker_blocks.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"asker_block_insert",
                                  "INSERT INTO asker_block (subject, organisation, bucket, since) "
                                  "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (subject, organisation, bucket) DO NOTHING"};
constexpr store::Statement remove{"asker_block_delete",
                                  "DELETE FROM asker_block WHERE subject = ?1 AND organisation = ?2 AND bucket = ?3"};
constexpr store::Statement one{"asker_block_find",
                               "SELECT since FROM asker_block "
                               "WHERE subject = ?1 AND organisation = ?2 AND bucket = ?3"};
constexpr store::Statement of_subject{"asker_blocks_of_subject",
                                      "SELECT organisation, since FROM asker_block "
                                      "WHERE subject = ?1 AND bucket = ?2 ORDER BY organisation"};
constexpr store::Statement remove_all{"asker_block_forget",
                                      "DELETE FROM asker_block WHERE subject = ?1 AND bucket = ?2"};

std::int64_t bucket(consent::SubjectId id) {
    return id.bucket().value;
}

}  // namespace

bool AskerBlocks::block(store::WriteSession& session, consent::SubjectId subject, std::string_view organisation,
                        base::Time now) const {
    return session.execute(insert, {subject.bytes(), organisation, bucket(subject), micros(now)}) == 1;
}

bool AskerBlocks::unblock(store::WriteSession& session, consent::SubjectId subject,
                          std::string_view organisation) const {
    return session.execute(remove, {subject.bytes(), organisation, bucket(subject)}) == 1;
}

bool AskerBlocks::blocked(store::ReadSession& session, consent::SubjectId subject,
                          std::string_view organisation) const {
    return session.query(one, {subject.bytes(), organisation, bucket(subject)}, [](const store::Row&) {}) == 1;
}

std::vector<AskerBlocks::Block> AskerBlocks::all(store::ReadSession& session, consent::SubjectId subject) const {
    std::vector<Block> found;
    session.query(of_subject, {subject.bytes(), bucket(subject)}, [&](const store::Row& row) {
        found.push_back({.organisation = std::string(row.text(0)), .since = time_at(row, 1)});
    });
    return found;
}

void AskerBlocks::forget(store::WriteSession& session, consent::SubjectId subject) const {
    session.execute(remove_all, {subject.bytes(), bucket(subject)});
}

}  // namespace kelisim::records
