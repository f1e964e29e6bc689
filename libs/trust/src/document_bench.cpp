// SPDX-License-Identifier: Apache-2.0
// What a signed XML document costs to make and to verify, chain and all, beside the bare signature of the same bytes: `bare_`
// beside each. Revocation is not asked for.
#include <benchmark/benchmark.h>

#include "trust/findings.hpp"
#include "trust/testing.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::trust {
namespace {

// As the answer of a person: some hundred bytes.
const std::string document =
    "<answer><request>019aa000-0000-7000-8000-000000000000</request><yes>" + std::string(300, 'x') + "</yes></answer>";

struct World {
    explicit World(KeyKind kind)
        : pki(kind, entropy), authorities(pki.authorities()), key(test::signing_key(pki.person, {}, entropy)) {}

    base::SystemEntropy entropy;
    test::Pki pki;
    Authorities authorities;
    SigningKey key;
    Policy policy{.revocation_required = false};
    Verification with{
        .authorities = authorities, .policy = policy, .revocation = nullptr, .at = test::now, .now = test::now};
};

template <KeyKind kind>
void sign_document(benchmark::State& state) {
    const World world(kind);
    for (auto _ : state)
        benchmark::DoNotOptimize(sign_xml(base::as_bytes(document), world.key));
}

template <KeyKind kind>
void verify_document(benchmark::State& state) {
    const World world(kind);
    const base::Bytes made = sign_xml(base::as_bytes(document), world.key).value();
    if (verify_xml(made, {}, world.with).verdict() != Verdict::valid) state.SkipWithError("it does not verify");
    for (auto _ : state)
        benchmark::DoNotOptimize(verify_xml(made, {}, world.with));
}

template <KeyKind kind>
void bare_sign(benchmark::State& state) {
    const World world(kind);
    for (auto _ : state)
        benchmark::DoNotOptimize(world.pki.person.key.sign(base::as_bytes(document)));
}

// One signature; a document takes one more for each certificate between the signer and the anchor, and the anchor's own.
template <KeyKind kind>
void bare_verify(benchmark::State& state) {
    const World world(kind);
    const base::Bytes signature = world.pki.person.key.sign(base::as_bytes(document));
    const PublicKey& key = *world.pki.person.certificate.key();
    const SignatureAlgorithm algorithm = signature_for(kind);
    if (!key.verifies(algorithm, base::as_bytes(document), signature)) state.SkipWithError("it does not verify");
    for (auto _ : state)
        benchmark::DoNotOptimize(key.verifies(algorithm, base::as_bytes(document), signature));
}

#define DOCUMENT_BENCHMARKS(kind)                                         \
    BENCHMARK(sign_document<KeyKind::kind>)->Name("sign_xml_" #kind);     \
    BENCHMARK(bare_sign<KeyKind::kind>)->Name("bare_sign_of_xml_" #kind); \
    BENCHMARK(verify_document<KeyKind::kind>)->Name("verify_xml_" #kind); \
    BENCHMARK(bare_verify<KeyKind::kind>)->Name("bare_verify_of_xml_" #kind)

DOCUMENT_BENCHMARKS(rsa);
DOCUMENT_BENCHMARKS(ec);
DOCUMENT_BENCHMARKS(gost2015_512);

}  // namespace
}  // namespace kelisim::trust
