// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

namespace kelisim::http {

// As which status a reason of that kind is told to whoever asked over HTTP (docs/decisions/0008).
int status_of(base::Kind kind);

}  // namespace kelisim::http
