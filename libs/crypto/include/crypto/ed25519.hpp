// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) for the notes of the ledger. Tokens never use it: their algorithms are those of signature.hpp.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"

struct evp_pkey_st;

namespace kelisim::crypto {

inline constexpr std::size_t ed25519_signature_bytes = 64;
using Ed25519Public = std::array<std::uint8_t, 32>;  // as RFC 8032 5.1.5 encodes it
using Ed25519Signature = std::array<std::uint8_t, ed25519_signature_bytes>;

// False also for a key that is no point. Throws base::Outage when the library fails.
bool verifies(const Ed25519Public& key, base::BytesView message, base::BytesView signature);

// Immutable; safe to use from several threads at once. Functions throw base::Outage when the library fails.
class Ed25519Key {
public:
    static Ed25519Key generate();
    static std::optional<Ed25519Key> from_pem(const base::Secret<std::string>& pem);  // PKCS #8, unencrypted
    base::Secret<std::string> to_pem() const;
    Ed25519Public public_key() const;
    Ed25519Signature sign(base::BytesView message) const;

private:
    explicit Ed25519Key(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace kelisim::crypto
