// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace kelisim::http {

// Lets the io thread do other work for as long. Of real time: a moved clock moves no network.
boost::asio::awaitable<void> pause(std::chrono::milliseconds length);

}  // namespace kelisim::http
