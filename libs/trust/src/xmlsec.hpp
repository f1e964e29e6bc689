// SPDX-License-Identifier: Apache-2.0
// The border to xmlsec1. It finds what a Reference is of, puts it through its transforms and compares digests; signatures and
// digests it has computed by this library, so GOST, RSA and ECDSA follow one path and one policy. xmlsec1's own engines are not
// linked.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "trust/public_key.hpp"
#include "trust/signing_key.hpp"
#include "xml/element.hpp"

namespace kelisim::trust {

struct XmlsecAnswer {
    enum class Kind { valid, digest_differs, signature_differs, not_computable };
    Kind kind = Kind::not_computable;
    base::Bytes content;  // the bytes that the digest is of; only of a valid one
};

// `signature` has been read by read_form(). `referred` is the element that its Reference names, by an attribute with the value
// `id`; an empty id: the whole document.
XmlsecAnswer xmlsec_verify(xml::Element signature, xml::Element referred, const std::string& id, const PublicKey& key);

// Fills in the digest and the signature of a template. False where no canonical form is defined. Throws what the key throws.
bool xmlsec_sign(xml::Element signature, xml::Element referred, const std::string& id, const SigningKey& key);

}  // namespace kelisim::trust
