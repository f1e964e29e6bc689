// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"

namespace kelisim::app {

// Starts a sandbox in a temporary directory and walks the main job (design section 1) over HTTP as a bank and as the
// persons asked, saying each step. `config` is that of a server; its database has to be empty. Returns 0, or 1 at the first
// surprise, which it names.
int demo(const config::Config& config);

}  // namespace kelisim::app
