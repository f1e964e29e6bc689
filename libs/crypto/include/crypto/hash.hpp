// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>

#include "base/bytes.hpp"

namespace kelisim::crypto {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the parts one after another. Throws base::Outage when the library fails.
Digest sha256(std::initializer_list<base::BytesView> parts);
inline Digest sha256(base::BytesView whole) {
    return sha256({whole});
}

// HMAC-SHA-256 (RFC 2104).
Digest hmac_sha256(base::BytesView key, base::BytesView message);

// Takes the same time wherever the two differ; unequal lengths are unequal at once.
bool equal_constant_time(base::BytesView a, base::BytesView b);

}  // namespace kelisim::crypto
