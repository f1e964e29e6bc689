// SPDX-License-Identifier: Apache-2.0
// Words as people type them: whichever case, look-alike letters of the other alphabet, Kazakh letters that a keyboard lacks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kelisim::channel {

// Runs of letters and digits, each in the one spelling that all its spellings share; none for bytes that are no UTF-8. Thread-safe.
std::vector<std::string> words_of(std::string_view text);

}  // namespace kelisim::channel
