// SPDX-License-Identifier: Apache-2.0
#include "records/uses.hpp"

#include <algorithm>

#include "access_record.hpp"
#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement insert{"use_insert",
                                  "INSERT INTO use_record (id, bucket, consent, key, digest, state, at, sealed, "
                                  "previous, service, token, skips) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"};
constexpr store::Statement change{"use_update", "UPDATE use_record SET state = ?1 WHERE id = ?2 AND bucket = ?3"};
constexpr store::Statement by_key{
    "use_by_key",
    "SELECT id, consent, state, at, digest, previous, service, token, skips FROM use_record "
    "WHERE consent = ?1 AND key = ?2 AND key IS NOT NULL AND bucket = ?3"};
constexpr store::Statement by_id{
    "use_by_id",
    "SELECT id, consent, state, at, digest, previous, service, token, skips FROM use_record "
    "WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement free_key{"use_release_key",
                                    "UPDATE use_record SET key = NULL WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement keep{"use_keep_answer",
                                "UPDATE use_record SET status = ?1, answer = ?2 WHERE id = ?3 AND bucket = ?4"};
constexpr store::Statement kept{"use_answer",
                                "SELECT status, answer FROM use_record "
                                "WHERE id = ?1 AND bucket = ?2 AND answer IS NOT NULL"};
constexpr store::Statement forget{"use_forget_answer",
                                  "UPDATE use_record SET status = NULL, answer = NULL WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement body_of{"use_record", "SELECT sealed FROM use_record WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement pending{
    "use_reserved_before",
    "SELECT id, consent, state, at, digest, previous, service, token, skips FROM use_record "
    "WHERE state = 0 AND at < ?1 AND NOT EXISTS (SELECT 1 FROM async_part "
    "WHERE async_part.use = use_record.id AND async_part.booked = 0) ORDER BY id LIMIT ?2"};

std::int64_t bucket(const base::RawId& id) {
    return id.bucket().value;
}

store::Param key_param(const std::optional<Digest>& key) {
    if (!key) return std::monostate{};
    return base::BytesView(*key);
}

StoredUse read(const store::Row& row) {
    StoredUse stored{.use = {.id = id_at<consent::UseId>(row, 0),
                             .consent = id_at<consent::ConsentId>(row, 1),
                             .state = enum_at(row, 2, consent::UseState::unknown),
                             .at = time_at(row, 3)},
                     .digest = {}};
    if (!row.null(5)) stored.use.previous = id_at<consent::UseId>(row, 5);
    if (!row.null(6)) {
        stored.use.shows = consent::Shown{.service = static_cast<std::uint8_t>(row.integer(6)),
                                          .token = id_at<consent::TokenId>(row, 7)};
    }
    if (!row.null(8)) stored.use.skips = ids_from_bytes<consent::UseId>(row.blob(8));
    const base::BytesView digest = row.blob(4);
    if (digest.size() != stored.digest.size()) throw Damaged("a stored digest is none");
    std::copy(digest.begin(), digest.end(), stored.digest.begin());
    return stored;
}

// An answer and the record of its use are sealed under different keys, and must not be taken for each other.
base::Bytes answer_context(consent::UseId id) {
    base::Bytes context(id.bytes().begin(), id.bytes().end());
    context.push_back('a');
    return context;
}

}  // namespace

void Uses::add(store::WriteSession& session, const StoredUse& stored, const std::optional<Digest>& key,
               const AccessRecord& record) const {
    const consent::Use& use = stored.use;
    const base::Bytes sealed = seal_record(vault_, record, use.id, use.at, entropy_);
    const base::Bytes skips = ids_to_bytes(use.skips);
    session.execute(insert, {use.id.bytes(), bucket(use.id), use.consent.bytes(), key_param(key), stored.digest,
                             number(use.state), micros(use.at), sealed, id_param(use.previous),
                             use.shows ? store::Param(std::int64_t{use.shows->service}) : std::monostate{},
                             use.shows ? store::Param(use.shows->token.bytes()) : std::monostate{},
                             skips.empty() ? store::Param(std::monostate{}) : store::Param(base::BytesView(skips))});
}

void Uses::update(store::WriteSession& session, const consent::Use& use) const {
    if (session.execute(change, {number(use.state), use.id.bytes(), bucket(use.id)}) != 1) {
        throw Damaged("a use that was loaded is gone");
    }
}

std::optional<StoredUse> Uses::find(store::ReadSession& session, consent::ConsentId consent, const Digest& key) const {
    std::optional<StoredUse> found;
    session.query(by_key, {consent.bytes(), key, bucket(consent)}, [&](const store::Row& row) { found = read(row); });
    return found;
}

std::optional<StoredUse> Uses::find(store::ReadSession& session, consent::UseId id) const {
    std::optional<StoredUse> found;
    archives_.look_up(session, id, [&](store::ReadSession& in) {
        return in.query(by_id, {id.bytes(), bucket(id)}, [&](const store::Row& row) { found = read(row); }) != 0;
    });
    return found;
}

void Uses::release_key(store::WriteSession& session, const consent::Use& use) const {
    session.execute(free_key, {use.id.bytes(), bucket(use.id)});
}

void Uses::keep_answer(store::WriteSession& session, consent::UseId id, const StoredAnswer& answer,
                       const crypto::SealKey& data_key) const {
    const base::Bytes sealed = crypto::seal(data_key, base::as_bytes(answer.body), answer_context(id), entropy_);
    session.execute(keep, {std::int64_t{answer.status}, sealed, id.bytes(), bucket(id)});
}

std::optional<StoredAnswer> Uses::answer(store::ReadSession& session, consent::UseId id,
                                         const crypto::SealKey& data_key) const {
    std::optional<StoredAnswer> found;
    session.query(kept, {id.bytes(), bucket(id)}, [&](const store::Row& row) {
        const base::Bytes plain = open_or_throw(data_key, row.blob(1), answer_context(id), "kept answer");
        found = StoredAnswer{.status = static_cast<int>(row.integer(0)), .body = std::string(base::as_text(plain))};
    });
    return found;
}

void Uses::forget_answer(store::WriteSession& session, consent::UseId id) const {
    session.execute(forget, {id.bytes(), bucket(id)});
}

std::optional<AccessRecord> Uses::record(store::ReadSession& session, consent::UseId id) const {
    std::optional<AccessRecord> found;
    archives_.look_up(session, id, [&](store::ReadSession& in) {
        return in.query(body_of, {id.bytes(), bucket(id)},
                        [&](const store::Row& row) { found = open_record(vault_, row.blob(0), id); }) != 0;
    });
    return found;
}

std::vector<consent::Use> Uses::reserved_before(store::ReadSession& session, base::Time instant,
                                                std::size_t max) const {
    std::vector<consent::Use> uses;
    session.query(pending, {micros(instant), static_cast<std::int64_t>(max)},
                  [&](const store::Row& row) { uses.push_back(read(row).use); });
    return uses;
}

}  // namespace kelisim::records
