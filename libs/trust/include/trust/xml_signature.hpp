// SPDX-License-Identifier: Apache-2.0
// XML signatures (XML Signature Syntax and Processing, "XMLDSig") as people and organisations make them with NCALayer, and as
// systems put them into messages: pki.md 3.1. The form is an accept list; what it does not name is refused. Nothing but the
// verified bytes is returned, so that nobody can read a part that was not signed: who needs elements parses those bytes.
//
// Threads: safe to use from several at once, on different documents. xmlsec1 and libxml2 keep global state, which the first use
// sets up once and nothing changes after it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trust/policy.hpp"
#include "trust/report.hpp"
#include "trust/signing_key.hpp"
#include "xml/document.hpp"

namespace kelisim::trust {

// Which element the signature has to be of. "Only What is Signed is Secure", "Only What is 'Seen' Should be Signed" (XMLDSig
// 8.1): the reader says what it is going to read, not the document.
struct SignedPart {
    enum class Kind {
        root,      // the whole document, by URI="" or by the Id of its root
        named,     // the only element of that name in the document, by its Id
        whatever,  // any element: only for those who show or keep the verified bytes and read nothing else
    };
    Kind kind = Kind::root;
    std::string ns = {}, name = {};  // of `named`
};

struct XmlRules {
    SignedPart part = {};
    Purpose purpose = Purpose::signature;
    // More than one only for documents that are meant to be signed by several: each signature covers those before it, so the
    // last that was added is checked first, taken out, and so on.
    std::size_t signatures_max = 1;
    // Certificates that a signature may name by issuer and serial instead of holding them.
    std::vector<Certificate> known = {};
};

// A whole document. Signers stand in the order in which they signed.
DocumentReport verify_xml(base::BytesView document, const XmlRules& rules, const Verification& with);

// An element of a message that was signed as a document of its own before it was put there (wire.md A7). It is taken out with
// the namespaces that it needs or, if its digest then differs, with all that are in scope where it stands.
DocumentReport verify_xml(xml::Element element, const XmlRules& rules, const Verification& with);

// One signature of a message, when the reader of that message knows whose key it is and which element has to be signed
// (WS-Security). Exclusive canonical form alone, one Reference, by Id.
DocumentReport verify_message_signature(const xml::Document& document, xml::Element signature,
                                        xml::Element signed_element, const std::optional<Certificate>& certificate,
                                        const Verification& with);

// The certificate of X509IssuerSerial among `known`; names compare without regard to order and blanks, as writers differ in
// both. That it is the right one, the signature shows.
std::optional<Certificate> find_by_issuer_and_serial(xml::Element issuer_serial, const std::vector<Certificate>& known);
// The certificate that an element holds in base64, blanks allowed.
std::optional<Certificate> certificate_in(xml::Element element, const Verification& with);

// Signs the whole document: enveloped, as the last child of the root.
base::Result<base::Bytes> sign_xml(base::BytesView document, const SigningKey& key);
// Signs the element with that Id; the signature becomes the last child of the root.
base::Result<base::Bytes> sign_xml_part(base::BytesView document, std::string_view id, const SigningKey& key);

// Adds a signature of the element with that Id as the last child of `parent`, in the form of verify_message_signature().
// `key_info` is the content of ds:KeyInfo, as XML.
base::Result<void> sign_message(xml::Document& document, xml::Element parent, std::string_view id,
                                std::string_view key_info, const SigningKey& key);

}  // namespace kelisim::trust
