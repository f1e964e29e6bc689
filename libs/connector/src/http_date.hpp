// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace kelisim::connector {

// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT", the only form that is sent (RFC 9110 5.6.7). Nothing for anything else.
std::optional<base::Time> parse_http_date(std::string_view text);

}  // namespace kelisim::connector
