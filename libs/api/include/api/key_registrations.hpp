// SPDX-License-Identifier: Apache-2.0
// Organisations register the keys of their systems under their EDS (236/НК п.10(2)): the signature is the authentication. Their
// systems, and officials, see later who registered which keys and when, with the document that was signed.
#pragma once

#include <string>
#include <vector>

#include "access/registry_changes.hpp"
#include "api/client_authentication.hpp"
#include "api/staff_authentication.hpp"
#include "http/elsewhere.hpp"
#include "identity/address_pace.hpp"
#include "identity/caller_address.hpp"
#include "identity/electronic_signature.hpp"

namespace kelisim::api {

struct KeyRegistrationParts {
    std::string issuer;
    const registry::Registry& registry;
    const records::Records& records;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const StaffAuthentication& staff;
    const access::RegistryChanges& registry_changes;
    const identity::ElectronicSignatures& signatures;
    http::Elsewhere& signature_checks;
    const identity::Proxies& proxies;
    identity::AddressPace& pace;  // of each address
};

// The parts outlive the server that has these routes.
std::vector<http::Route> key_registration_routes(const KeyRegistrationParts& parts);

}  // namespace kelisim::api
