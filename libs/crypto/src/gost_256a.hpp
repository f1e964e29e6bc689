// SPDX-License-Identifier: Apache-2.0
// Verification over id-tc26-gost-3410-2012-256-paramSetA, which nettle 3.8 does not have, with OpenSSL's curve arithmetic.
#pragma once

#include "base/bytes.hpp"

namespace kelisim::crypto {

// x || y, little-endian. False for what is no point, is infinite or lies outside the subgroup: the cofactor is 4.
bool is_gost_256a_point(base::BytesView point);
// RFC 7091 section 6.2. Precondition: is_gost_256a_point(point).
bool verifies_gost_256a(base::BytesView point, base::BytesView hash, base::BytesView signature);

}  // namespace kelisim::crypto
