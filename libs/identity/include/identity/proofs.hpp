// SPDX-License-Identifier: Apache-2.0
// Proofs of own means as they come in: JWS under a key that the organisation handed over (236/НК п.10(2)).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "consent/proof.hpp"
#include "registry/registry.hpp"

namespace kelisim::identity {

// Immutable; thread-safe. The registry outlives it.
class Proofs {
public:
    Proofs(const registry::Registry& registry, std::string issuer) : registry_(registry), issuer_(std::move(issuer)) {}

    // The proof that the owner of `sender` signed for us, or consent::proof_invalid. What it says is for the decision to
    // compare. Claims: cbin, mcheck, iat, exp as on the SOAP wire (there `ovt`); and aud (us), jti, sub (IIN of the
    // subject), confirmed_by (IIN of a representative), authorization_details_sha256, answer ("yes", "no"); for a
    // proactive service campaign, text_sha256, asked_at, answered_at.
    base::Result<consent::Proof> read(std::string_view jws, const registry::System& sender) const;

private:
    const registry::Registry& registry_;
    std::string issuer_;
};

}  // namespace kelisim::identity
