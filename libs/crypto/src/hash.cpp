// SPDX-License-Identifier: Apache-2.0
#include "crypto/hash.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

#include "crypto/openssl.hpp"

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

// RFC 2104 section 2 in its own words: H(K XOR opad, H(K XOR ipad, text)). The one-shot HMAC() of OpenSSL 3 looks its
// algorithm up at each call, which costs more than the hashing of what we give it.
Digest hmac_sha256(base::BytesView key, base::BytesView message) {
    constexpr std::size_t block_bytes = 64;
    std::array<std::uint8_t, block_bytes> inner{}, outer{};
    if (key.size() > block_bytes) {
        const Digest hashed = sha256(key);
        std::copy(hashed.begin(), hashed.end(), inner.begin());
    } else {
        std::copy(key.begin(), key.end(), inner.begin());
    }
    for (std::size_t i = 0; i < block_bytes; ++i) {
        outer[i] = static_cast<std::uint8_t>(inner[i] ^ 0x5c);
        inner[i] ^= 0x36;
    }
    const Digest digest = sha256({outer, sha256({inner, message})});
    OPENSSL_cleanse(inner.data(), inner.size());
    OPENSSL_cleanse(outer.data(), outer.size());
    return digest;
}

bool equal_constant_time(base::BytesView a, base::BytesView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace kelisim::crypto
