// SPDX-License-Identifier: Apache-2.0
// What a signature costs with RSA and ECDSA, and what the bare call of OpenSSL costs: `bare_` beside each. GOST stands in
// crypto_bench.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <string_view>

#include "asn1.hpp"
#include "openssl_digest.hpp"
#include "trust/public_key.hpp"

namespace kelisim::trust {
namespace {

const base::Bytes message(300, 0x6b);

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

Key generate(KeyKind kind) {
    Key key(kind == KeyKind::rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
    return crypto::required(std::move(key), "key generation");
}

base::Bytes sign_bare(EVP_PKEY* key, SignatureAlgorithm algorithm) {
    const crypto::MdContext context = crypto::required(crypto::MdContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    crypto::require(EVP_DigestSignInit(context.get(), nullptr, openssl_digest(digest_of(algorithm)), nullptr, key),
                    "init");
    std::size_t size = 0;
    crypto::require(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()), "size");
    base::Bytes signature(size);
    crypto::require(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()), "sign");
    signature.resize(size);
    return signature;
}

bool verify_bare(EVP_PKEY* key, SignatureAlgorithm algorithm, base::BytesView signature) {
    const crypto::MdContext context = crypto::required(crypto::MdContext(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    crypto::require(EVP_DigestVerifyInit(context.get(), nullptr, openssl_digest(digest_of(algorithm)), nullptr, key),
                    "init");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

void check(benchmark::State& state, bool held) {
    if (!held) state.SkipWithError("the signature does not verify");
}

template <SignatureAlgorithm algorithm>
void verify(benchmark::State& state) {
    const Key key = generate(key_kind(algorithm));
    const base::Bytes signature = sign_bare(key.get(), algorithm);
    const auto verifier = PublicKey::from_spki(to_der(key.get(), i2d_PUBKEY));
    check(state, verifier && verifier->verifies(algorithm, message, signature));
    for (auto _ : state)
        benchmark::DoNotOptimize(verifier->verifies(algorithm, message, signature));
}

template <SignatureAlgorithm algorithm>
void bare_verify(benchmark::State& state) {
    const Key key = generate(key_kind(algorithm));
    const base::Bytes signature = sign_bare(key.get(), algorithm);
    for (auto _ : state)
        benchmark::DoNotOptimize(verify_bare(key.get(), algorithm, signature));
}

template <SignatureAlgorithm algorithm>
void bare_sign(benchmark::State& state) {
    const Key key = generate(key_kind(algorithm));
    for (auto _ : state)
        benchmark::DoNotOptimize(sign_bare(key.get(), algorithm));
}

BENCHMARK(verify<SignatureAlgorithm::rsa_sha256>)->Name("verify_rsa_2048");
BENCHMARK(bare_verify<SignatureAlgorithm::rsa_sha256>)->Name("bare_verify_rsa_2048");
BENCHMARK(bare_sign<SignatureAlgorithm::rsa_sha256>)->Name("bare_sign_rsa_2048");
BENCHMARK(verify<SignatureAlgorithm::ecdsa_sha256>)->Name("verify_ecdsa_p256");
BENCHMARK(bare_verify<SignatureAlgorithm::ecdsa_sha256>)->Name("bare_verify_ecdsa_p256");
BENCHMARK(bare_sign<SignatureAlgorithm::ecdsa_sha256>)->Name("bare_sign_ecdsa_p256");

}  // namespace
}  // namespace kelisim::trust

BENCHMARK_MAIN();
