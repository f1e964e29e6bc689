// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

// Puts the periodic timer into the database, once; idempotent.
void plan_sweep(const Parts& parts, store::WriteSession& session, base::Time now);

// What has no due time of its own: uses whose outcome nobody wrote down become unknown (their count is kept), used
// assertions whose time is over and tokens that expired are forgotten. Plans itself anew.
void sweep(const Parts& parts, store::WriteSession& session, base::Time now);

}  // namespace kelisim::access
