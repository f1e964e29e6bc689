// SPDX-License-Identifier: Apache-2.0
#include "crypto/openssl.hpp"

#include <openssl/err.h>

#include <array>
#include <string>

#include "base/result.hpp"

namespace kelisim::crypto {

void fail(const char* what) {
    std::string text = std::string("OpenSSL failed: ") + what;
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 160> line{};
        ERR_error_string_n(code, line.data(), line.size());
        text += std::string("; ") + line.data();
    }
    throw base::Outage(text);
}

const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = required(EVP_MD_fetch(nullptr, "SHA256", nullptr), "SHA256");
    return algorithm;
}

const EVP_CIPHER* aes_256_gcm_algorithm() {
    static const EVP_CIPHER* const algorithm =
        required(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "AES-256-GCM");
    return algorithm;
}

}  // namespace kelisim::crypto
