// SPDX-License-Identifier: Apache-2.0
#include "identity/address_pace.hpp"

#include "base/limits.hpp"

namespace kelisim::identity {

namespace {

constexpr std::int64_t hour_micros = 3'600'000'000;

base::Bytes network_of(const boost::asio::ip::address& from) {
    if (from.is_v4()) {
        const auto bytes = from.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = from.to_v6().to_bytes();
    return {bytes.begin(), bytes.begin() + 8};
}

}  // namespace

AddressPace::AddressPace(std::int64_t an_hour, base::Entropy& entropy)
    : step_(hour_micros / an_hour), cells_(base::limits::address_pace_cells) {
    entropy.fill(key_);
}

std::size_t AddressPace::cell_of(const boost::asio::ip::address& from) const {
    const crypto::Digest digest = crypto::hmac_sha256(key_, network_of(from));
    std::size_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = number << 8 | digest[i];
    return number % cells_.size();
}

bool AddressPace::take(const boost::asio::ip::address& from, base::Time now) {
    if (from.is_loopback()) return true;
    const std::int64_t at = base::to_micros(now);
    std::atomic<std::int64_t>& cell = cells_[cell_of(from)];
    std::int64_t back = cell.load();
    for (;;) {
        const bool stale = back < at || back > at + hour_micros;  // all back; or of a clock that was set back since
        const std::int64_t next = (stale ? at : back) + step_;
        if (next > at + hour_micros) return false;
        if (cell.compare_exchange_weak(back, next)) return true;
    }
}

}  // namespace kelisim::identity
