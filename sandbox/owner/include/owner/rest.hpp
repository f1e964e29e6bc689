// SPDX-License-Identifier: Apache-2.0
// A data owner as the rules want it, over REST: it checks the security token itself, offline and by asking Kelisim, and gives the
// fields that were asked for, never more than the token names.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "http/route.hpp"
#include "owner/kelisim_side.hpp"
#include "owner/registry.hpp"

namespace kelisim::owner {

// Used on one io thread; outlives the server that has its routes.
class Rest {
public:
    // `audience`: the key of the owner's system. `latency` is waited for before each record.
    Rest(std::vector<RestService> services, KelisimSide& kelisim, std::string_view audience,
         std::chrono::milliseconds latency)
        : services_(std::move(services)), kelisim_(kelisim), audience_(audience), latency_(latency) {}

    // POST of each service with Authorization: Bearer; GET /healthz.
    std::vector<http::Route> routes();

private:
    // Whose token it is that has been verified and is active.
    using Caller = token::AccessClaims;
    boost::asio::awaitable<std::variant<Caller, http::Response>> authenticate(const http::Request& request);
    boost::asio::awaitable<http::Response> give(const RestService& service, const Caller& caller,
                                                const http::Request& request);

    std::vector<RestService> services_;
    KelisimSide& kelisim_;
    std::string audience_;
    std::chrono::milliseconds latency_;
};

}  // namespace kelisim::owner
