// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace kelisim::base {

// The whole text as a decimal number without sign, blanks or leading zeros; nothing when it is not one or overflows.
std::optional<std::int64_t> parse_integer(std::string_view text);

// RFC 4648 section 5, without padding; the inverse refuses padding, other letters and non-zero trailing bits.
std::string to_base64url(BytesView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

// RFC 4648 section 4, with padding (HTTP Basic, RFC 7617; notes of the ledger).
std::string to_base64(BytesView bytes);
std::optional<Bytes> from_base64(std::string_view text);

std::string to_hex(BytesView bytes);  // lower case

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);

enum class Language { kk, ru, en };
std::string_view to_string(Language language);
std::optional<Language> parse_language(std::string_view tag);  // "kk", "ru", "en"

}  // namespace kelisim::base
