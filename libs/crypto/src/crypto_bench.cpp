// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <gmp.h>
#include <nettle/ecc-curve.h>
#include <nettle/gostdsa.h>

#include "crypto/gost.hpp"
#include "crypto/hash.hpp"
#include "crypto/seal.hpp"
#include "crypto/signature.hpp"
#include "crypto/vrf.hpp"

namespace kelisim::crypto {
namespace {

void seal_300_bytes(benchmark::State& state) {
    base::SystemEntropy entropy;
    const SealKey key = make_seal_key(entropy);
    const base::Bytes plain(300);
    for (auto _ : state)
        benchmark::DoNotOptimize(seal(key, plain, base::as_bytes("context"), entropy));
}
BENCHMARK(seal_300_bytes);

void sha256_300_bytes(benchmark::State& state) {
    const base::Bytes plain(300);
    for (auto _ : state)
        benchmark::DoNotOptimize(sha256(plain));
}
BENCHMARK(sha256_300_bytes);

void sign_es256(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate_p256();
    const base::Bytes plain(300);
    for (auto _ : state)
        benchmark::DoNotOptimize(key.sign(Algorithm::es256, plain));
}
BENCHMARK(sign_es256);

void verify_es256(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate_p256();
    const base::Bytes plain(300);
    const auto signature = key.sign(Algorithm::es256, plain);
    const PublicKey verifier = key.public_key();
    for (auto _ : state)
        benchmark::DoNotOptimize(verifier.verifies(Algorithm::es256, plain, signature));
}
BENCHMARK(verify_es256);

void prove_vrf(benchmark::State& state) {
    const VrfKey key = VrfKey::generate();
    for (auto _ : state)
        benchmark::DoNotOptimize(key.prove(base::as_bytes("450810100013")));
}
BENCHMARK(prove_vrf);

// GOST beside the bare calls of nettle.
const base::Bytes gost_digest = gost_hash(GostHash::streebog_512, {base::as_bytes("kelisim")});

void sign_gost_512(benchmark::State& state) {
    base::SystemEntropy entropy;
    const GostPrivateKey key = GostPrivateKey::generate(entropy);
    for (auto _ : state)
        benchmark::DoNotOptimize(key.sign(gost_digest, entropy));
}
BENCHMARK(sign_gost_512);

void verify_gost_512(benchmark::State& state) {
    base::SystemEntropy entropy;
    const GostPrivateKey key = GostPrivateKey::generate(entropy);
    const base::Bytes signature = key.sign(gost_digest, entropy);
    const GostPublicKey verifier = key.public_key();
    for (auto _ : state)
        benchmark::DoNotOptimize(verifier.verifies(gost_digest, signature));
}
BENCHMARK(verify_gost_512);

struct BareGost {
    BareGost() {
        ecc_point_init(&point, nettle_get_gost_gc512a());
        ecc_scalar_init(&scalar, nettle_get_gost_gc512a());
        dsa_signature_init(&signature);
        gostdsa_generate_keypair(&point, &scalar, &entropy, draw);
        sign();
    }
    BareGost(const BareGost&) = delete;
    BareGost& operator=(const BareGost&) = delete;
    ~BareGost() {
        ecc_point_clear(&point);
        ecc_scalar_clear(&scalar);
        dsa_signature_clear(&signature);
    }
    void sign() { gostdsa_sign(&scalar, &entropy, draw, gost_digest.size(), gost_digest.data(), &signature); }
    static void draw(void* from, std::size_t size, std::uint8_t* out) {
        static_cast<base::Entropy*>(from)->fill({out, size});
    }
    base::SystemEntropy entropy;
    ecc_point point;
    ecc_scalar scalar;
    dsa_signature signature;
};

void bare_sign_gost_512(benchmark::State& state) {
    BareGost bare;
    for (auto _ : state)
        bare.sign();
}
BENCHMARK(bare_sign_gost_512);

void bare_verify_gost_512(benchmark::State& state) {
    BareGost bare;
    for (auto _ : state)
        benchmark::DoNotOptimize(gostdsa_verify(&bare.point, gost_digest.size(), gost_digest.data(), &bare.signature));
}
BENCHMARK(bare_verify_gost_512);

void streebog_512_1_kib(benchmark::State& state) {
    const base::Bytes plain(1024);
    for (auto _ : state)
        benchmark::DoNotOptimize(gost_hash(GostHash::streebog_512, {plain}));
}
BENCHMARK(streebog_512_1_kib);

}  // namespace
}  // namespace kelisim::crypto

BENCHMARK_MAIN();
