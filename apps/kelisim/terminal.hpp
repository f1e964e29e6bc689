// SPDX-License-Identifier: Apache-2.0
// Words for whoever sits at a terminal, in their language.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::app {

// The one that was asked for, else that of the environment, else English.
base::Language language_wanted(const std::optional<std::string>& asked);
std::string_view pick(const base::Text& text, base::Language language);

// What a terminal would take for a command is not passed on: the text may be anybody's.
std::string printable(std::string text);

// At most one byte more than `bytes_max`, whatever the file is. Throws base::Outage when it cannot be read.
std::string read_bounded(const std::filesystem::path& file, std::size_t bytes_max);

}  // namespace kelisim::app
