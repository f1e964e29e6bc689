// SPDX-License-Identifier: Apache-2.0
// The facade of КДП as credit bureaus and insurers call it (wire.md B2): getPersonDataAccessControl under HTTP Basic of the
// organisation, with the user in the header userId.
#pragma once

#include "api/client_authentication.hpp"
#include "gateway/person_data_access.hpp"

namespace kelisim::gateway {

extern const base::Reason facade_user_missing;

struct KdpFacadeParts {
    PersonDataAccess& access;
    const api::ClientAuthentication& clients;
    const SoapDoor& door;
    const base::Zone& zone;
    std::string insurers_purpose = {};  // code of the услуга for which insurers ask; empty: their only one
};

// Thread-safe; outlives the server that has its routes.
class KdpFacade {
public:
    explicit KdpFacade(const KdpFacadeParts& parts) : parts_(parts) {}

    std::vector<http::Route> routes();

private:
    boost::asio::awaitable<http::Response> take(const api::ClientSystem& client, const http::Request& request);

    KdpFacadeParts parts_;
};

}  // namespace kelisim::gateway
