// SPDX-License-Identifier: Apache-2.0
// What WS-Security costs: a message of some hundred bytes signed, and parsed and verified with its chain: of a sender who is
// heard for the first time, and of one who was heard before. The bare signatures stand in trust_bench.
#include <benchmark/benchmark.h>

#include "soap/security.hpp"
#include "trust/testing.hpp"
#include "trust/verified_certificates.hpp"

namespace kelisim::soap {
namespace {

const std::string content =
    "<typ:SendMessage xmlns:typ=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request><messageId>m-1</messageId><data>" +
    std::string(300, 'x') + "</data></request></typ:SendMessage>";

struct World {
    explicit World(trust::KeyKind kind, bool remembers = false)
        : pki(kind, entropy),
          authorities(pki.authorities()),
          key(trust::test::signing_key(pki.information_system, {}, entropy)) {
        if (remembers) with.verified = &verified;
    }

    base::SystemEntropy entropy;
    trust::test::Pki pki;
    trust::Authorities authorities;
    trust::SigningKey key;
    trust::VerifiedCertificates verified;
    trust::Policy policy{.revocation_required = false};
    trust::Verification with{.authorities = authorities,
                             .policy = policy,
                             .revocation = nullptr,
                             .at = trust::test::now,
                             .now = trust::test::now};

    base::Bytes message() const { return sign({.content = content, .body_id = "id-1"}, key).value(); }
    trust::Verdict verdict(const base::Bytes& of) const {
        const auto envelope = Envelope::parse(of);
        return verify(*envelope, {}, with).verdict();
    }
};

template <trust::KeyKind kind>
void sign_message(benchmark::State& state) {
    const World world(kind);
    for (auto _ : state)
        benchmark::DoNotOptimize(world.message());
}

template <trust::KeyKind kind, bool remembers>
void verify_message(benchmark::State& state) {
    const World world(kind, remembers);
    const base::Bytes made = world.message();
    if (world.verdict(made) != trust::Verdict::valid) state.SkipWithError("it does not verify");
    for (auto _ : state)
        benchmark::DoNotOptimize(world.verdict(made));
}

#define MESSAGE_BENCHMARKS(kind)                                                              \
    BENCHMARK(sign_message<trust::KeyKind::kind>)->Name("sign_soap_" #kind);                  \
    BENCHMARK(verify_message<trust::KeyKind::kind, false>)->Name("verify_soap_first_" #kind); \
    BENCHMARK(verify_message<trust::KeyKind::kind, true>)->Name("verify_soap_" #kind)

MESSAGE_BENCHMARKS(rsa);
MESSAGE_BENCHMARKS(ec);
MESSAGE_BENCHMARKS(gost2015_512);

}  // namespace
}  // namespace kelisim::soap

BENCHMARK_MAIN();
