// SPDX-License-Identifier: Apache-2.0
#include "records/use_refusals.hpp"

#include "access_record.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "use_refusal_insert", "INSERT INTO use_refusal (id, bucket, subject, consent, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr store::Statement by_id{"use_refusal_find",
                                 "SELECT id, subject, consent, sealed FROM use_refusal WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_subject{"use_refusal_of_subject",
                                      "SELECT id, subject, consent, sealed FROM use_refusal "
                                      "WHERE subject = ?1 AND bucket = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"};
constexpr store::Statement since_id{"use_refusal_since",
                                    "SELECT consent FROM use_refusal "
                                    "WHERE subject = ?1 AND bucket = ?2 AND id >= ?3 ORDER BY id LIMIT ?4"};

UseRefusal refusal_at(const Vault& vault, const store::Row& row) {
    const auto id = id_at<consent::UseId>(row, 0);
    return {.id = id,
            .subject = id_at<consent::SubjectId>(row, 1),
            .consent = id_at<consent::ConsentId>(row, 2),
            .record = open_record(vault, row.blob(3), id)};
}

}  // namespace

void UseRefusals::add(store::WriteSession& session, const UseRefusal& refusal) const {
    const base::Bytes sealed = seal_record(vault_, refusal.record, refusal.id, refusal.id.time(), entropy_);
    session.execute(insert, {refusal.id.bytes(), std::int64_t{refusal.id.bucket().value}, refusal.subject.bytes(),
                             refusal.consent.bytes(), sealed});
}

std::optional<UseRefusal> UseRefusals::find(store::ReadSession& session, consent::UseId id) const {
    std::optional<UseRefusal> found;
    archives_.look_up(session, id, [&](store::ReadSession& in) {
        return in.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                        [&](const store::Row& row) { found = refusal_at(vault_, row); }) != 0;
    });
    return found;
}

std::vector<UseRefusal> UseRefusals::of(store::ReadSession& session, consent::SubjectId subject,
                                        const std::optional<base::RawId>& before, std::size_t max) const {
    const auto read = [&](store::ReadSession& from) {
        std::vector<UseRefusal> found;
        from.query(of_subject,
                   {subject.bytes(), std::int64_t{subject.bucket().value}, before_bytes(before),
                    static_cast<std::int64_t>(max)},
                   [&](const store::Row& row) { found.push_back(refusal_at(vault_, row)); });
        return found;
    };
    return archives_.merged<UseRefusal>(session, Archives::Kind::refusal, subject, before, max, read);
}

UseRefusals::Kept UseRefusals::kept_since(store::ReadSession& session, consent::SubjectId subject,
                                          consent::ConsentId consent, base::Time since, std::size_t max) const {
    Kept kept;
    session.query(
        since_id,
        {subject.bytes(), std::int64_t{subject.bucket().value}, first_id_at(since), static_cast<std::int64_t>(max)},
        [&](const store::Row& row) {
            ++kept.of_person;
            if (id_at<consent::ConsentId>(row, 0) == consent) ++kept.of_consent;
        });
    return kept;
}

}  // namespace kelisim::records
