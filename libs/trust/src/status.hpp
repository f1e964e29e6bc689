// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/revocation.hpp"

namespace kelisim::trust {

// Whether a status may still (or already) speak about `with.at`.
void check_age(const Status& status, const Verification& with, Findings& findings);

}  // namespace kelisim::trust
