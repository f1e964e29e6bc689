// SPDX-License-Identifier: Apache-2.0
// What an initiator does after the grant: it is told what happens to its consents, may object to a withdrawal, confirms deletions, and answers what
// persons ask about its uses. Client authentication by header: Basic, or a client assertion as bearer token.
#pragma once

#include <vector>

#include "access/inquiries.hpp"
#include "access/steering.hpp"
#include "api/client_authentication.hpp"
#include "http/elsewhere.hpp"
#include "http/route.hpp"

namespace kelisim::api {

struct InitiatorParts {
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    http::Elsewhere& elsewhere;  // for reads that need an archive
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const access::Steering& steering;
    const access::Inquiries& inquiries;
};

// The parts outlive the server that has these routes.
std::vector<http::Route> initiator_routes(const InitiatorParts& parts);

}  // namespace kelisim::api
