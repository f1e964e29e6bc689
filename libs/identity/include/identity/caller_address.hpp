// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace kelisim::identity {

using Proxies = std::vector<boost::asio::ip::address>;

// Nothing when one of the texts is no address.
std::optional<Proxies> parse_proxies(const std::vector<std::string>& texts);

// Where a request comes from: the peer, or, when that is one of our proxies, the last in X-Forwarded-For that is none.
// What stands before it was written by whoever sent the request, and is not read. Nothing when a proxy names nobody.
std::optional<boost::asio::ip::address> caller_address(const http::Request& request, const Proxies& proxies);

}  // namespace kelisim::identity
