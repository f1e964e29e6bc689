// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/staff.hpp"

namespace kelisim::api {

// Everything that proves one exchange, as one signed container (ASiC-E): for the authorized body with what was said, where it is
// kept; for the operator never (418-V ст.46(1)).
boost::asio::awaitable<http::Response> export_evidence(const StaffParts& parts, const StaffCall& call,
                                                       const http::Request& request);

// How far time stamps are behind.
boost::asio::awaitable<http::Response> time_stamps(const StaffParts& parts, const StaffCall& call,
                                                   const http::Request& request);

}  // namespace kelisim::api
