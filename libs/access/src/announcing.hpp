// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

// Leaves in the outbox what the receivers of this consent are to be told: the initiator, once it had a token, and each
// owner that may have acted on one. Whoever saw no token hears nothing: the consent would be news.
void announce(const Parts& parts, store::WriteSession& session, const consent::Consent& consent,
              std::string_view change, base::Time now, std::optional<base::Time> due);

}  // namespace kelisim::access
