// SPDX-License-Identifier: Apache-2.0
// Percent-encoding, shared by paths and forms, which differ in what '+' means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kelisim::http {

enum class Plus { is_plus, is_space };

std::optional<std::string> decode(std::string_view text, Plus plus);
std::string encode(std::string_view text, Plus plus);

}  // namespace kelisim::http
