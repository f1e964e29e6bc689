// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "trust/authorities.hpp"
#include "trust/policy.hpp"
#include "trust/revocation.hpp"
#include "trust/verified_certificates.hpp"

namespace kelisim::trust {

// Whose signatures count, by which policy, with what was learned of certificates that were taken back: one for all that checks
// signatures, so that a responder is asked once. Thread-safe. What it was made from outlives it.
class Verifier {
public:
    Verifier(Authorities authorities, const Policy& policy, StatusSource& source, const base::Clock& clock,
             base::Entropy& entropy)
        : authorities_(std::move(authorities)), policy_(policy), clock_(clock), revocation_(source, entropy) {}

    // Of what is checked for the present instant; as good as this lives. Whoever uses it waits for responders.
    Verification now() const {
        const base::Time now = clock_.now();
        return {.authorities = authorities_,
                .policy = policy_,
                .revocation = &revocation_,
                .verified = &verified_,
                .at = now,
                .now = now};
    }

private:
    const Authorities authorities_;
    const Policy policy_;
    const base::Clock& clock_;
    mutable Revocation revocation_;
    mutable VerifiedCertificates verified_;
};

}  // namespace kelisim::trust
