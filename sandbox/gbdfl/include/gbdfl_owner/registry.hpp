// SPDX-License-Identifier: Apache-2.0
// GBD FL as it is asked: GBDFLUniversal_token and GBDFL_FamilyInfoToken (wire.md B5).
#pragma once

#include "gbdfl_owner/record.hpp"
#include "owner/run.hpp"

namespace kelisim::gbdfl {

inline constexpr std::string_view message_namespace = "http://message.persistence.interactive.nat";
extern const owner::Role role;

class Persons final : public owner::Registry {
public:
    // Reads the persons of the world file.
    explicit Persons(const owner::RegistryParts& parts) : parts_(parts), world_(owner::load_world(parts.world_file)) {}

    bool serves(std::string_view service) const override { return find_service(service) != nullptr; }
    boost::asio::awaitable<soap::Read<owner::Answered>> answer(const owner::Inquiry& inquiry) override;
    // POST /person, POST /family
    std::vector<owner::RestService> rest() const;

    const owner::World& world() const { return world_; }

private:
    owner::RegistryParts parts_;
    owner::World world_;
};

owner::Opened open(const owner::RegistryParts& parts);

}  // namespace kelisim::gbdfl
