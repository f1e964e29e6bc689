// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/supervision.hpp"
#include "api/person_authentication.hpp"

namespace kelisim::api {

// A signed-in official.
struct StaffCall {
    access::Official official;
};

// Officials sign in as the persons that they are; who holds which office is looked up at each request, so that a
// dismissal counts at once. Thread-safe; all references outlive it.
class StaffAuthentication {
public:
    StaffAuthentication(const PersonAuthentication& persons, access::Parts parts, store::Readers& readers)
        : persons_(persons), parts_(std::move(parts)), readers_(readers) {}

    boost::asio::awaitable<std::variant<StaffCall, http::Response>> call(const http::Request& request,
                                                                         std::optional<access::Office> office) const;

    // For officials of this office alone; without one, for all officials.
    template <class Handler>
    http::Endpoint endpoint(std::optional<access::Office> office, Handler handler) const {
        const http::Authenticator<StaffCall> who = [this, office](const http::Request& request) {
            return call(request, office);
        };
        return http::authenticated<StaffCall>(who, std::move(handler));
    }

private:
    const PersonAuthentication& persons_;
    access::Parts parts_;
    store::Readers& readers_;
};

}  // namespace kelisim::api
