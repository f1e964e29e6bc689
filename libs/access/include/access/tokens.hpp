// SPDX-License-Identifier: Apache-2.0
// Security tokens (236/НК п.2(8)) under a consent: issued, renewed while it lives, revoked. Signed by the caller after
// the commit, from the claims given here; only ids and the hash of a refresh token are stored.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/parts.hpp"
#include "base/secret.hpp"
#include "consent/consent.hpp"
#include "token/claims.hpp"

namespace kelisim::access {

extern const base::Reason refresh_token_invalid;

// How an answer is said in `acr`.
std::string_view acr_of(consent::Means means);

// Where a status list is read; fixed by the tokens that name it.
std::string status_list_uri(std::string_view issuer, std::int64_t number);

struct IssuedToken {
    token::AccessClaims claims;
    std::optional<std::string> refresh_token;  // in clear, once
};

// Where a request stands for the one who polls.
enum class PollState { unknown, pending, granted, refused, expired, undeliverable };

// Thread-safe; functions that take a write session run inside a unit.
class Tokens {
public:
    Tokens(const Parts& parts, std::string issuer) : parts_(parts), issuer_(std::move(issuer)) {}

    PollState poll(store::ReadSession& session, consent::RequestId id, std::string_view initiator,
                   base::Time now) const;

    // Access and refresh token for a granted request, which may be redeemed again: an answer that was lost on its way
    // must not lose the person's consent. Nothing when the consent no longer holds or belongs to another system.
    std::optional<IssuedToken> redeem(store::WriteSession& session, consent::RequestId id,
                                      const registry::System& client, base::Time now) const;
    // Likewise, for the SOAP wire, which knows no refresh token (wire.md B3): one that lives as long as its
    // consent, and limits::lasting_token_life_max at most.
    std::optional<token::AccessClaims> hand_out(store::WriteSession& session, consent::RequestId id,
                                                const registry::System& client, base::Time now) const;
    base::Result<IssuedToken> refresh(store::WriteSession& session, std::string_view refresh_token,
                                      const registry::System& client, base::Time now) const;

    // Ends the token; a refresh token ends every token of its consent (RFC 7009 section 2.1). False when it was none of
    // this client's.
    bool revoke(store::WriteSession& session, consent::TokenId id, const registry::System& client,
                base::Time now) const;
    // The record of a refresh token presented in clear, when its hash agrees.
    std::optional<records::TokenRecord> find_refresh(store::ReadSession& session, std::string_view text) const;

    // Fills the index at start.
    void load_index(store::ReadSession& session, base::Time now) const;

private:
    // The consent that the request brought, while it holds, and if it is this client's.
    std::optional<records::Consents::Found> granted(store::WriteSession& session, consent::RequestId id,
                                                    const registry::System& client, base::Time now) const;
    token::AccessClaims issue(store::WriteSession& session, const records::Consents::Found& found,
                              const registry::System& client, records::TokenKind kind, base::Time expires,
                              base::Time now) const;

    Parts parts_;
    std::string issuer_;
};

}  // namespace kelisim::access
