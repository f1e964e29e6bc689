// SPDX-License-Identifier: Apache-2.0
#include "identity/electronic_signature.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "trust/cms.hpp"
#include "trust/findings.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::identity {

const base::Reason eds_unreadable{"eds_unreadable",
                                  base::Kind::invalid,
                                  "307/НК п.60",
                                  {"Бұл электрондық қолтаңба емес.", "Это не электронная подпись.",
                                   "This is no electronic signature: XML, or CMS in PEM or base64."}};
const base::Reason eds_one_signer{
    "eds_one_signer",
    base::Kind::invalid,
    "418-V ст.27(3)",
    {"Бір ғана адам қол қоюы керек.", "Подписать должен один человек.", "Exactly one person signs here."}};
const base::Reason eds_no_iin{"eds_no_iin",
                              base::Kind::invalid,
                              "418-V ст.27(3)",
                              {"Сертификатта адамның ЖСН-і жоқ.", "В сертификате нет ИИН человека.",
                               "The certificate holds no IIN of a person."}};

const base::Reason eds_not_a_person{
    "eds_not_a_person",
    base::Kind::invalid,
    "418-V ст.27(3)",
    {"Бұл адамның емес, ақпараттық жүйенің сертификаты.", "Это сертификат информационной системы, а не человека.",
     "The certificate is an information system's, not a person's."}};

namespace {

constexpr std::size_t nonce_bytes = 32;

std::optional<std::string_view> only_text(const boost::json::value& answer) {
    if (const auto* const text = answer.if_string()) return *text;
    const auto* const list = answer.if_array();
    if (list == nullptr || list->size() != 1 || !list->front().is_string()) return std::nullopt;
    return list->front().get_string();
}

std::string_view without_blanks_before(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

base::Refusal refusal_of(const trust::DocumentReport& report) {
    if (report.status_alone_unknown())
        throw base::Outage("neither a responder nor a list says whether a certificate is revoked");
    const trust::Findings all = report.all_findings();
    return all.verdict() == trust::Verdict::valid ? base::Refusal(eds_unreadable) : all.refusal();
}

// A system may hold the IIN of whom it belongs to (pki.md 1.2); it signs in for nobody.
bool is_a_persons(const trust::CertificateReport& certificate) {
    using enum trust::Role;
    const bool system = certificate.has(system_of_person) || certificate.has(system_of_organisation);
    return !system && (certificate.has(natural_person) || certificate.has(legal_entity));
}

}  // namespace

std::string make_challenge(std::string_view issuer, std::string_view purpose, base::Time expires,
                           base::Entropy& entropy) {
    base::Bytes nonce(nonce_bytes);
    entropy.fill(nonce);
    // Attributes in the order of Canonical XML 1.0, 2.2: by name. An issuer is a URL, so nothing of it is to be escaped.
    return fmt::format(R"(<challenge expires="{}" host="{}" nonce="{}" purpose="{}"></challenge>)",
                       base::to_iso8601(expires), issuer, base::to_base64url(nonce), purpose);
}

base::Result<SignedDocument> ElectronicSignatures::check(const boost::json::value& answer,
                                                         trust::Purpose purpose) const {
    const auto text = only_text(answer);
    if (!text) return base::Refusal(eds_unreadable);
    const trust::Verification with = verifier_.now();
    SignedDocument document;
    trust::DocumentReport report;
    if (without_blanks_before(*text).starts_with('<')) {
        const base::BytesView bytes = base::as_bytes(*text);
        document.bytes.assign(bytes.begin(), bytes.end());
        trust::XmlRules rules;
        rules.purpose = purpose;
        report = trust::verify_xml(document.bytes, rules, with);
    } else {
        auto bytes = trust::read_cms_text(*text);
        if (!bytes) return base::Refusal(eds_unreadable);
        document.form = SignedDocument::Form::cms;
        document.bytes = *std::move(bytes);
        trust::CmsRules rules;
        rules.purpose = purpose;
        report = trust::verify_cms(document.bytes, rules, with);
    }
    if (report.verdict() != trust::Verdict::valid) return refusal_of(report);
    if (report.signers.size() != 1) return base::Refusal(eds_one_signer);
    const trust::CertificateReport& certificate = *report.signers.front().certificate;
    if (!is_a_persons(certificate)) return base::Refusal(eds_not_a_person);
    const auto iin = base::Iin::parse(certificate.subject().owner().iin.reveal());
    if (iin.has_error()) return base::Refusal(eds_no_iin);
    document.content = std::move(report.content);
    document.signatory = {.iin = *iin,
                          .bin = certificate.subject().owner().bin,
                          .roles = certificate.roles,
                          .certificate = certificate.subject().fingerprint()};
    return document;
}

}  // namespace kelisim::identity
