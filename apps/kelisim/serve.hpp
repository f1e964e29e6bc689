// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "service.hpp"

namespace kelisim::app {

// Serves until SIGINT or SIGTERM. The first line of standard output is "listening on http://127.0.0.1:PORT".
void serve(const ServiceOptions& options);

}  // namespace kelisim::app
