// SPDX-License-Identifier: Apache-2.0
// Documents signed as CMS (RFC 5652) and CAdES (RFC 5126): as NCALayer and other software of the country make them, and as the
// server does. One way of checking for RSA, ECDSA and GOST, and one report.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "trust/report.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::trust {

// What a signature must have beyond being right.
struct CmsRules {
    Purpose purpose = Purpose::signature;
    // Without them a signature is over the content itself, so that the attributes of one signature pass for the content of
    // another; CAdES-BES (RFC 5126 4.3.1) always has them.
    bool signed_attributes_required = true;
    // ESS signing-certificate. The national authority's library writes none (pki.md 3.3), so its absence is noted only; one
    // that is there must fit in any case.
    bool signing_certificate_required = false;
    // CAdES-T. One that is there and does not verify is told, and proves nothing; it is against the signature only here,
    // for it is not signed, and anybody may add or take it away.
    bool time_stamp_required = false;
    // Of signers who did not send theirs; trusted for nothing.
    std::vector<Certificate> certificates = {};
};

// DER or BER, at most limits::cms_bytes_max. Every signer is reported on, with every finding; the certificate is checked for
// the instant that a time stamp proves, else for `with.at`: the signer's own signingTime is only reported.
DocumentReport verify_cms(base::BytesView cms, const CmsRules& rules, const Verification& with);
// For a signature beside its content, which is given in parts, one after another. A signature that holds content too must
// hold the same.
DocumentReport verify_detached_cms(base::BytesView cms, std::initializer_list<base::BytesView> content,
                                   const CmsRules& rules, const Verification& with);

// What NCALayer answers (pki.md 5): PEM ("CMS" or "PKCS7"), or bare base64, with line breaks or without. The bytes are not
// looked into. Nothing for other text, and for more than limits::cms_bytes_max.
std::optional<base::Bytes> read_cms_text(std::string_view text);

// CAdES-BES: contentType, messageDigest, signingTime and signingCertificateV2 are signed, and the chain of the key comes along
// without its root. DER.
base::Bytes sign_cms(base::BytesView content, const SigningKey& key, base::Time at);
base::Bytes sign_detached_cms(std::initializer_list<base::BytesView> content, const SigningKey& key, base::Time at);

// The same document with one more signature; the others keep their bytes. `content` is that of a detached signature and is not
// looked at where the document holds its own. Refuses what is no signed document, or lacks its content.
base::Result<base::Bytes> add_signer(base::BytesView cms, std::initializer_list<base::BytesView> content,
                                     const SigningKey& key, base::Time at);

// CAdES-T (RFC 5126 6.1.1): "The value of the messageImprint field within the TimeStampToken shall be a hash of the value of the
// signature field within SignerInfo": what is to be stamped, and the document with the token. Refuses where there is no such
// signer, and a token over something else; the token's own signature is not looked at.
base::Result<base::Bytes> signature_to_stamp(base::BytesView cms, const Certificate& signer);
base::Result<base::Bytes> add_time_stamp(base::BytesView cms, const Certificate& signer, base::BytesView token);

}  // namespace kelisim::trust
