// SPDX-License-Identifier: Apache-2.0
// The mobile citizens base (БМГ) as it is asked: MCDB_SERVICE, which number is registered to a person (wire.md B1).
#pragma once

#include "owner/run.hpp"
#include "owner/world.hpp"

namespace kelisim::bmg {

extern const base::Reason phone_unknown;

extern const owner::Role role;
const owner::Service& phone_service();

inline constexpr std::string_view message_namespace = "urn:kelisim:sandbox:mcdb";  // ours: nothing is published of it

class Phones final : public owner::Registry {
public:
    // Reads the persons of the world file.
    explicit Phones(const owner::RegistryParts& parts) : parts_(parts), world_(owner::load_world(parts.world_file)) {}

    bool serves(std::string_view service) const override { return service == phone_service().key; }
    boost::asio::awaitable<soap::Read<owner::Answered>> answer(const owner::Inquiry& inquiry) override;
    std::vector<owner::RestService> rest() const;  // POST /phone

private:
    base::Result<const owner::Person*> registered(const base::Iin& iin) const;

    owner::RegistryParts parts_;
    owner::World world_;
};

owner::Opened open(const owner::RegistryParts& parts);

}  // namespace kelisim::bmg
