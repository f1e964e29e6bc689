// SPDX-License-Identifier: Apache-2.0
// The registry of services as initiators search it (307/НК п.2(22), п.45-1).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "api/client_authentication.hpp"
#include "base/zone.hpp"
#include "http/elsewhere.hpp"
#include "http/route.hpp"

namespace kelisim::api {

struct ServiceRegistryParts {
    const registry::Registry& registry;
    const base::Clock& clock;
    const base::Zone& zone;
    const ClientAuthentication& clients;
    http::Elsewhere& elsewhere;  // all descriptions are read for a search
    std::function<std::vector<std::string_view>(std::string_view service)> wires;  // by which it is called
};

// The parts outlive the server that has this route.
http::Route service_registry(const ServiceRegistryParts& parts);

}  // namespace kelisim::api
