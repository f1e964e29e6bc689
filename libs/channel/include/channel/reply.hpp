// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <variant>

namespace kelisim::channel {

// What a person wrote, read with tolerance and never guessed.
enum class Word { yes, no };
struct Number {
    int value = 0;
    bool operator==(const Number&) const = default;
};
struct Unclear {
    bool operator==(const Unclear&) const = default;
};
using Reply = std::variant<Unclear, Word, Number>;

// Blanks and punctuation around the answer, letter case, full-width and other digits, look-alike letters of both
// alphabets and words without their Kazakh letters are read; two answers in one message are unclear. Any bytes.
Reply read_reply(std::string_view text);

}  // namespace kelisim::channel
