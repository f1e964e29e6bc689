// SPDX-License-Identifier: Apache-2.0
// Whatever comes in place of a certificate: no crash; what is read is read again from its own bytes as the same, and leads to
// no anchor.
#include <cstdlib>

#include "trust/path.hpp"
#include "trust/testing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static base::SeededEntropy entropy(1);
    static const trust::test::Pki pki(trust::KeyKind::gost2015_512, entropy);
    static const trust::Authorities authorities = pki.authorities();
    static const trust::Policy policy{.allow_rsa_sha1 = true, .allow_gost2004 = true, .revocation_required = false};
    const trust::Verification with{.authorities = authorities,
                                   .policy = policy,
                                   .revocation = nullptr,
                                   .at = trust::test::now,
                                   .now = trust::test::now};
    const auto read = trust::Certificate::from_any({data, size});
    if (!read) return 0;
    const auto again = trust::Certificate::from_der(read->der());
    if (!again || !(*again == *read) || again->subject() != read->subject() || again->serial() != read->serial())
        std::abort();
    const auto report = trust::check_certificate(*read, {pki.head.certificate}, trust::Purpose::any, with);
    if (report.verdict() == trust::Verdict::valid) std::abort();
    static_cast<void>(read->issuer_text());
    static_cast<void>(read->authority_text());
    static_cast<void>(read->serial_decimal());
    return 0;
}
