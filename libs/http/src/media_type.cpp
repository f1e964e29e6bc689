// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.hpp"

#include <algorithm>

#include "ascii.hpp"

namespace kelisim::http {

namespace {

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// A quoted string without the characters that would need unquoting: no charset name has them.
std::string_view unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
    value = value.substr(1, value.size() - 2);
    return value.find_first_of("\"\\") == std::string_view::npos ? value : std::string_view{};
}

}  // namespace

bool is_media_type(std::string_view content_type, std::string_view type) {
    std::string_view rest = content_type;
    if (!same_name(trim(take_until(rest, ';')), type)) return false;
    while (!trim(rest).empty()) {
        std::string_view value = trim(take_until(rest, ';'));
        const std::string_view name = take_until(value, '=');
        if (!is_token(name) || !is_token(unquoted(value))) return false;
        if (same_name(name, "charset") && !same_name(unquoted(value), "utf-8")) return false;
    }
    return true;
}

}  // namespace kelisim::http
