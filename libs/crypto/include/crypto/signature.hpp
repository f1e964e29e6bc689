// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"

struct evp_pkey_st;

namespace kelisim::crypto {

// Algorithms of RFC 7518 3.1. ES256 signatures are r || s, 64 bytes (3.4).
enum class Algorithm { es256, rs256, ps256 };

// The public members of a JWK (RFC 7517), base64url as they stand in JSON.
struct JwkMembers {
    std::string kty, crv, x, y, n, e;
};

// Immutable; safe to use from several threads at once.
class PublicKey {
public:
    // P-256 points on the curve, RSA of 2048 to 8192 bits with an odd exponent of at least 3; else nothing.
    static std::optional<PublicKey> from_jwk(const JwkMembers& members);
    JwkMembers to_jwk() const;
    base::Bytes to_spki() const;  // SubjectPublicKeyInfo (RFC 5280 4.1.2.7), DER
    // RFC 7638, SHA-256, base64url: a name for the key that everyone derives alike.
    std::string thumbprint() const;
    bool fits(Algorithm algorithm) const;
    // False also when the algorithm does not fit the key: the token never chooses it.
    bool verifies(Algorithm algorithm, base::BytesView message, base::BytesView signature) const;

private:
    friend class PrivateKey;
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::shared_ptr<evp_pkey_st> key_;
};

// Immutable; safe to use from several threads at once. Functions throw base::Outage when the library fails.
class PrivateKey {
public:
    static PrivateKey generate_p256();
    static PrivateKey generate_rsa2048();
    static std::optional<PrivateKey> from_pem(const base::Secret<std::string>& pem);  // PKCS #8, unencrypted
    base::Secret<std::string> to_pem() const;
    PublicKey public_key() const;
    // Precondition: the algorithm fits the key.
    base::Bytes sign(Algorithm algorithm, base::BytesView message) const;

private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kelisim::crypto
