// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace kelisim::http {

// Whether a Content-Type names `type` ("application/json"): without case, any well-formed parameters, except that a
// charset other than UTF-8 is another encoding than our parsers read (RFC 9110 8.3.1). `type` is lower case.
bool is_media_type(std::string_view content_type, std::string_view type);

}  // namespace kelisim::http
