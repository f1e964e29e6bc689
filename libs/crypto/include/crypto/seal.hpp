// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include "base/bytes.hpp"
#include "base/entropy.hpp"
#include "base/secret.hpp"

namespace kelisim::crypto {

using KeyBytes = std::array<std::uint8_t, 32>;
using SealKey = base::Secret<KeyBytes>;

SealKey make_seal_key(base::Entropy& entropy);

inline constexpr std::size_t seal_overhead_bytes = 12 + 16;

// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: nonce || ciphertext || tag. `context` is authenticated and
// not stored: it names what the bytes are and whose, so that a sealed value cannot be moved to another row.
// One key seals at most 2^32 values (SP 800-38D 8.3); keys here are per subject or per month, far below it.
base::Bytes seal(const SealKey& key, base::BytesView plain, base::BytesView context, base::Entropy& entropy);

// Nothing when a bit of key, bytes or context differs.
std::optional<base::Bytes> open(const SealKey& key, base::BytesView sealed, base::BytesView context);

}  // namespace kelisim::crypto
