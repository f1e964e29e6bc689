// SPDX-License-Identifier: Apache-2.0
// Owners report each change and each addition of personal data (418-V ст.36(4)). Client authentication by header, as for
// initiators.
#pragma once

#include <vector>

#include "access/data_reports.hpp"
#include "api/client_authentication.hpp"
#include "http/route.hpp"

namespace kelisim::api {

struct OwnerParts {
    store::Writer& writer;
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const access::DataReports& reports;
};

// The parts outlive the server that has these routes.
std::vector<http::Route> owner_routes(const OwnerParts& parts);

}  // namespace kelisim::api
