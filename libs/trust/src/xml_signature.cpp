// SPDX-License-Identifier: Apache-2.0
#include "trust/xml_signature.hpp"

#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "ecdsa_form.hpp"
#include "trust/findings.hpp"
#include "trust/verified_certificates.hpp"
#include "trust/xml_findings.hpp"
#include "xml_form.hpp"
#include "xmlsec.hpp"

namespace kelisim::trust {
namespace {

bool is_dsig(xml::Element element, std::string_view name) {
    return element.is(dsig_namespace, name);
}

std::vector<xml::Element> signatures_in(xml::Element top) {
    std::vector<xml::Element> found;
    top.walk([&](xml::Element each) {
        if (is_dsig(each, "Signature")) found.push_back(each);
    });
    return found;
}

void add_refusal(Findings& findings, const base::Refusal& refusal) {
    for (const base::Reason* const reason : refusal.reasons())
        findings.fail(*reason);
}

// --- Whose signature it is

struct Signer {
    std::optional<Certificate> certificate;
    std::vector<Certificate> others;  // sent along
};

// XMLDSig 4.5.4: "All such elements that appear MUST refer to the validation key"; the first certificate is taken for the
// signer's, the others for its chain. Certificates prove themselves, so nothing here is believed.
Signer read_x509_data(xml::Element data, const std::vector<Certificate>& known, const Verification& with,
                      Findings& findings) {
    Signer found;
    const std::vector<xml::Element> certificates = data.children(dsig_namespace, "X509Certificate");
    if (certificates.size() > base::limits::certificate_chain_max) {
        findings.fail(xml_signature_structure, "X509Data: certificates");
        return found;
    }
    for (const xml::Element each : certificates) {
        const std::optional<std::string> text = each.text();
        if (!text || !from_xml_base64(*text))
            findings.fail(xml_signature_base64, "X509Certificate");
        else if (auto certificate = certificate_in(each, with))
            found.others.push_back(*std::move(certificate));
        else
            findings.fail(certificate_malformed);
    }
    if (!found.others.empty()) {
        found.certificate = found.others.front();
        found.others.erase(found.others.begin());
        return found;
    }
    if (!certificates.empty()) return found;
    const std::optional<xml::Element> named = data.child(dsig_namespace, "X509IssuerSerial");
    if (!named) {
        findings.fail(xml_signature_key_missing);
        return found;
    }
    found.certificate = find_by_issuer_and_serial(*named, known);
    if (!found.certificate) findings.fail(xml_signature_key_unknown);
    return found;
}

Signer read_key_info(const std::optional<xml::Element>& key_info, const std::vector<Certificate>& known,
                     const Verification& with, Findings& findings) {
    const std::optional<xml::Element> data = key_info ? key_info->child(dsig_namespace, "X509Data") : std::nullopt;
    if (!data) {
        findings.fail(xml_signature_key_missing);
        return {};
    }
    return read_x509_data(*data, known, with, findings);
}

// --- What is signed

std::optional<xml::Element> find_part(const xml::Document& document, const SignedPart& part, const XmlForm& form,
                                      Findings& findings) {
    const xml::Element root = document.root();
    if (form.id.empty()) {
        if (part.kind == SignedPart::Kind::named && !root.is(part.ns, part.name)) findings.fail(xml_signature_element);
        return root;
    }
    const auto found = document.by_id(form.id);
    if (!found) {
        add_refusal(findings, found.error());
        return std::nullopt;
    }
    bool expected = true;
    if (part.kind == SignedPart::Kind::root) expected = *found == root;
    if (part.kind == SignedPart::Kind::named) {
        std::size_t named = 0;
        root.walk([&](xml::Element each) { named += each.is(part.ns, part.name) ? 1U : 0U; });
        expected = named == 1 && found->is(part.ns, part.name);
    }
    if (!expected) findings.fail(xml_signature_element);
    return *found;
}

// The digest of the Reference is judged like the signature that it belongs to.
SignatureAlgorithm signature_with(DigestAlgorithm digest) {
    if (digest == DigestAlgorithm::sha1) return SignatureAlgorithm::rsa_sha1;
    if (digest == DigestAlgorithm::gost34311) return SignatureAlgorithm::gost2004;
    return SignatureAlgorithm::rsa_sha256;
}

void judge_algorithms(const XmlForm& form, const Policy& policy, Findings& findings) {
    const auto judge = [&](SignatureAlgorithm algorithm, std::string_view uri) {
        const std::optional<bool> allowed = is_legacy_allowed(algorithm, policy);
        if (allowed)
            findings.add(xml_signature_algorithm_legacy, *allowed ? Weight::note : Weight::fails, std::string(uri));
    };
    judge(form.algorithm, uri_of(form.algorithm));
    if (form.digest != digest_of(form.algorithm)) judge(signature_with(form.digest), uri_of(form.digest));
}

// --- One signature

struct OneSignature {
    SignerReport signer;
    std::optional<xml::Element> part = {};
    base::Bytes content = {};  // empty unless digest, signature, form and reference hold
};

// xmlsec1 stops at a digest that differs; whether ds:SignedInfo is as it was signed is worth saying too.
bool signed_info_holds(const XmlForm& form, const PublicKey& key) {
    const auto bytes = xml::canonical(form.signed_info, form.signed_info_form, form.signed_info_prefixes);
    return bytes && xml_signature_verifies(key, form.algorithm, *bytes, form.value);
}

base::Bytes compute(const XmlForm& form, xml::Element signature, xml::Element part, const PublicKey& key,
                    Findings& findings) {
    XmlsecAnswer answer = xmlsec_verify(signature, part, form.id, key);
    switch (answer.kind) {
        case XmlsecAnswer::Kind::valid:
            return std::move(answer.content);
        case XmlsecAnswer::Kind::not_computable:
            findings.fail(xml_signature_not_computable);
            break;
        case XmlsecAnswer::Kind::signature_differs:
            findings.fail(xml_signature_value);
            break;
        case XmlsecAnswer::Kind::digest_differs:
            findings.fail(xml_signature_digest);
            if (!signed_info_holds(form, key)) findings.fail(xml_signature_value);
            break;
    }
    return {};
}

OneSignature conclude(const xml::Document& document, xml::Element signature, const XmlForm& form,
                      const SignedPart& expected, Signer signer, Findings findings, Purpose purpose,
                      const Verification& with) {
    OneSignature one;
    one.signer.algorithm = form.algorithm;
    one.signer.checked_at = with.at;
    judge_algorithms(form, with.policy, findings);
    const std::optional<xml::Element> part = find_part(document, expected, form, findings);
    // What such a comment parts, no signature shows: it is left out before the digest.
    if (part && part->has_comment_in_text()) findings.fail(xml_signature_comment);
    if (signer.certificate) {
        one.signer.certificate = check_certificate(*signer.certificate, signer.others, purpose, with);
        const std::optional<PublicKey>& key = signer.certificate->key();
        if (!key || key->kind() != key_kind(form.algorithm))
            findings.fail(xml_signature_key_differs);
        else if (part)
            one.content = compute(form, signature, *part, *key, findings);
    }
    if (findings.verdict() != Verdict::valid) one.content.clear();
    one.part = part;
    one.signer.findings = std::move(findings);
    return one;
}

OneSignature verify_business(const xml::Document& document, xml::Element signature, const XmlRules& rules,
                             const Verification& with) {
    Findings findings;
    const std::optional<XmlForm> form = read_form(signature, XmlProfile::business, findings);
    if (!form) {
        OneSignature one;
        one.signer.checked_at = with.at;
        one.signer.findings = std::move(findings);
        return one;
    }
    Signer signer = read_key_info(form->key_info, rules.known, with, findings);
    return conclude(document, signature, *form, rules.part, std::move(signer), std::move(findings), rules.purpose,
                    with);
}

// --- A document

bool placed_well(const std::vector<xml::Element>& signatures, const xml::Document& document, const XmlRules& rules) {
    // pki.md 3.1: last child of the root. A signature of a part may stand beside it, wherever the page put it.
    if (rules.part.kind != SignedPart::Kind::root && signatures.size() == 1) return true;
    return std::ranges::all_of(signatures, [&](xml::Element each) { return each.parent() == document.root(); });
}

DocumentReport verify_document(xml::Document document, const XmlRules& rules, const Verification& with) {
    DocumentReport report;
    const std::vector<xml::Element> signatures = signatures_in(document.root());
    if (signatures.empty())
        report.findings.fail(xml_signature_missing);
    else if (signatures.size() > rules.signatures_max)
        report.findings.fail(xml_signature_extra, std::to_string(signatures.size()));
    else if (signatures.front() == document.root() || !placed_well(signatures, document, rules))
        report.findings.fail(xml_signature_place);
    if (report.findings.verdict() != Verdict::valid) return report;

    bool whole = true;
    std::optional<xml::Element> part;
    for (std::size_t left = signatures.size(); left > 0; --left) {
        OneSignature one = verify_business(document, signatures[left - 1], rules, with);
        // One content is returned, so all have to have signed it.
        if (part && one.part && *one.part != *part) {
            one.signer.findings.fail(xml_signature_element);
            one.content.clear();
        }
        if (!part) part = one.part;
        whole = whole && !one.content.empty();
        report.content = std::move(one.content);  // at the end the innermost: the document without any signature
        report.signers.insert(report.signers.begin(), std::move(one.signer));
        document.remove(signatures[left - 1]);
    }
    if (!whole) report.content.clear();
    return report;
}

// --- Names of issuers, as writers put them

// RFC 4514 or RFC 2253: parts between commas that are not escaped; blanks around them and the case of types mean nothing.
std::multiset<std::string> name_parts(std::string_view text) {
    std::multiset<std::string> parts;
    std::string part;
    const auto end = [&] {
        const auto first = part.find_first_not_of(' ');
        if (first == std::string::npos) return;
        part = part.substr(first, part.find_last_not_of(' ') - first + 1);
        const std::size_t equals = part.find('=');
        for (std::size_t i = 0; i < part.size() && i < equals; ++i)
            if (part[i] >= 'a' && part[i] <= 'z') part[i] = static_cast<char>(part[i] - 'a' + 'A');
        parts.insert(part);
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            part += text[i];
            part += text[++i];
        } else if (text[i] == ',' || text[i] == '+') {
            end();
            part.clear();
        } else {
            part += text[i];
        }
    }
    end();
    return parts;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::optional<Certificate> find_by_issuer_and_serial(xml::Element issuer_serial,
                                                     const std::vector<Certificate>& known) {
    const auto issuer = issuer_serial.child(dsig_namespace, "X509IssuerName");
    const auto serial = issuer_serial.child(dsig_namespace, "X509SerialNumber");
    if (!issuer || !serial || !issuer->text() || !serial->text()) return std::nullopt;
    const std::string number(trimmed(*serial->text()));
    const std::multiset<std::string> name = name_parts(*issuer->text());
    for (const Certificate& each : known)
        if (each.serial_decimal() == number && name_parts(each.issuer_text()) == name) return each;
    return std::nullopt;
}

std::optional<Certificate> certificate_in(xml::Element element, const Verification& with) {
    const std::optional<std::string> text = element.text();
    const std::optional<base::Bytes> der = text ? from_xml_base64(*text) : std::nullopt;
    if (!der) return std::nullopt;
    return with.verified != nullptr ? with.verified->read(*der) : Certificate::from_der(*der);
}

DocumentReport verify_xml(base::BytesView document, const XmlRules& rules, const Verification& with) {
    auto parsed = xml::Document::parse(document);
    if (!parsed) {
        DocumentReport report;
        add_refusal(report.findings, parsed.error());
        return report;
    }
    return verify_document(*std::move(parsed), rules, with);
}

DocumentReport verify_xml(xml::Element element, const XmlRules& rules, const Verification& with) {
    DocumentReport report = verify_document(xml::Document::cut(element, xml::Scope::used), rules, with);
    const bool digest = std::ranges::any_of(
        report.signers, [](const SignerReport& one) { return one.findings.has(xml_signature_digest); });
    if (!digest) return report;
    DocumentReport with_scope = verify_document(xml::Document::cut(element, xml::Scope::whole), rules, with);
    return with_scope.content.empty() ? report : with_scope;
}

DocumentReport verify_message_signature(const xml::Document& document, xml::Element signature,
                                        xml::Element signed_element, const std::optional<Certificate>& certificate,
                                        const Verification& with) {
    DocumentReport report;
    Findings findings;
    const std::optional<XmlForm> form = read_form(signature, XmlProfile::message, findings);
    if (!form) {
        report.signers.push_back({.certificate = {},
                                  .algorithm = {},
                                  .claimed_at = {},
                                  .proven_at = {},
                                  .checked_at = with.at,
                                  .findings = std::move(findings)});
        return report;
    }
    const auto referred = document.by_id(form->id);
    if (referred && *referred != signed_element) findings.fail(xml_signature_element);
    OneSignature one =
        conclude(document, signature, *form, {.kind = SignedPart::Kind::whatever},
                 {.certificate = certificate, .others = {}}, std::move(findings), Purpose::transport, with);
    report.content = std::move(one.content);
    report.signers.push_back(std::move(one.signer));
    return report;
}

}  // namespace kelisim::trust
