// SPDX-License-Identifier: Apache-2.0
// A certificate (RFC 5280) with what the national profile puts into it (pki.md 1). Reading says nothing about trust: that is
// path.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"
#include "trust/algorithm.hpp"
#include "trust/public_key.hpp"

struct x509_st;

namespace kelisim::trust {

// Who a subject says to be, by what its name holds: no BIN, a person; BIN and IIN, a person of an organisation; BIN alone, a
// system of an organisation (pki.md 1.1).
enum class OwnerKind { person, person_of_organisation, organisation, authority };

// Digits as they stand in the certificate: those of the test contour have no right check digit, so who needs an IIN parses
// it (base::Iin) and decides.
struct Owner {
    OwnerKind kind = OwnerKind::authority;
    base::Personal<std::string> iin, common_name, family_name, patronymic;
    std::string bin, organisation;
};

enum class KeyUse {
    digital_signature,
    non_repudiation,
    key_encipherment,
    data_encipherment,
    key_agreement,
    certificate_sign,
    crl_sign,
};

struct BasicConstraints {
    bool authority = false;
    std::optional<int> path_length;
};

// Names compare by their DER as it stands: authorities of Kazakhstan issue with the bytes of their own subject.
class Name {
public:
    Name() = default;
    explicit Name(base::Bytes der) : der_(std::move(der)) {}
    const base::Bytes& der() const { return der_; }
    bool operator==(const Name&) const = default;

private:
    base::Bytes der_;
};

// Immutable; safe to use from several threads at once; copies share what they read.
class Certificate {
public:
    // Nothing for what is no single certificate in DER, or has no key, dates or names that can be read; a key of an
    // algorithm that we do not know is read, and key() says so. At most limits::certificate_bytes_max.
    static std::optional<Certificate> from_der(base::BytesView der);
    // DER, PEM, or bare base64 as it stands in XML.
    static std::optional<Certificate> from_any(base::BytesView bytes);

    const base::Bytes& der() const;
    const crypto::Digest& fingerprint() const;  // SHA-256 of the DER
    std::string serial() const;                 // hexadecimal, upper case
    std::string serial_decimal() const;         // as X509IssuerSerial has it
    const Name& subject() const;
    const Name& issuer() const;
    // RFC 4514, as X509IssuerName has it.
    std::string issuer_text() const;
    // Of the subject without what identifies a person: for logs and reports on authorities. RFC 4514.
    std::string authority_text() const;
    base::Time not_before() const;
    base::Time not_after() const;
    const std::optional<PublicKey>& key() const;
    // The bits of the BIT STRING of the key alone: what an OCSP issuerKeyHash is over.
    base::BytesView key_bits() const;

    bool has(KeyUse use) const;                                   // no extension at all: true (RFC 5280 4.2.1.3)
    const std::vector<std::string>& extended_key_usages() const;  // dotted
    bool extended_key_usage_is_critical() const;
    const std::optional<BasicConstraints>& basic_constraints() const;
    base::BytesView subject_key_id() const;    // empty: none
    base::BytesView authority_key_id() const;  // empty: none
    const std::vector<std::string>& ocsp_urls() const;
    const std::vector<std::string>& crl_urls() const;
    const std::vector<std::string>& delta_crl_urls() const;    // freshestCRL
    const std::vector<std::string>& critical_unknown() const;  // critical extensions that we do not process
    bool has_no_check() const;                                 // id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1)
    const Owner& owner() const;

    // Nothing where we do not know it, or where the inner and the outer name differ (RFC 5280 4.1.1.2).
    std::optional<SignatureAlgorithm> signature_algorithm() const;
    // By the key of `issuer`; says nothing of names, dates and uses.
    bool is_signed_by(const Certificate& issuer) const;
    bool is_self_issued() const { return subject() == issuer(); }

    x509_st* openssl() const;  // lives as long as this
    bool operator==(const Certificate& other) const { return fingerprint() == other.fingerprint(); }

private:
    struct Parts;
    explicit Certificate(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
    std::shared_ptr<const Parts> parts_;
};

}  // namespace kelisim::trust
