// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace kelisim::http_signatures {

extern const base::Reason content_digest_missing;
extern const base::Reason content_digest_malformed;
extern const base::Reason content_digest_wrong;

// RFC 9530: the field Content-Digest has a digest of the body by sha-256. Those by other algorithms beside it are passed over, as
// section 2 lets a recipient do.
base::Result<void> check_content_digest(const http::Headers& headers, std::string_view body);

// What stands in the field for this body.
std::string content_digest_of(std::string_view body);

}  // namespace kelisim::http_signatures
