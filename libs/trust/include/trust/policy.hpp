// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "trust/authorities.hpp"

namespace kelisim::trust {

// What a certificate is to be good for; path.cpp has the usages that each asks for (pki.md 1.3).
enum class Purpose {
    signature,       // of a document by a person or an organisation: nonRepudiation
    sign_in,         // GOST certificates have no clientAuth, so a signature key may sign in too
    transport,       // WS-Security between systems
    ocsp_responder,  // id-kp-OCSPSigning
    time_stamp,      // id-kp-timeStamping, critical
    any,             // the chain alone
};

struct Policy {
    bool allow_rsa_sha1 = false;  // signatures of certificates and documents from before 2016
    bool allow_gost2004 = false;  // ГОСТ 34.310-2004: no certificate under it lives any more (pki.md 1.5)
    int rsa_bits_min = 2048;
    // A document or a certificate without a known revocation status is indeterminate, unless this is off: then it is noted.
    bool revocation_required = true;
    std::chrono::seconds status_age_max = base::limits::revocation_status_age_max;
    std::chrono::seconds clock_skew = base::limits::clock_skew;
};

// Nothing for an algorithm of today; else whether the policy still lets it pass, which a report always says.
std::optional<bool> is_legacy_allowed(SignatureAlgorithm algorithm, const Policy& policy);

class Revocation;
class VerifiedCertificates;

// All that a verification is made with. What it refers to outlives it.
struct Verification {
    const Authorities& authorities;
    const Policy& policy;
    Revocation* revocation = nullptr;          // null: revocation is not asked for, and the report says so
    VerifiedCertificates* verified = nullptr;  // null: each certificate is read and its signature looked at
    base::Time at;                             // the instant for which the answer is wanted, now or earlier
    base::Time now;                            // what is said later about that instant counts, up to here
};

}  // namespace kelisim::trust
