// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

void end_token(const Parts& parts, store::WriteSession& session, const records::TokenRecord& token, base::Time now);

// Each token of the consent by itself, so that what is issued after a resumption or an objection lives while these stay
// dead. After a pause the refresh token opens the way to new ones again.
enum class Ends { access_tokens, all_tokens };
void end_tokens(const Parts& parts, store::WriteSession& session, consent::ConsentId consent, Ends which,
                base::Time now);

}  // namespace kelisim::access
