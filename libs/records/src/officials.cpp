// SPDX-License-Identifier: Apache-2.0
#include "records/officials.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement put{"official_appoint",
                               "INSERT INTO official (subject, organisation, bucket, since) VALUES (?1, ?2, ?3, ?4) "
                               "ON CONFLICT (subject, bucket) DO UPDATE SET organisation = ?2, since = ?4"};
constexpr store::Statement drop{"official_dismiss", "DELETE FROM official WHERE subject = ?1 AND bucket = ?2"};
constexpr store::Statement by_subject{
    "official_by_subject", "SELECT subject, organisation, since FROM official WHERE subject = ?1 AND bucket = ?2"};
constexpr store::Statement everybody{"official_all",
                                     "SELECT subject, organisation, since FROM official ORDER BY since, subject"};

Official read(const store::Row& row) {
    return {.subject = id_at<consent::SubjectId>(row, 0),
            .organisation = std::string(row.text(1)),
            .since = time_at(row, 2)};
}

}  // namespace

void Officials::appoint(store::WriteSession& session, const Official& official) const {
    session.execute(put, {official.subject.bytes(), std::string_view(official.organisation),
                          std::int64_t{official.subject.bucket().value}, micros(official.since)});
}

bool Officials::dismiss(store::WriteSession& session, consent::SubjectId subject) const {
    return session.execute(drop, {subject.bytes(), std::int64_t{subject.bucket().value}}) == 1;
}

std::optional<Official> Officials::find(store::ReadSession& session, consent::SubjectId subject) const {
    std::optional<Official> found;
    session.query(by_subject, {subject.bytes(), std::int64_t{subject.bucket().value}},
                  [&](const store::Row& row) { found = read(row); });
    return found;
}

std::vector<Official> Officials::all(store::ReadSession& session) const {
    std::vector<Official> found;
    session.query(everybody, {}, [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

}  // namespace kelisim::records
