// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"

namespace kelisim::app {

// One exchange, waited for. Never on an io thread of the workers.
http::Outcome exchange(http::Workers& workers, http::Client& client, http::Outgoing request);

}  // namespace kelisim::app
