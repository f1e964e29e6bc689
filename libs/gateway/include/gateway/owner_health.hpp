// SPDX-License-Identifier: Apache-2.0
// How owners are, by the steps of calls: for systems, of the services that they are connected to; for the operator, of all, with what
// only an operator may see.
#pragma once

#include <vector>

#include "api/client_authentication.hpp"
#include "api/staff_authentication.hpp"
#include "base/zone.hpp"
#include "gateway/owners.hpp"

namespace kelisim::gateway {

struct OwnerHealthParts {
    const registry::Registry& registry;
    const base::Clock& clock;
    const base::Zone& zone;
    const api::ClientAuthentication& clients;
    const api::StaffAuthentication& staff;
    const Owners& owners;
};

// The parts outlive the server that has these routes.
http::Route owner_health_for_systems(const OwnerHealthParts& parts);
http::Route owner_health_for_operators(const OwnerHealthParts& parts);

}  // namespace kelisim::gateway
