// SPDX-License-Identifier: Apache-2.0
#include "crypto/hash_stream.hpp"

#include "crypto/openssl.hpp"

namespace kelisim::crypto {

struct Sha256::Context {
    MdContext md = required(MdContext(EVP_MD_CTX_new()), "digest context");
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    require(EVP_DigestInit_ex2(context_->md.get(), sha256_algorithm(), nullptr), "digest");
}
Sha256::~Sha256() = default;

void Sha256::add(base::BytesView bytes) {
    require(EVP_DigestUpdate(context_->md.get(), bytes.data(), bytes.size()), "digest");
}

Digest Sha256::finish() {
    Digest digest;
    require(EVP_DigestFinal_ex(context_->md.get(), digest.data(), nullptr), "digest");
    return digest;
}

}  // namespace kelisim::crypto
