// SPDX-License-Identifier: Apache-2.0
// GET /api/openapi.json: contracts/openapi.json of the very build that answers (OpenAPI 3.1.1).
#pragma once

#include <vector>

#include "http/route.hpp"

namespace kelisim::api {

std::vector<http::Route> openapi_routes();

}  // namespace kelisim::api
