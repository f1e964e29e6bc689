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

constexpr std::string_view plain_digits = "23456789";

// Two bytes for each letter, so that none is noticeably likelier than another.
char draw(std::string_view letters, base::BytesView secret, std::size_t place) {
    const unsigned drawn = secret[2 * place] * 256U + secret[2 * place + 1];
    return letters[drawn % letters.size()];
}

// The last is a digit, as in no word that people write: "рахмет" would else be an attempt.
std::string spell(base::BytesView secret, std::size_t length) {
    std::string code;
    while (code.size() + 1 < length)
        code += draw(alphabet, secret, code.size());
    return code + draw(plain_digits, secret, code.size());
}

}  // namespace

std::string one_time_code(registry::CodeKind kind, base::BytesView secret) {
    if (kind == registry::CodeKind::alphanumeric) return spell(secret, code_letters);
    std::string code;
    while (code.size() < code_letters)
        code += draw(digits, secret, code.size());
    return code;
}

std::string check_code(base::BytesView secret) {
    return check_mark + spell(secret, code_letters - 1);
}

std::optional<std::string> read_code(std::string_view text) {
    auto read = joined_skeleton(text);
    const bool spelt = read && read->size() == code_letters &&
                       read->find_first_not_of(code_skeleton) == std::string::npos &&
                       read->find_first_of(digits) != std::string::npos;
    if (!spelt) return std::nullopt;
    return read;
}

bool same_code(std::string_view read, std::string_view code) {
    return !code.empty() && joined_skeleton(code) == read;
}

bool looks_like_check(std::string_view read) {
    return read.size() == code_letters && read.front() == 'k';
}

}  // namespace kelisim::channel
