// SPDX-License-Identifier: Apache-2.0
// What can be found about XML signatures, beside what is wrong with the XML itself (xml/document.hpp) and with certificates
// (findings.hpp).
#pragma once

#include "base/result.hpp"

namespace kelisim::trust {

// The form
extern const base::Reason xml_signature_missing;
extern const base::Reason xml_signature_extra;      // more of them than the reader asked for
extern const base::Reason xml_signature_place;      // not where the reader looks for it
extern const base::Reason xml_signature_structure;  // an element, attribute, text or remark that the form has not
extern const base::Reason xml_signature_object;     // ds:Object, in which anything can be hidden
extern const base::Reason xml_signature_algorithm;  // unknown, or not allowed: HMAC
extern const base::Reason xml_signature_algorithm_legacy;  // by policy refused, or noted
extern const base::Reason xml_signature_canonical_form;
extern const base::Reason xml_signature_transform;  // XPath, XSLT, base64, or the right ones in another order
extern const base::Reason xml_signature_base64;     // of a digest, a signature or a certificate
// What it refers to
extern const base::Reason xml_signature_references;  // none, or more than one
extern const base::Reason xml_signature_uri;         // outside the document, or an XPointer
extern const base::Reason xml_signature_element;     // another element than the one that will be read
extern const base::Reason xml_signature_comment;     // a comment in a signed text, which no signature covers
// Whose it is
extern const base::Reason xml_signature_key_missing;
extern const base::Reason xml_signature_key_unknown;  // named by issuer and serial, and not among those that we know
extern const base::Reason xml_signature_key_differs;  // the certificate's key is not one for that algorithm
// Whether it is right
extern const base::Reason xml_signature_digest;  // the content was changed
extern const base::Reason xml_signature_value;   // ds:SignedInfo was changed, or another key signed
extern const base::Reason xml_signature_not_computable;

}  // namespace kelisim::trust
