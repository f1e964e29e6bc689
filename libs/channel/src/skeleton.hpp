// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kelisim::channel {

// The letters and digits of a text as they look, in lower case, without what separates them. Nothing for bytes that are
// no text or too many.
std::optional<std::string> joined_skeleton(std::string_view text);

}  // namespace kelisim::channel
