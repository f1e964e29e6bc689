// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "trust/certificate.hpp"
#include "trust/finding.hpp"

namespace kelisim::trust {

// X509_verify_cert over this very chain, at this instant. Adds nothing for a chain with a GOST key in it, which OpenSSL cannot
// read (pki.md 2). Precondition: it ends at a trusted certificate.
void check_with_openssl(const std::vector<Certificate>& chain, base::Time at, Findings& findings);

}  // namespace kelisim::trust
