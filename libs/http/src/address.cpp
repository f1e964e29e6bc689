// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/asio/ip/address.hpp>

#include "http/uri.hpp"

namespace kelisim::http {

namespace {

struct Network {
    std::uint32_t address;
    unsigned bits;
};

// RFC 6890 and its registry: what is no destination on the public network.
constexpr std::array own_v4{
    Network{0x00000000, 8},   // "this network"
    Network{0x0A000000, 8},   // private
    Network{0x64400000, 10},  // shared
    Network{0x7F000000, 8},   // loopback
    Network{0xA9FE0000, 16},  // link-local
    Network{0xAC100000, 12},  // private
    Network{0xC0000000, 24},  // protocol assignments
    Network{0xC0A80000, 16},  // private
    Network{0xC6120000, 15},  // benchmarking
    Network{0xE0000000, 3},   // multicast, reserved, broadcast
};

bool is_own(const boost::asio::ip::address_v4& address) {
    const std::uint32_t number = address.to_uint();
    for (const Network& network : own_v4) {
        if ((number ^ network.address) >> (32 - network.bits) == 0) return true;
    }
    return false;
}

bool is_own(const boost::asio::ip::address_v6& address) {
    if (address.is_v4_mapped()) return is_own(make_address_v4(boost::asio::ip::v4_mapped, address));
    // 2000::/3 is what the public network consists of (RFC 4291 2.4); local, link-local, loopback and multicast are not.
    return (address.to_bytes()[0] & 0xE0U) != 0x20U;
}

}  // namespace

bool is_own_network(std::string_view host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error) return false;
    return address.is_v4() ? is_own(address.to_v4()) : is_own(address.to_v6());
}

}  // namespace kelisim::http
