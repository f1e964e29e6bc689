// SPDX-License-Identifier: Apache-2.0
#include "soap/security.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "trust/xml_findings.hpp"
#include "trust/xml_signature.hpp"

namespace kelisim::soap {
namespace {

constexpr std::string_view dsig = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::string_view x509_v3 =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
constexpr std::string_view base64_binary =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

using trust::Certificate;
using trust::Findings;

// --- The certificate, wherever the message says that it is

bool is_x509_in_base64(xml::Element token) {
    // Message Security 1.0 section 6.3: base64 is the encoding when none is named.
    return token.attribute("", "ValueType") == x509_v3 &&
           token.attribute("", "EncodingType").value_or(std::string(base64_binary)) == base64_binary;
}

std::optional<Certificate> read_token(xml::Element token, const trust::Verification& with, Findings& findings) {
    std::optional<Certificate> certificate;
    if (is_x509_in_base64(token)) certificate = trust::certificate_in(token, with);
    if (!certificate) findings.fail(soap_key_reference, std::string(token.name()));
    return certificate;
}

std::optional<Certificate> find_named(xml::Element data, const std::vector<Certificate>& known, Findings& findings) {
    const auto issuer_serial = data.child(dsig, "X509IssuerSerial");
    std::optional<Certificate> certificate;
    if (issuer_serial) certificate = trust::find_by_issuer_and_serial(*issuer_serial, known);
    if (!issuer_serial)
        findings.fail(soap_key_reference, "X509Data");
    else if (!certificate)
        findings.fail(soap_key_unknown);
    return certificate;
}

class Reader {
public:
    Reader(const Envelope& envelope, const std::vector<Certificate>& known, const trust::Verification& with,
           Findings& findings)
        : envelope_(envelope), known_(known), with_(with), findings_(findings) {}

    // The signature to verify, or nothing when the header is not as it has to be.
    std::optional<xml::Element> signature() {
        std::vector<xml::Element> blocks;
        if (envelope_.header()) blocks = envelope_.header()->children(wsse_namespace, "Security");
        if (blocks.empty()) return refused(soap_not_signed);
        if (blocks.size() > 1) return refused(soap_security_twice);
        security_ = blocks.front();
        for (const xml::Element entry : security_->children())
            if (!entry.is(dsig, "Signature") && !entry.is(wsse_namespace, "BinarySecurityToken") &&
                !entry.is(xml::wsu_namespace, "Timestamp"))
                findings_.fail(soap_security_unknown, std::string(entry.name()));
        const std::vector<xml::Element> signatures = security_->children(dsig, "Signature");
        if (signatures.empty()) return refused(soap_not_signed);
        if (signatures.size() > 1) return refused(trust::xml_signature_extra);
        std::size_t in_header = 0;
        envelope_.header()->walk([&](xml::Element each) { in_header += each.is(dsig, "Signature") ? 1U : 0U; });
        if (in_header != 1) return refused(soap_signature_beside);
        return signatures.front();
    }

    std::optional<Certificate> certificate(xml::Element signature) {
        const auto key_info = signature.child(dsig, "KeyInfo");
        const std::vector<xml::Element> ways = key_info ? key_info->children() : std::vector<xml::Element>{};
        if (ways.empty()) {
            findings_.fail(trust::xml_signature_key_missing);
            return std::nullopt;
        }
        if (ways.size() != 1 || !ways.front().is(wsse_namespace, "SecurityTokenReference"))
            return no_certificate(ways.front());
        const std::vector<xml::Element> references = ways.front().children();
        if (references.size() != 1) return no_certificate(ways.front());
        const xml::Element reference = references.front();
        if (reference.is(wsse_namespace, "KeyIdentifier")) return read_token(reference, with_, findings_);
        if (reference.is(wsse_namespace, "Reference")) return referred(reference);
        if (reference.is(dsig, "X509Data")) return find_named(reference, known_, findings_);
        return no_certificate(reference);
    }

private:
    std::optional<xml::Element> refused(const base::Reason& reason) {
        findings_.fail(reason);
        return std::nullopt;
    }
    std::optional<Certificate> no_certificate(xml::Element element) {
        findings_.fail(soap_key_reference, std::string(element.name()));
        return std::nullopt;
    }

    // A token of this wsse:Security and of no other place.
    std::optional<Certificate> referred(xml::Element reference) {
        const std::string uri = reference.attribute("", "URI").value_or("");
        if (!uri.starts_with('#')) return no_certificate(reference);
        const auto token = envelope_.document().by_id(std::string_view(uri).substr(1));
        if (!token) {
            const base::Refusal refusal = token.error();
            for (const base::Reason* const reason : refusal.reasons())
                findings_.fail(*reason);
            return std::nullopt;
        }
        if (!token->is(wsse_namespace, "BinarySecurityToken") || token->parent() != security_)
            return no_certificate(reference);
        return read_token(*token, with_, findings_);
    }

    const Envelope& envelope_;
    const std::vector<Certificate>& known_;
    const trust::Verification& with_;
    Findings& findings_;
    std::optional<xml::Element> security_;
};

// As WSS4J writes it: the certificate itself, not a name of it.
std::string key_identifier(const Certificate& certificate) {
    return "<wsse:SecurityTokenReference xmlns:wsse=\"" + std::string(wsse_namespace) +
           "\"><wsse:KeyIdentifier EncodingType=\"" + std::string(base64_binary) + "\" ValueType=\"" +
           std::string(x509_v3) + "\">" + base::to_base64(certificate.der()) +
           "</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
}

}  // namespace

trust::DocumentReport verify(const Envelope& envelope, const std::vector<Certificate>& known,
                             const trust::Verification& with) {
    Findings findings;
    Reader reader(envelope, known, with, findings);
    trust::DocumentReport report;
    if (const auto signature = reader.signature()) {
        const std::optional<Certificate> certificate = reader.certificate(*signature);
        // pki.md 3.2: others verify whatever the Reference is of and then process the body. It has to be the body.
        report = trust::verify_message_signature(envelope.document(), *signature, envelope.body(), certificate, with);
    }
    report.findings.add(findings);
    if (findings.verdict() != trust::Verdict::valid) report.content.clear();
    return report;
}

base::Result<base::Bytes> sign(const Outgoing& message, const trust::SigningKey& key) {
    if (!xml::is_id(message.body_id)) return base::Refusal(trust::xml_signature_uri);
    // In this order, and without a character between: what is signed should look the same to everyone who handles it.
    const std::string text = "<soap:Envelope xmlns:soap=\"" + std::string(namespace_of(message.version)) +
                             "\"><soap:Header><wsse:Security xmlns:wsse=\"" + std::string(wsse_namespace) +
                             "\" soap:mustUnderstand=\"1\"></wsse:Security></soap:Header><soap:Body xmlns:wsu=\"" +
                             std::string(xml::wsu_namespace) + "\" wsu:Id=\"" + std::string(message.body_id) + "\">" +
                             std::string(message.content) + "</soap:Body></soap:Envelope>";
    auto envelope = Envelope::parse(base::as_bytes(text));
    if (!envelope) return envelope.error();
    const xml::Element security = envelope->header()->children().front();
    if (auto done = trust::sign_message(envelope->document(), security, message.body_id,
                                        key_identifier(key.chain().front()), key);
        !done)
        return done.error();
    return envelope->document().to_bytes();
}

}  // namespace kelisim::soap
