// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "records/vault.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Stored by number. `lasting`: an access token of the SOAP wire, which may live for days.
enum class TokenKind { access, refresh, lasting };
inline bool opens_data(TokenKind kind) {
    return kind != TokenKind::refresh;
}

// What a status list says of a token, by the numbers of draft-ietf-oauth-status-list, "Status Types Values".
enum class TokenStatus { valid, invalid, suspended };

// An access token's own place in a status list.
struct StatusPlace {
    std::int64_t list = 0;
    std::int64_t index = 0;
    bool operator==(const StatusPlace&) const = default;
};

struct TokenRecord {
    consent::TokenId id;  // the jti of an access token
    consent::ConsentId consent;
    TokenKind kind{};
    std::string client;  // client_id of the holder
    base::Time issued, expires;
    std::optional<base::Time> revoked;
    std::optional<Digest> hash;  // of a refresh token; an access token is known by its signature
    std::optional<StatusPlace> place = {};
};

// Only hashes of tokens are stored. Thread-safe: without state.
class Tokens {
public:
    void add(store::WriteSession& session, const TokenRecord& token) const;
    std::optional<TokenRecord> find(store::ReadSession& session, consent::TokenId id) const;
    // `status`: what its status list says from now on.
    void revoke(store::WriteSession& session, consent::TokenId id, TokenStatus status, base::Time now) const;
    // Whatever of the consent's access tokens is not yet over and not yet invalid is now. The lists that say so.
    std::vector<std::int64_t> invalidate(store::WriteSession& session, consent::ConsentId consent,
                                         base::Time now) const;
    // Those of one list that are not valid.
    void each_not_valid(store::ReadSession& session, std::int64_t list,
                        const std::function<void(std::int64_t index, TokenStatus)>& visit) const;
    void each_of_consent(store::ReadSession& session, consent::ConsentId id,
                         const std::function<void(const TokenRecord&)>& visit) const;
    // The newest access token of a consent.
    std::optional<consent::TokenId> newest(store::ReadSession& session, consent::ConsentId consent) const;
    // Access tokens that neither ended nor were revoked, and whose consent holds, in no order: for the index that
    // introspection answers from.
    struct LiveToken {
        consent::TokenId id;
        consent::ConsentId consent;
        base::Time expires;
    };
    void each_live(store::ReadSession& session, base::Time now,
                   const std::function<void(const LiveToken&)>& visit) const;

    // A client assertion is used once (RFC 7523 section 3, item 7). False when it was used before.
    bool use_assertion(store::WriteSession& session, std::string_view client, const Digest& jti,
                       base::Time expires) const;
    std::size_t forget_assertions(store::WriteSession& session, base::Time now) const;
};

}  // namespace kelisim::records
