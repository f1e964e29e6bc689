// SPDX-License-Identifier: Apache-2.0
// WS-Security (SOAP Message Security 1.0, X.509 Certificate Token Profile 1.0) in the form of ШЭП and its clients: wire.md A6,
// pki.md 3.2; 307/НК п.2(6), п.2(15). The body is signed and nothing else is, so nothing else is believed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "soap/envelope.hpp"
#include "trust/policy.hpp"
#include "trust/report.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::soap {

inline constexpr std::string_view wsse_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

extern const base::Reason soap_not_signed;        // no wsse:Security, or none with a signature
extern const base::Reason soap_security_twice;    // which of them counts, readers could decide differently
extern const base::Reason soap_security_unknown;  // an entry of wsse:Security that we do not process
extern const base::Reason soap_signature_beside;  // a signature in the header outside wsse:Security
extern const base::Reason soap_key_reference;     // ds:KeyInfo names no certificate in a form that we accept
extern const base::Reason soap_key_unknown;       // named by issuer and serial, and not among those that we know

// Whether the body that will be processed is what one sender signed; `known` are the certificates that it may be named by issuer
// and serial of. The content of the report is the body in its canonical form, what is to be processed.
//
// Accepted: KeyIdentifier with the certificate, a Reference to a BinarySecurityToken beside the signature, X509IssuerSerial.
trust::DocumentReport verify(const Envelope& envelope, const std::vector<trust::Certificate>& known,
                             const trust::Verification& with);

struct Outgoing {
    Version version = Version::v11;
    std::string_view content;  // of the body, as XML
    std::string_view body_id;  // "id-" and a UUID: unlike any other id in the content
};
// The message with its body signed; the certificate goes along as KeyIdentifier. Refused with the reasons of Envelope::parse()
// where the content is no XML or no content of one body.
base::Result<base::Bytes> sign(const Outgoing& message, const trust::SigningKey& key);

}  // namespace kelisim::soap
