// SPDX-License-Identifier: Apache-2.0
#include "gateway/message_signatures.hpp"

#include "soap/fault.hpp"
#include "soap/security.hpp"
#include "trust/findings.hpp"
#include "trust/xml_findings.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::gateway {

using base::Kind;
using base::Reason;

const Reason signer_is_no_organisation{
    "signer_is_no_organisation",
    Kind::invalid,
    "307/НК п.2(15)",
    {"Ұйымның емес сертификатпен қол қойылған.", "Подписано не сертификатом организации.",
     "The signature is made with a certificate that is no organisation's."}};
const Reason data_signer_of_another_organisation{
    "data_signer_of_another_organisation",
    Kind::invalid,
    "307/НК п.2(29)",
    {"Хабарламадағы деректерге басқа ұйым қол қойған.", "Данные сообщения подписала другая организация.",
     "Another organisation signed the data of the message."}};

namespace {

// The three ways in which one signature fails, of a message and of its data alike.
struct Codes {
    std::string_view absent, wrong, outdated;
    const Reason& nothing_signed;
};
const Codes transport{soap::sce_not_signed, soap::sce_transport_signature_wrong, soap::sce_transport_signature_outdated,
                      soap::soap_not_signed};
const Codes business{soap::sce_data_not_signed, soap::sce_data_signature_wrong, soap::sce_data_signature_outdated,
                     trust::xml_signature_missing};

BadSignature rejected(const trust::DocumentReport& report, const Codes& codes) {
    trust::Findings of_signature = report.findings;
    for (const trust::SignerReport& signer : report.signers)
        of_signature.add(signer.findings);
    if (of_signature.has(codes.nothing_signed)) return {codes.absent, of_signature.refusal()};
    if (of_signature.verdict() != trust::Verdict::valid) return {codes.wrong, of_signature.refusal()};
    if (report.status_alone_unknown())
        throw base::Outage("neither a responder nor a list says whether a certificate is revoked");
    const trust::Findings all = report.all_findings();
    if (all.verdict() == trust::Verdict::valid) return {codes.absent, base::Refusal(codes.nothing_signed)};
    return {codes.outdated, all.refusal()};
}

const std::string& organisation_of(const trust::DocumentReport& report) {
    return report.signers.front().certificate->subject().owner().bin;
}

}  // namespace

std::variant<SignedBody, BadSignature> MessageSignatures::check(const soap::Envelope& envelope) const {
    const trust::DocumentReport report = soap::verify(envelope, known_, verifier_.now());
    if (report.verdict() != trust::Verdict::valid) return rejected(report, transport);
    const std::string& organisation = organisation_of(report);
    if (organisation.empty()) return BadSignature{transport.wrong, base::Refusal(signer_is_no_organisation)};
    auto body = xml::Document::parse(report.content, soap::channel_limits);
    if (body.has_error()) return BadSignature{soap::sce_malformed, body.error()};
    const trust::CertificateReport& signer = *report.signers.front().certificate;
    using enum trust::Role;
    return SignedBody{
        .organisation = organisation,
        .speaks_for_it = signer.has(system_of_organisation) || signer.has(first_head) || signer.has(may_sign),
        .body = std::move(*body)};
}

std::optional<BadSignature> MessageSignatures::check_data(const soap::BusinessData& data,
                                                          std::string_view organisation) const {
    if (data.content() != soap::BusinessData::Content::document)
        return BadSignature{business.absent, base::Refusal(business.nothing_signed)};
    const trust::XmlRules rules{.known = known_};
    const trust::DocumentReport report = trust::verify_xml(data.root(), rules, verifier_.now());
    if (report.verdict() != trust::Verdict::valid) return rejected(report, business);
    const std::string& signer = organisation_of(report);
    if (signer.empty()) return BadSignature{business.wrong, base::Refusal(signer_is_no_organisation)};
    if (signer != organisation) return BadSignature{business.wrong, base::Refusal(data_signer_of_another_organisation)};
    return std::nullopt;
}

}  // namespace kelisim::gateway
