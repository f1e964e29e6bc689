// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/openssl.hpp"
#include "trust/algorithm.hpp"

namespace kelisim::trust {

// Null for those that OpenSSL does not have.
const EVP_MD* openssl_digest(DigestAlgorithm algorithm);

}  // namespace kelisim::trust
