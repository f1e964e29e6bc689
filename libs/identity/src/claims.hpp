// SPDX-License-Identifier: Apache-2.0
// Claims that assertions and proofs have in common (RFC 7519 section 4.1).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace kelisim::identity {

// `aud` as a text or an array of texts (RFC 7519 4.1.3).
std::vector<std::string> audiences_of(const boost::json::object& payload);

// A NumericDate without fraction.
std::optional<base::Time> time_of(const boost::json::object& payload, std::string_view name);

}  // namespace kelisim::identity
