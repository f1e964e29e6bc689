// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "base/bytes.hpp"
#include "crypto/gost.hpp"
#include "trust/algorithm.hpp"

struct evp_pkey_st;

namespace kelisim::trust {

// The key of a certificate, whoever computes with it. Immutable; safe to use from several threads at once.
class PublicKey {
public:
    // A SubjectPublicKeyInfo in DER. Nothing for an algorithm, a curve or parameters that we do not know, a point off its
    // curve, trailing bytes.
    static std::optional<PublicKey> from_spki(base::BytesView der);
    KeyKind kind() const;
    int bits() const;  // of the modulus or the field
    // False also for an algorithm that is not of this key. ECDSA: the DER of X.509 and CMS, r and s in range.
    bool verifies(SignatureAlgorithm algorithm, base::BytesView message, base::BytesView signature) const;
    // The same over a digest that was made before; its length must be the algorithm's.
    bool verifies_digest(SignatureAlgorithm algorithm, base::BytesView digest, base::BytesView signature) const;
    // For libraries that verify RSA and ECDSA themselves; null for GOST. Lives as long as this key.
    evp_pkey_st* openssl() const;

private:
    using Key = std::variant<std::shared_ptr<evp_pkey_st>, crypto::GostPublicKey>;
    PublicKey(KeyKind kind, Key key) : kind_(kind), key_(std::move(key)) {}
    KeyKind kind_;
    Key key_;
};

}  // namespace kelisim::trust
