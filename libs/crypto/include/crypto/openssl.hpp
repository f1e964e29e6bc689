// SPDX-License-Identifier: Apache-2.0
// Handles of OpenSSL that free themselves, and the one way its failures become ours.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace kelisim::crypto {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* handle) const {
        free_function(handle);
    }
};

inline void free_bio(BIO* bio) {
    BIO_free(bio);
}

using MdContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Bignum = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Bio = std::unique_ptr<BIO, Free<free_bio>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using ParamList = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;

// Decides on the return value alone: a failure with an empty error queue is a failure. Throws base::Outage.
[[noreturn]] void fail(const char* what);
inline void require(int returned, const char* what) {
    if (returned != 1) fail(what);
}
template <class Handle>
Handle required(Handle handle, const char* what) {
    if (!handle) fail(what);
    return handle;
}

// Fetched once: OpenSSL 3.0 looks an algorithm up by name, under a lock, at each use of EVP_sha256() and its like.
const EVP_MD* sha256_algorithm();
const EVP_CIPHER* aes_256_gcm_algorithm();

}  // namespace kelisim::crypto
