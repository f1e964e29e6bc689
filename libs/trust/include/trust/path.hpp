// SPDX-License-Identifier: Apache-2.0
// From a certificate to an anchor (RFC 5280 section 6), with the same rules for GOST, RSA and ECDSA.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trust/certificate.hpp"
#include "trust/finding.hpp"
#include "trust/policy.hpp"

namespace kelisim::trust {

// Roles of the national profile (pki.md 1.2). They stand in extendedKeyUsage.
enum class Role {
    natural_person,
    system_of_person,
    legal_entity,
    first_head,
    may_sign,
    may_sign_financial,
    hr_officer,
    employee,
    system_of_organisation,
    authority_administrator,
    authority_manager,
    authority_operator,
    identified_at_service_centre,
    identified_remotely,
    identified_by_digital_id,
    identified_by_ai_platform,
    treasury_client,
};
std::string_view to_string(Role role);

// What is known of one certificate after the check. `chain` begins with it and ends at the anchor where one was reached.
struct CertificateReport {
    std::vector<Certificate> chain;
    std::vector<Role> roles;  // only those that the issuing authority may give
    Findings findings;

    const Certificate& subject() const { return chain.front(); }
    Verdict verdict() const { return findings.verdict(); }
    bool has(Role role) const;
};

// Tries every way from `leaf` through `others` (what came with the signature; trusted for nothing) and the authorities, and
// reports on the best: one that ends at an anchor before one that does not. Revocation of every certificate below the anchor
// is asked for where `with` has somebody to ask.
CertificateReport check_certificate(const Certificate& leaf, const std::vector<Certificate>& others, Purpose purpose,
                                    const Verification& with);

}  // namespace kelisim::trust
