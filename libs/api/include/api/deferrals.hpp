// SPDX-License-Identifier: Apache-2.0
// Notices to persons that a named law defers (418-V ст.36(4)): those who asked see their own, may prolong them within that law and
// end them; the authorized body sees totals and what is open, without persons, and ends what should not be.
#pragma once

#include <vector>

#include "access/deferring.hpp"
#include "api/client_authentication.hpp"
#include "api/staff_authentication.hpp"

namespace kelisim::api {

struct DeferralParts {
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const StaffAuthentication& staff;
    const access::Deferring& deferring;
};

// The parts outlive the server that has these routes.
std::vector<http::Route> deferral_routes(const DeferralParts& parts);

}  // namespace kelisim::api
