// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "service.hpp"

namespace kelisim::app {

// Serves until SIGINT or SIGTERM; with a configuration file, SIGHUP has it and the files that it names read anew. The first line of standard
// output is "listening on http://127.0.0.1:PORT", or https.
void serve(const ServiceOptions& options);

}  // namespace kelisim::app
