// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

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

}  // namespace
}  // namespace kelisim::crypto

BENCHMARK_MAIN();
