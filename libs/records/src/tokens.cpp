// SPDX-License-Identifier: Apache-2.0
#include "records/tokens.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "codec.hpp"
#include "paging.hpp"

namespace kelisim::records {

namespace {

#define TOKEN_COLUMNS "id, consent, kind, client, issued, expires, revoked, hash, status_list, status_index"
constexpr store::Statement insert{"token_insert", "INSERT INTO token (bucket, " TOKEN_COLUMNS
                                                  ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
constexpr store::Statement by_id{"token_by_id", "SELECT " TOKEN_COLUMNS " FROM token WHERE id = ?1 AND bucket = ?2"};
constexpr store::Statement of_consent{
    "token_of_consent", "SELECT " TOKEN_COLUMNS " FROM token WHERE consent = ?1 AND bucket = ?2 ORDER BY id"};
#undef TOKEN_COLUMNS
// By the beginning of the ids, because a token of this kind lives limits::access_token_life at most: however many lie behind,
// only those of that time are looked at. A consent that ends or pauses says so in the status of its tokens (invalidate, revoke); the
// few that had no status then, issued before db/sqlite/0007, ask it.
constexpr store::Statement live{
    "token_live",
    "SELECT id, consent, expires FROM token WHERE id >= ?2 AND kind = 0 AND revoked IS NULL AND status = 0 AND "
    "expires > ?1 AND (status_list IS NOT NULL OR EXISTS (SELECT 1 FROM consent WHERE consent.id = token.consent "
    "AND consent.bucket = token.bucket AND consent.state = 0))"};
constexpr store::Statement live_lasting{
    "token_live_lasting",
    "SELECT id, consent, expires FROM token WHERE kind = 2 AND expires > ?1 AND revoked IS NULL AND status = 0"};
constexpr store::Statement end{"token_revoke",
                               "UPDATE token SET revoked = ?1, status = ?4"
                               " WHERE id = ?2 AND bucket = ?3 AND revoked IS NULL"};
constexpr store::Statement end_status{"token_invalidate",
                                      "UPDATE token SET status = 1 WHERE consent = ?1 AND bucket = ?2 AND expires > ?3"
                                      " AND status <> 1 AND status_list IS NOT NULL RETURNING status_list"};
constexpr store::Statement newest_of{
    "token_newest", "SELECT id FROM token WHERE consent = ?1 AND bucket = ?2 AND kind <> 1 ORDER BY id DESC LIMIT 1"};
constexpr store::Statement not_valid{"token_not_valid",
                                     "SELECT status_index, status FROM token WHERE status_list = ?1 AND status <> 0"};
constexpr store::Statement use_jti{
    "assertion_use",
    "INSERT INTO used_assertion (client, jti, expires) VALUES (?1, ?2, ?3) ON CONFLICT (client, jti) DO NOTHING"};
constexpr store::Statement forget{"assertion_forget", "DELETE FROM used_assertion WHERE expires <= ?1"};

TokenRecord read(const store::Row& row) {
    TokenRecord token{.id = id_at<consent::TokenId>(row, 0),
                      .consent = id_at<consent::ConsentId>(row, 1),
                      .kind = enum_at(row, 2, TokenKind::lasting),
                      .client = std::string(row.text(3)),
                      .issued = time_at(row, 4),
                      .expires = time_at(row, 5),
                      .revoked = {},
                      .hash = {}};
    if (!row.null(6)) token.revoked = time_at(row, 6);
    if (!row.null(7)) {
        const base::BytesView hash = row.blob(7);
        if (hash.size() != sizeof(Digest)) throw Damaged("a stored hash is none");
        token.hash.emplace();
        std::copy(hash.begin(), hash.end(), token.hash->begin());
    }
    if (!row.null(8)) token.place = StatusPlace{.list = row.integer(8), .index = row.integer(9)};
    return token;
}

store::Param hash_param(const TokenRecord& token) {
    if (!token.hash) return std::monostate{};
    return base::BytesView(*token.hash);
}

}  // namespace

void Tokens::add(store::WriteSession& session, const TokenRecord& token) const {
    session.execute(insert,
                    {std::int64_t{token.id.bucket().value}, token.id.bytes(), token.consent.bytes(), number(token.kind),
                     token.client, micros(token.issued), micros(token.expires), std::monostate{}, hash_param(token),
                     token.place ? store::Param(token.place->list) : std::monostate{},
                     token.place ? store::Param(token.place->index) : std::monostate{}});
}

std::optional<TokenRecord> Tokens::find(store::ReadSession& session, consent::TokenId id) const {
    std::optional<TokenRecord> found;
    session.query(by_id, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { found = read(row); });
    return found;
}

void Tokens::revoke(store::WriteSession& session, consent::TokenId id, TokenStatus status, base::Time now) const {
    session.execute(end, {micros(now), id.bytes(), std::int64_t{id.bucket().value}, number(status)});
}

std::vector<std::int64_t> Tokens::invalidate(store::WriteSession& session, consent::ConsentId consent,
                                             base::Time now) const {
    std::vector<std::int64_t> lists;
    session.query(
        end_status,
        {consent.bytes(), std::int64_t{consent.bucket().value}, micros(now - base::limits::clock_set_back_max)},
        [&](const store::Row& row) { lists.push_back(row.integer(0)); });
    return lists;
}

void Tokens::each_not_valid(store::ReadSession& session, std::int64_t list,
                            const std::function<void(std::int64_t, TokenStatus)>& visit) const {
    session.query(not_valid, {list},
                  [&](const store::Row& row) { visit(row.integer(0), enum_at(row, 1, TokenStatus::suspended)); });
}

void Tokens::each_of_consent(store::ReadSession& session, consent::ConsentId id,
                             const std::function<void(const TokenRecord&)>& visit) const {
    session.query(of_consent, {id.bytes(), std::int64_t{id.bucket().value}},
                  [&](const store::Row& row) { visit(read(row)); });
}

std::optional<consent::TokenId> Tokens::newest(store::ReadSession& session, consent::ConsentId consent) const {
    std::optional<consent::TokenId> found;
    session.query(newest_of, {consent.bytes(), std::int64_t{consent.bucket().value}},
                  [&](const store::Row& row) { found = id_at<consent::TokenId>(row, 0); });
    return found;
}

void Tokens::each_live(store::ReadSession& session, base::Time now,
                       const std::function<void(const LiveToken&)>& visit) const {
    const auto first = first_id_at(now - base::limits::access_token_life);
    const auto visit_row = [&](const store::Row& row) {
        visit({.id = id_at<consent::TokenId>(row, 0),
               .consent = id_at<consent::ConsentId>(row, 1),
               .expires = time_at(row, 2)});
    };
    session.query(live, {micros(now), base::BytesView(first)}, visit_row);
    session.query(live_lasting, {micros(now)}, visit_row);
}

bool Tokens::use_assertion(store::WriteSession& session, std::string_view client, const Digest& jti,
                           base::Time expires) const {
    return session.execute(use_jti, {client, jti, micros(expires)}) == 1;
}

std::size_t Tokens::forget_assertions(store::WriteSession& session, base::Time now) const {
    return session.execute(forget, {micros(now)});
}

}  // namespace kelisim::records
