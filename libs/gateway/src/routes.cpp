// SPDX-License-Identifier: Apache-2.0
#include "gateway/routes.hpp"

namespace kelisim::gateway {
namespace {

OwnerAddresses addresses_of(const RouteTable& table) {
    OwnerAddresses addresses;
    for (const auto& [key, binding] : table.rest)
        addresses.try_emplace({.wire = Wire::rest, .service = key},
                              OwnerAddress{.upstream = binding.upstream, .repeat = binding.repeat});
    for (const auto& [key, service] : table.soap) {
        addresses.try_emplace({.wire = Wire::soap, .service = key},
                              OwnerAddress{.upstream = service.address.upstream, .repeat = service.repeat});
        for (const auto& [route, address] : service.routes)
            addresses.try_emplace({.wire = Wire::soap, .service = key, .route = route},
                                  OwnerAddress{.upstream = address.upstream, .repeat = service.repeat});
    }
    return addresses;
}

}  // namespace

Routes::Routes(RouteTable table, Owners& owners) : owners_(owners) {
    change(std::move(table));
}

RouteTablePtr Routes::now() const {
    const std::scoped_lock lock(mutex_);
    return table_;
}

// The owners first: a call under the old table finds its way gone, and goes it all the same; one under the new table finds its own.
void Routes::change(RouteTable table) {
    const std::scoped_lock one_at_a_time(changing_);
    owners_.replace(addresses_of(table));
    auto next = std::make_shared<const RouteTable>(std::move(table));
    const std::scoped_lock lock(mutex_);
    table_.swap(next);
}

}  // namespace kelisim::gateway
