// SPDX-License-Identifier: Apache-2.0
#include "access/introspection.hpp"

#include <algorithm>

namespace kelisim::access {

std::optional<Introspection::Active> Introspection::look(std::string_view text, base::Time now) const {
    const auto jws = token::read_unverified(text);
    if (jws.has_error()) return std::nullopt;
    auto claims = token::read_access_claims(jws->payload);
    if (claims.has_error()) return std::nullopt;
    const auto id = consent::TokenId::parse(claims->jti);
    if (!id) return std::nullopt;
    const auto live = tokens_.find(*id, now);
    if (!live) return std::nullopt;
    // The jti is public in the token's payload: only the very bytes whose signature was verified count as the token.
    const crypto::Digest hash = crypto::sha256(base::as_bytes(text));
    const bool seen = std::equal(live->verified.begin(), live->verified.end(), hash.begin());
    if (!seen) {
        const token::Expected expected{.issuer = issuer_, .audience = {}, .now = now};
        if (token::verify_access_token(text, keys_, expected).has_error()) return std::nullopt;
        tokens_.mark_verified(*id, hash);
    }
    return Active{.id = *id, .claims = std::move(*claims)};
}

std::optional<Introspection::Active> Introspection::genuine(std::string_view text, base::Time now) const {
    if (auto live = look(text, now)) return live;
    const token::Expected expected{.issuer = issuer_, .audience = {}, .now = now};
    auto claims = token::verify_access_token(text, keys_, expected);
    if (claims.has_error()) return std::nullopt;
    const auto id = consent::TokenId::parse(claims->jti);
    if (!id) return std::nullopt;
    return Active{.id = *id, .claims = std::move(*claims)};
}

}  // namespace kelisim::access
