// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/token_index.hpp"
#include "token/claims.hpp"

namespace kelisim::access {

// What a presented access token is, from the index of this node: no database, and a signature verified once per token.
// Thread-safe.
class Introspection {
public:
    Introspection(TokenIndex& tokens, const token::KeySet& keys, std::string issuer)
        : tokens_(tokens), keys_(keys), issuer_(std::move(issuer)) {}

    struct Active {
        consent::TokenId id;
        token::AccessClaims claims;
    };
    // Nothing for whatever is not a live token of ours; never why.
    std::optional<Active> look(std::string_view text, base::Time now) const;
    // A token of ours before its expiry, also when it or its consent has ended: for the use decision, which gives every
    // reason itself and knows the answers that were given before the end.
    std::optional<Active> genuine(std::string_view text, base::Time now) const;

private:
    TokenIndex& tokens_;
    const token::KeySet& keys_;
    std::string issuer_;
};

}  // namespace kelisim::access
