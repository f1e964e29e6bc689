// SPDX-License-Identifier: Apache-2.0
#include "token_ends.hpp"

#include "facts.hpp"

namespace kelisim::access {

using records::TokenKind;
using records::TokenRecord;

void end_token(const Parts& parts, store::WriteSession& session, const TokenRecord& token, base::Time now) {
    if (token.revoked) return;
    parts.records.tokens.revoke(session, token.id, now);
    // Refresh tokens have no life in the journal: what they open is told by the access tokens.
    if (token.kind == TokenKind::access) parts.records.journal.append(session, token_revoked_fact(token, now));
    session.after_commit([&index = parts.tokens, id = token.id] { index.remove(id); });
}

void end_tokens(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, Ends which,
                base::Time now) {
    std::vector<TokenRecord> tokens;
    parts.records.tokens.each_of_consent(session, consent, [&](const TokenRecord& token) { tokens.push_back(token); });
    for (const TokenRecord& token : tokens) {
        if (which == Ends::all_tokens || token.kind == TokenKind::access) end_token(parts, session, token, now);
    }
}

}  // namespace kelisim::access
