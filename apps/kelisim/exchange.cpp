// SPDX-License-Identifier: Apache-2.0
#include "exchange.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace kelisim::app {

http::Outcome exchange(http::Workers& workers, http::Client& client, http::Outgoing request) {
    return boost::asio::co_spawn(workers.executor(0), client.exchange(std::move(request)), boost::asio::use_future)
        .get();
}

}  // namespace kelisim::app
