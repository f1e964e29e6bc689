// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "crypto/openssl.hpp"

namespace kelisim::crypto {

// PKCS #8, unencrypted. Null when the text holds no private key.
std::shared_ptr<EVP_PKEY> read_pem(const base::Secret<std::string>& pem);
base::Secret<std::string> write_pem(EVP_PKEY* key);

}  // namespace kelisim::crypto
