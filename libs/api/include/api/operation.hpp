// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "http/route.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

struct OperationParts {
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    std::function<std::string()> metrics;  // OpenMetrics text
};

// /healthz: the process answers. /readyz: a unit was written and read back. /metrics.
std::vector<http::Route> operation_routes(const OperationParts& parts);

}  // namespace kelisim::api
