// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "crypto/hash.hpp"

namespace kelisim::identity {

// How often something is asked for from one address: `an_hour` times at once, and from then on as they come back over the
// hour. Behind one address there can be thousands (a carrier's), so the number has to be large. Of IPv6 the network of 64
// bits counts, which one customer has. Who comes from this machine itself is not counted.
//
// Bounded: a fixed number of cells, shared by the addresses that fall into one under a key of this process. Forgotten at a
// restart. Thread-safe, without locks.
class AddressPace {
public:
    AddressPace(std::int64_t an_hour, base::Entropy& entropy);

    // Counts one; false when there have been too many. A clock that was set back holds nobody up.
    bool take(const boost::asio::ip::address& from, base::Time now);

private:
    std::size_t cell_of(const boost::asio::ip::address& from) const;

    const std::int64_t step_;  // microseconds in which one comes back
    std::array<std::uint8_t, 32> key_{};
    std::vector<std::atomic<std::int64_t>> cells_;  // until when all that was taken is back: microseconds since 1970
};

}  // namespace kelisim::identity
