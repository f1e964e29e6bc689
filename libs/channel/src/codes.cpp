// SPDX-License-Identifier: Apache-2.0
#include "channel/codes.hpp"

#include "base/limits.hpp"
#include "skeleton.hpp"

namespace kelisim::channel {

namespace {

constexpr std::size_t code_letters = 6;
constexpr std::string_view digits = "0123456789";
// Each letter has one shape in Latin and Cyrillic; no zero and no one, which look like letters; no K, which begins
// check codes.
constexpr std::string_view alphabet = "ACEHMPTXY23456789";
constexpr char check_mark = 'K';
// Whatever else people write is no attempt at a code.
constexpr std::string_view code_skeleton = "0123456789acehkmptxy";

// Two bytes for each letter, so that none is noticeably likelier than another.
std::string spell(std::string_view letters, base::BytesView secret, std::size_t length) {
    std::string code;
    for (std::size_t i = 0; i < length; ++i) {
        const unsigned drawn = secret[2 * i] * 256U + secret[2 * i + 1];
        code += letters[drawn % letters.size()];
    }
    return code;
}

}  // namespace

std::string one_time_code(registry::CodeKind kind, base::BytesView secret) {
    return spell(kind == registry::CodeKind::numeric ? digits : alphabet, secret, code_letters);
}

std::string check_code(base::BytesView secret) {
    return check_mark + spell(alphabet, secret, code_letters - 1);
}

std::optional<std::string> read_code(std::string_view text) {
    auto read = joined_skeleton(text);
    if (!read || read->size() != code_letters || read->find_first_not_of(code_skeleton) != std::string::npos) {
        return std::nullopt;
    }
    return read;
}

bool same_code(std::string_view read, std::string_view code) {
    return !code.empty() && joined_skeleton(code) == read;
}

bool looks_like_check(std::string_view read) {
    return read.size() == code_letters && read.front() == 'k';
}

}  // namespace kelisim::channel
