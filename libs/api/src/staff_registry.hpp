// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/staff.hpp"

namespace kelisim::api {

// What officials register and classify, and the list of open data, which is for everybody (307/НК п.2(5)).
std::vector<http::Route> staff_registry_routes(const StaffParts& parts);

}  // namespace kelisim::api
