// SPDX-License-Identifier: Apache-2.0
// What is said of a signed document, the same for CMS, XML and SOAP.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "trust/path.hpp"

namespace kelisim::trust {

struct SignerReport {
    std::optional<CertificateReport> certificate;  // none: it could not be found
    std::optional<SignatureAlgorithm> algorithm;
    std::optional<base::Time> claimed_at;  // signingTime: the signer's own word
    std::optional<base::Time> proven_at;   // a time stamp that verifies
    base::Time checked_at;                 // the instant for which the certificate was checked
    Findings findings;                     // of the signature itself; those of the certificate stand there

    Verdict verdict() const;
};

struct DocumentReport {
    std::vector<SignerReport> signers;
    Findings findings;    // of the document as a whole
    base::Bytes content;  // what was signed and verified, and nothing else; empty unless every signer's digest holds

    // Zero signers are a failure, not a success (pki.md 6).
    Verdict verdict() const;
    Findings all_findings() const;  // of the document, its signers and their certificates
    // Nothing is against it, but nobody could tell whether a certificate is revoked: no fault of the signer's.
    bool status_alone_unknown() const;
};

}  // namespace kelisim::trust
