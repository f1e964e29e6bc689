// SPDX-License-Identifier: Apache-2.0
// A data owner as the rules want it, over REST: it checks the security token itself, offline and by asking Kelisim, and gives the
// fields that were asked for, never more than the token names.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "gbdfl_owner/kelisim_side.hpp"
#include "gbdfl_owner/record.hpp"
#include "gbdfl_owner/world.hpp"
#include "http/route.hpp"

namespace kelisim::gbdfl {

inline constexpr std::string_view system_key = "GBDFL";  // the audience of tokens for this owner

// Every reason why a token does not cover a call: another person, service or field than it names.
std::vector<const base::Reason*> not_covered(const Service& service, const token::AccessClaims& claims,
                                             const base::Iin& iin, const std::vector<std::string_view>& fields);
// Plays a slow registry; at once for a latency of zero.
boost::asio::awaitable<void> slowed_by(std::chrono::milliseconds latency);

// Used on one io thread; outlives the server that has its routes.
class Owner {
public:
    // `latency` is waited for before each record.
    Owner(const World& world, KelisimSide& kelisim, std::chrono::milliseconds latency)
        : world_(world), kelisim_(kelisim), latency_(latency) {}

    // POST /person, POST /family {"iin": "...", "fields": [...]} with Authorization: Bearer; GET /healthz.
    std::vector<http::Route> routes();

private:
    // Whose token it is that has been verified and is active.
    using Caller = token::AccessClaims;
    boost::asio::awaitable<std::variant<Caller, http::Response>> authenticate(const http::Request& request);
    boost::asio::awaitable<http::Response> person(const Caller& caller, const http::Request& request);
    boost::asio::awaitable<http::Response> family(const Caller& caller, const http::Request& request);

    struct Call {
        const Person* person;
        std::vector<std::string> fields;
    };
    std::variant<Call, http::Response> admit(const Service& service, const Caller& caller,
                                             const http::Request& request) const;

    const World& world_;
    KelisimSide& kelisim_;
    std::chrono::milliseconds latency_;
};

}  // namespace kelisim::gbdfl
