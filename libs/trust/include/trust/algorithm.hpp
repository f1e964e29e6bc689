// SPDX-License-Identifier: Apache-2.0
// The algorithms that a signature, a certificate or a time stamp may name, and who computes them: OpenSSL for RSA, ECDSA and
// SHA, nettle for GOST (pki.md 1.4). One table; what it does not hold is refused as unknown.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace kelisim::trust {

enum class DigestAlgorithm { sha1, sha256, sha384, sha512, streebog256, streebog512, gost34311 };

base::Bytes digest(DigestAlgorithm algorithm, std::initializer_list<base::BytesView> parts);
// By the dotted OID of CMS, TSP and ESS; nothing for one that we do not know.
std::optional<DigestAlgorithm> digest_by_oid(std::string_view oid);
// By the URI of XMLDSig.
std::optional<DigestAlgorithm> digest_by_uri(std::string_view uri);
std::string_view oid_of(DigestAlgorithm algorithm);
std::string_view uri_of(DigestAlgorithm algorithm);

enum class KeyKind { rsa, ec, gost2015_512, gost2015_256, gost2004 };

enum class SignatureAlgorithm {
    rsa_sha1,  // legacy
    rsa_sha256,
    rsa_sha384,
    rsa_sha512,
    ecdsa_sha256,
    ecdsa_sha384,
    ecdsa_sha512,
    gost2015_512,  // ГОСТ 34.10-2015 with ГОСТ 34.11-2015
    gost2015_256,
    gost2004,  // legacy: ГОСТ 34.310-2004 with 34.311-95
};

// Certificates, CRLs and OCSP responses name one algorithm for both.
std::optional<SignatureAlgorithm> signature_by_oid(std::string_view oid);
std::optional<SignatureAlgorithm> signature_by_uri(std::string_view uri);
// CMS names the two apart, and writes the bare key algorithm (rsaEncryption) as well as the joint one (pki.md 3.3).
// Nothing for names that contradict each other.
std::optional<SignatureAlgorithm> signature_of(std::string_view signature_oid, DigestAlgorithm digest);
// What a key signs with today.
SignatureAlgorithm signature_for(KeyKind kind);

KeyKind key_kind(SignatureAlgorithm algorithm);
DigestAlgorithm digest_of(SignatureAlgorithm algorithm);
std::string_view oid_of(SignatureAlgorithm algorithm);
std::string_view uri_of(SignatureAlgorithm algorithm);
std::string_view name_of(SignatureAlgorithm algorithm);  // for reports: "GOST 34.10-2015, 512 bits"

}  // namespace kelisim::trust
