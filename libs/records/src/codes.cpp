// SPDX-License-Identifier: Apache-2.0
#include "records/codes.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement upsert{
    "code_put",
    "INSERT INTO one_time_code (about, kind, bucket, subject, hash, expires, attempts) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (about, kind, bucket) DO UPDATE SET "
    "subject = excluded.subject, hash = excluded.hash, expires = excluded.expires, attempts = excluded.attempts"};
constexpr store::Statement by_key{"code_find",
                                  "SELECT subject, hash, expires, attempts FROM one_time_code "
                                  "WHERE about = ?1 AND kind = ?2 AND bucket = ?3"};
constexpr store::Statement attempt{
    "code_attempt", "UPDATE one_time_code SET attempts = ?1 WHERE about = ?2 AND kind = ?3 AND bucket = ?4"};
constexpr store::Statement drop{"code_remove",
                                "DELETE FROM one_time_code WHERE about = ?1 AND kind = ?2 AND bucket = ?3"};
constexpr store::Statement pace_of{"code_pace_find",
                                   "SELECT day, sent, next FROM code_pace WHERE person = ?1 AND bucket = ?2"};
constexpr store::Statement pace_put{
    "code_pace_put",
    "INSERT INTO code_pace (person, bucket, day, sent, next) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (person, bucket) DO UPDATE SET day = excluded.day, sent = excluded.sent, next = excluded.next"};
// Rare, and the table holds codes of minutes: it is read as a whole.
constexpr store::Statement drop_of{"code_remove_of", "DELETE FROM one_time_code WHERE subject = ?1"};
constexpr store::Statement pace_drop{"code_pace_remove", "DELETE FROM code_pace WHERE person = ?1 AND bucket = ?2"};
constexpr store::Statement forget_codes{"code_forget", "DELETE FROM one_time_code WHERE expires <= ?1"};
constexpr store::Statement forget_paces{"code_pace_forget", "DELETE FROM code_pace WHERE next <= ?1"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

}  // namespace

Digest Codes::hash(const base::RawId& about, CodeKind kind, std::string_view code) const {
    return vault_.blind_index("one-time code " + std::to_string(number(kind)) + " " + about.to_string(), code);
}

void Codes::put(store::WriteSession& session, const OneTimeCode& code) const {
    session.execute(upsert, {code.about.bytes(), number(code.kind), bucket(code.about), id_param(code.subject),
                             code.hash ? store::Param(base::BytesView(*code.hash)) : store::Param(std::monostate{}),
                             micros(code.expires), std::int64_t{code.attempts}});
}

std::optional<OneTimeCode> Codes::find(store::ReadSession& session, const base::RawId& about, CodeKind kind) const {
    std::optional<OneTimeCode> found;
    session.query(by_key, {about.bytes(), number(kind), bucket(about)}, [&](const store::Row& row) {
        found = OneTimeCode{.about = about,
                            .kind = kind,
                            .subject = {},
                            .hash = {},
                            .expires = time_at(row, 2),
                            .attempts = static_cast<int>(row.integer(3))};
        if (!row.null(0)) found->subject = id_at<consent::SubjectId>(row, 0);
        if (!row.null(1)) found->hash = digest_at(row, 1);
    });
    return found;
}

void Codes::count_attempt(store::WriteSession& session, const OneTimeCode& code) const {
    session.execute(attempt,
                    {std::int64_t{code.attempts} + 1, code.about.bytes(), number(code.kind), bucket(code.about)});
}

void Codes::remove(store::WriteSession& session, const base::RawId& about, CodeKind kind) const {
    session.execute(drop, {about.bytes(), number(kind), bucket(about)});
}

void Codes::forget(store::WriteSession& session, consent::SubjectId subject, const base::Iin& iin) const {
    session.execute(drop_of, {subject.bytes()});
    for (const CodeAsker asker : {CodeAsker::anybody, CodeAsker::known_device, CodeAsker::signed_in}) {
        session.execute(pace_drop, {pace_key(iin, asker), std::int64_t{vault_.bucket_of(iin).value}});
    }
}

Digest Codes::pace_key(const base::Iin& iin, CodeAsker asker) const {
    const auto name = [asker] {
        switch (asker) {
            case CodeAsker::anybody:
                return "pace of sign-ins";
            case CodeAsker::known_device:
                return "pace of sign-ins of known devices";
            case CodeAsker::signed_in:
                return "pace of codes";
        }
        throw std::logic_error("codes for an asker that nobody counts");
    };
    return vault_.blind_index(name(), iin.reveal());
}

Codes::Pace Codes::pace(store::ReadSession& session, const base::Iin& iin, CodeAsker asker) const {
    Pace found;
    session.query(pace_of, {pace_key(iin, asker), std::int64_t{vault_.bucket_of(iin).value}},
                  [&](const store::Row& row) {
                      found = {.day = row.integer(0), .sent = row.integer(1), .next = time_at(row, 2)};
                  });
    return found;
}

void Codes::set_pace(store::WriteSession& session, const base::Iin& iin, CodeAsker asker, const Pace& pace) const {
    session.execute(pace_put, {pace_key(iin, asker), std::int64_t{vault_.bucket_of(iin).value}, pace.day, pace.sent,
                               micros(pace.next)});
}

void Codes::forget_old(store::WriteSession& session, base::Time now) const {
    session.execute(forget_codes, {micros(now)});
    // A day later, so that the count of the day outlives the pause.
    session.execute(forget_paces, {micros(now - std::chrono::hours{24})});
}

}  // namespace kelisim::records
