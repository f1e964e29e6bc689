// SPDX-License-Identifier: Apache-2.0
#include "crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "openssl.hpp"

namespace kelisim::crypto {

Digest sha256(std::initializer_list<base::BytesView> parts) {
    // Kept by the thread: making a context costs as much as hashing a small message.
    thread_local const MdContext context = required(MdContext(EVP_MD_CTX_new()), "digest context");
    Digest digest;
    require(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr), "digest");
    for (const base::BytesView part : parts)
        require(EVP_DigestUpdate(context.get(), part.data(), part.size()), "digest");
    require(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr), "digest");
    return digest;
}

Digest hmac_sha256(base::BytesView key, base::BytesView message) {
    Digest digest;
    unsigned length = 0;
    const auto* made = HMAC(sha256_algorithm(), key.data(), static_cast<int>(key.size()), message.data(),
                            message.size(), digest.data(), &length);
    if (made == nullptr || length != digest.size()) fail("hmac");
    return digest;
}

bool equal_constant_time(base::BytesView a, base::BytesView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace kelisim::crypto
