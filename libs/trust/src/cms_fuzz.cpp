// SPDX-License-Identifier: Apache-2.0
// Whatever comes in place of a signed document, a time stamp or a certificate: no crash, bounded time, nothing that a stranger
// made is valid, and no content is returned as signed unless every signature over it is right.
#include <cstdlib>

#include "der.hpp"
#include "trust/cms.hpp"
#include "trust/testing.hpp"
#include "trust/time_stamp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static base::SeededEntropy entropy(1);
    // Of another seed than the corpus, so that its documents are a stranger's.
    static const trust::test::Pki pki(trust::KeyKind::gost2015_512, entropy);
    static const trust::Authorities authorities = pki.authorities();
    static const trust::Policy policy{.revocation_required = false};
    const trust::Verification with{.authorities = authorities,
                                   .policy = policy,
                                   .revocation = nullptr,
                                   .at = trust::test::now,
                                   .now = trust::test::now};
    const base::BytesView bytes(data, size);
    if (const auto der = trust::der::from_ber(bytes)) {
        if (trust::der::from_ber(*der) != der) std::abort();  // DER is its own DER
    }
    const trust::CmsRules lenient{.signed_attributes_required = false};
    const trust::DocumentReport report = trust::verify_cms(bytes, lenient, with);
    if (report.verdict() != trust::Verdict::invalid) std::abort();
    if (report.findings.all().empty() && report.signers.empty()) std::abort();
    static_cast<void>(trust::verify_detached_cms(bytes, {base::as_bytes("content")}, lenient, with));
    if (trust::verify_time_stamp(bytes, {base::as_bytes("data")}, with).verdict() != trust::Verdict::invalid)
        std::abort();
    if (const auto binary = trust::read_cms_text(base::as_text(bytes)))
        static_cast<void>(trust::verify_cms(*binary, lenient, with));
    static_cast<void>(trust::signature_to_stamp(bytes, pki.head.certificate));
    return 0;
}
