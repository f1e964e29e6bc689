// SPDX-License-Identifier: Apache-2.0
// Codes that people read in an SMS and type again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "registry/entries.hpp"

namespace kelisim::channel {

// Six digits, or six letters and digits that look the same in both alphabets and like nothing else (236/НК п.7(5)).
// Made from bytes of a secret, the same from the same; needs 12 of them.
std::string one_time_code(registry::CodeKind kind, base::BytesView secret);

// By which a person can check that a question is genuine: they send it to 1414, or find it in the cabinet. Begins with
// "K", which no one-time code does.
std::string check_code(base::BytesView secret);

// What a reply says when it is read as a code: blanks and punctuation away, letter case and alphabet aside. Nothing when
// it has not the length or the letters of one. Compare with a code by same_code.
std::optional<std::string> read_code(std::string_view text);
bool same_code(std::string_view read, std::string_view code);
// Whether it is shaped like a check code.
bool looks_like_check(std::string_view read);

}  // namespace kelisim::channel
