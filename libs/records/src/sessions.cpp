// SPDX-License-Identifier: Apache-2.0
#include "records/sessions.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{
    "session_insert",
    "INSERT INTO session (id, bucket, subject, hash, begun, seen, ends, means, organisation) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
#define SESSION_COLUMNS "id, subject, hash, begun, seen, ends, means, organisation"
constexpr store::Statement by_id{"session_by_id",
                                 "SELECT " SESSION_COLUMNS " FROM session WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_subject{
    "session_of_subject", "SELECT " SESSION_COLUMNS " FROM session WHERE subject = ?1 AND bucket = ?2 ORDER BY id"};
#undef SESSION_COLUMNS
constexpr store::Statement see{"session_touch", "UPDATE session SET seen = ?1 WHERE id = ?2 AND bucket = ?3"};
constexpr store::Statement drop{"session_remove", "DELETE FROM session WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement drop_all{"session_remove_all", "DELETE FROM session WHERE subject = ?1 AND bucket = ?2"};
constexpr store::Statement forget{"session_forget", "DELETE FROM session WHERE ends <= ?1"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

PersonSession read(const store::Row& row) {
    return {.id = id_at<SessionId>(row, 0),
            .subject = id_at<consent::SubjectId>(row, 1),
            .hash = digest_at(row, 2),
            .begun = time_at(row, 3),
            .seen = time_at(row, 4),
            .ends = time_at(row, 5),
            .means = enum_at(row, 6, SignInMeans::eds_and_code),
            .organisation = std::string(row.text(7))};
}

}  // namespace

void Sessions::add(store::WriteSession& session, const PersonSession& made) const {
    session.execute(insert,
                    {made.id.bytes(), bucket(made.id), made.subject.bytes(), made.hash, micros(made.begun),
                     micros(made.seen), micros(made.ends), static_cast<std::int64_t>(made.means), made.organisation});
}

std::optional<PersonSession> Sessions::find(store::ReadSession& session, SessionId id) const {
    std::optional<PersonSession> found;
    session.query(by_id, {id.bytes(), bucket(id)}, [&](const store::Row& row) { found = read(row); });
    return found;
}

void Sessions::touch(store::WriteSession& session, SessionId id, base::Time now) const {
    session.execute(see, {micros(now), id.bytes(), bucket(id)});
}

bool Sessions::remove(store::WriteSession& session, SessionId id) const {
    return session.execute(drop, {id.bytes(), bucket(id)}) == 1;
}

void Sessions::remove_all(store::WriteSession& session, consent::SubjectId subject) const {
    session.execute(drop_all, {subject.bytes(), bucket(subject)});
}

std::vector<PersonSession> Sessions::of(store::ReadSession& session, consent::SubjectId subject) const {
    std::vector<PersonSession> found;
    session.query(of_subject, {subject.bytes(), bucket(subject)},
                  [&](const store::Row& row) { found.push_back(read(row)); });
    return found;
}

void Sessions::forget_old(store::WriteSession& session, base::Time now) const {
    session.execute(forget, {micros(now)});
}

}  // namespace kelisim::records
