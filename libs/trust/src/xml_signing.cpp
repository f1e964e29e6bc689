// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "trust/xml_findings.hpp"
#include "trust/xml_signature.hpp"
#include "xml_form.hpp"
#include "xmlsec.hpp"

namespace kelisim::trust {
namespace {

// One line: line breaks within ds:SignedInfo would be signed, and whoever strips them breaks the signature (pki.md 3.1).
std::string template_of(std::string_view uri, std::string_view method, const std::vector<std::string_view>& transforms,
                        std::string_view key_info, SignatureAlgorithm algorithm) {
    const auto algorithm_element = [](std::string_view name, std::string_view value) {
        return "<ds:" + std::string(name) + " Algorithm=\"" + std::string(value) + "\"/>";
    };
    std::string text = "<ds:Signature xmlns:ds=\"" + std::string(dsig_namespace) + "\"><ds:SignedInfo>" +
                       algorithm_element("CanonicalizationMethod", method) +
                       algorithm_element("SignatureMethod", uri_of(algorithm)) + "<ds:Reference URI=\"" +
                       xml::escaped(uri) + "\"><ds:Transforms>";
    for (const std::string_view transform : transforms)
        text += algorithm_element("Transform", transform);
    text += "</ds:Transforms>" + algorithm_element("DigestMethod", uri_of(digest_of(algorithm))) +
            "<ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>"
            "<ds:KeyInfo>" +
            std::string(key_info) + "</ds:KeyInfo></ds:Signature>";
    return text;
}

// The signer's certificate alone, as NCALayer does it; who verifies has the authorities.
std::string x509_data(const SigningKey& key) {
    return "<ds:X509Data><ds:X509Certificate>" + base::to_base64(key.chain().front().der()) +
           "</ds:X509Certificate></ds:X509Data>";
}

base::Result<void> add_signature(xml::Document& document, xml::Element parent, std::string_view id,
                                 const std::string& template_text, const SigningKey& key) {
    xml::Element referred = document.root();
    if (!id.empty()) {
        if (!xml::is_id(id)) return base::Refusal(xml_signature_uri);
        const auto found = document.by_id(id);
        if (!found) return found.error();
        // Without the enveloped transform a signature would be part of what it signs.
        if (found->contains(parent)) return base::Refusal(xml_signature_place);
        referred = *found;
    }
    const auto parsed = xml::Document::parse(base::as_bytes(template_text));
    if (!parsed) return parsed.error();
    if (!xmlsec_sign(document.append(parent, parsed->root()), referred, std::string(id), key))
        return base::Refusal(xml_signature_not_computable);
    return {};
}

}  // namespace

base::Result<base::Bytes> sign_xml(base::BytesView document, const SigningKey& key) {
    auto parsed = xml::Document::parse(document);
    if (!parsed) return parsed.error();
    const std::string text =
        template_of("", inclusive_uri, {enveloped_uri, inclusive_comments_uri}, x509_data(key), key.algorithm());
    if (auto done = add_signature(*parsed, parsed->root(), "", text, key); !done) return done.error();
    return parsed->to_bytes();
}

base::Result<base::Bytes> sign_xml_part(base::BytesView document, std::string_view id, const SigningKey& key) {
    auto parsed = xml::Document::parse(document);
    if (!parsed) return parsed.error();
    const std::string text =
        template_of("#" + std::string(id), exclusive_uri, {inclusive_comments_uri}, x509_data(key), key.algorithm());
    if (auto done = add_signature(*parsed, parsed->root(), id, text, key); !done) return done.error();
    return parsed->to_bytes();
}

base::Result<void> sign_message(xml::Document& document, xml::Element parent, std::string_view id,
                                std::string_view key_info, const SigningKey& key) {
    const std::string text =
        template_of("#" + std::string(id), exclusive_uri, {exclusive_uri}, key_info, key.algorithm());
    return add_signature(document, parent, id, text, key);
}

}  // namespace kelisim::trust
