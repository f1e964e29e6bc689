// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "api/staff.hpp"

namespace kelisim::api {

// Messages between systems, as the operator finds them: never what they say (418-V ст.46(1)).
boost::asio::awaitable<http::Response> search_exchanges(const StaffParts& parts, const StaffCall& call,
                                                        const http::Request& request);

// Those that were refused before they were taken, counted: when, by which way, from whom as far as it is known, and why.
boost::asio::awaitable<http::Response> search_refused(const StaffParts& parts, const StaffCall& call,
                                                      const http::Request& request);

boost::json::object exchange_json(const records::Exchange& exchange);

}  // namespace kelisim::api
