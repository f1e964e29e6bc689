// SPDX-License-Identifier: Apache-2.0
#include "token_ends.hpp"

#include "facts.hpp"

namespace kelisim::access {

using records::TokenRecord;
using records::TokenStatus;

namespace {

void tell_change(const Parts& parts, store::WriteSession& session, std::int64_t list) {
    session.after_commit([&places = parts.tokens.places(), list] { places.changed(list); });
}

}  // namespace

void end_token(const Parts& parts, store::WriteSession& session, const TokenRecord& token, TokenStatus status,
               base::Time now) {
    if (token.revoked) return;
    parts.records.tokens.revoke(session, token.id, status, now);
    if (token.place) tell_change(parts, session, token.place->list);
    // Refresh tokens have no life in the journal: what they open is told by the access tokens.
    if (records::opens_data(token.kind)) {
        const auto consent = parts.records.consents.state(session, token.consent);
        if (!consent) throw records::Damaged("a token has no consent");
        parts.records.journal.append(session, token_revoked_fact(token, consent->subject, now));
    }
    session.after_commit([&index = parts.tokens, id = token.id] { index.remove(id); });
}

void invalidate_statuses(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, base::Time now) {
    for (const std::int64_t list : parts.records.tokens.invalidate(session, consent, now))
        tell_change(parts, session, list);
}

void end_tokens(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, Ends which,
                base::Time now) {
    std::vector<TokenRecord> tokens;
    parts.records.tokens.each_of_consent(session, consent, [&](const TokenRecord& token) { tokens.push_back(token); });
    const auto status = which == Ends::all_tokens ? TokenStatus::invalid : TokenStatus::suspended;
    for (const TokenRecord& token : tokens) {
        if (which == Ends::all_tokens || records::opens_data(token.kind)) end_token(parts, session, token, status, now);
    }
    // Of those that a pause ended before.
    if (which == Ends::all_tokens) invalidate_statuses(parts, session, consent, now);
}

}  // namespace kelisim::access
