// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport_signatures.hpp"

#include "soap/fault.hpp"
#include "soap/security.hpp"
#include "trust/findings.hpp"

namespace kelisim::gateway {

const base::Reason transport_signer_is_no_organisation{
    "transport_signer_is_no_organisation",
    base::Kind::invalid,
    "307/НК п.2(15)",
    {"Хабарламаға ұйымның емес сертификатпен қол қойылған.", "Сообщение подписано не сертификатом организации.",
     "The message is signed with a certificate that is no organisation's."}};

namespace {

BadSignature rejected(const trust::DocumentReport& report) {
    trust::Findings of_signature = report.findings;
    for (const trust::SignerReport& signer : report.signers)
        of_signature.add(signer.findings);
    if (of_signature.has(soap::soap_not_signed)) return {soap::sce_not_signed, of_signature.refusal()};
    if (of_signature.verdict() != trust::Verdict::valid)
        return {soap::sce_transport_signature_wrong, of_signature.refusal()};
    if (report.status_alone_unknown())
        throw base::Outage("neither a responder nor a list says whether a certificate is revoked");
    const trust::Findings all = report.all_findings();
    if (all.verdict() == trust::Verdict::valid) return {soap::sce_not_signed, base::Refusal(soap::soap_not_signed)};
    return {soap::sce_transport_signature_outdated, all.refusal()};
}

}  // namespace

std::variant<SignedBody, BadSignature> TransportSignatures::check(const soap::Envelope& envelope) const {
    const trust::DocumentReport report = soap::verify(envelope, known_, verifier_.now());
    if (report.verdict() != trust::Verdict::valid) return rejected(report);
    const std::string& organisation = report.signers.front().certificate->subject().owner().bin;
    if (organisation.empty()) {
        return BadSignature{soap::sce_transport_signature_wrong, base::Refusal(transport_signer_is_no_organisation)};
    }
    auto body = xml::Document::parse(report.content, soap::channel_limits);
    if (body.has_error()) return BadSignature{soap::sce_malformed, body.error()};
    const trust::CertificateReport& signer = *report.signers.front().certificate;
    using enum trust::Role;
    return SignedBody{
        .organisation = organisation,
        .speaks_for_it = signer.has(system_of_organisation) || signer.has(first_head) || signer.has(may_sign),
        .body = std::move(*body)};
}

}  // namespace kelisim::gateway
