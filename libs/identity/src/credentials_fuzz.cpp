// SPDX-License-Identifier: Apache-2.0
// Whatever arrives as proof of who somebody is: no crash, and nobody is let in. The first byte chooses where the rest stands.
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <string>

#include "identity/clients.hpp"
#include "identity/dpop.hpp"
#include "identity/proofs.hpp"
#include "token/keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace kelisim;

// One system with a secret that nobody knows and a key whose private half is gone.
const registry::Registry& world() {
    static const registry::Registry made([] {
        const token::VerificationKey lost{"1", token::Algorithm::es256,
                                          crypto::PrivateKey::generate_p256().public_key()};
        const std::string keys = boost::json::serialize(token::KeySet({lost}).to_jwks());
        registry::Organisation organisation{"000140000353", registry::OrganisationKind::bank, {"а", "а"}};
        organisation.proof_keys = keys;
        return registry::Entries{.organisations = {organisation},
                                 .systems = {{"BANK", "000140000353", registry::Contour::external, "bank", ""}},
                                 .services = {},
                                 .connections = {},
                                 .credentials = {{"bank", std::string(43, 'A'), keys}}};
    }());
    return made;
}

identity::Presented presented(std::uint8_t place, std::string text) {
    switch (place % 3) {
        case 0:
            return {.authorization = std::move(text)};
        case 1:
            return {.client_id = "bank", .client_secret = std::move(text)};
        default:
            return {.assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    .assertion = std::move(text)};
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const identity::Clients clients(world(), {"i"});
    static const identity::Proofs proofs(world(), "i");
    std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    // Anybody can make a proof of a key of their own: what it says then has to be there.
    static const identity::Dpop dpop({"https://i"});
    const auto proof = dpop.read(text, {.method = "POST", .path = "/token"}, base::from_micros(0));
    if (proof.has_value() && proof->thumbprint.size() != 43) std::abort();
    if (proofs.read(text, *world().system("BANK")).has_value()) std::abort();
    const auto credentials = identity::read_credentials(presented(*data, std::move(text)));
    if (credentials.has_value() && clients.authenticate(*credentials, base::from_micros(0)).has_value()) std::abort();
    return 0;
}
