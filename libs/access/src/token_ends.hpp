// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

// `status`: what its status list says of it from then on.
void end_token(const Parts& parts, store::WriteSession& session, const records::TokenRecord& token,
               records::TokenStatus status, base::Time now);

// Status lists say INVALID of every token of the consent that is not over: the consent has ended, or what was paused
// begins anew without them.
void invalidate_statuses(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, base::Time now);

// Each token of the consent by itself, so that what is issued after a resumption or an objection lives while these stay
// dead. After a pause the refresh token opens the way to new ones again. Status lists say SUSPENDED of tokens of before a
// pause while it lasts, and INVALID of all others (docs/decisions/0019).
enum class Ends { access_tokens, all_tokens };
void end_tokens(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, Ends which,
                base::Time now);

}  // namespace kelisim::access
