// SPDX-License-Identifier: Apache-2.0
// Proofs of own means as they come in: JWS under a key that the organisation handed over (236/НК п.10(2)).
#pragma once

#include <boost/json/object.hpp>
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

    // `ovt` of the SOAP wire (wire.md B4), about `subject`: cbin, mcheck, iat, exp, where a time may be a text of RFC 3339. It
    // names no recipient, and most name nobody: one with `sub` and `jti` is bound to the person and counts once, any other is
    // not. The request is the message that brings it. What `aud` it has must be us.
    base::Result<consent::Proof> read_ovt(std::string_view jws, const registry::System& sender,
                                          const base::Iin& subject) const;

private:
    base::Result<boost::json::object> claims_of(std::string_view jws, const registry::System& sender) const;
    base::Result<boost::json::object> claims_under_any(std::string_view jws, const registry::System& sender) const;

    const registry::Registry& registry_;
    std::string issuer_;
};

}  // namespace kelisim::identity
