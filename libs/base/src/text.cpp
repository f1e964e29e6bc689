// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <charconv>

namespace kelisim::base {

namespace {

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<Bytes> decode(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) return std::nullopt;
    Bytes out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    int bits = 0;
    for (char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        pending = pending << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<std::uint8_t>(pending >> bits));
        pending &= (1U << bits) - 1;
    }
    // Two texts for the same bytes would be two names for one signature.
    if (pending != 0) return std::nullopt;
    return out;
}

// Length of the UTF-8 sequence that a byte begins; 0 for a byte that begins none.
int sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

// The second byte carries the bounds that exclude overlong forms, surrogates and numbers above U+10FFFF.
bool second_byte_fits(unsigned char lead, unsigned char second) {
    if (lead == 0xe0) return second >= 0xa0 && second <= 0xbf;
    if (lead == 0xed) return second >= 0x80 && second <= 0x9f;
    if (lead == 0xf0) return second >= 0x90 && second <= 0xbf;
    if (lead == 0xf4) return second >= 0x80 && second <= 0x8f;
    return second >= 0x80 && second <= 0xbf;
}

std::string encode(BytesView bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t pending = 0;
    int bits = 0;
    for (std::uint8_t byte : bytes) {
        pending = (pending << 8 | byte) & 0xffff;
        bits += 8;
        for (; bits >= 6; bits -= 6)
            out += alphabet[pending >> (bits - 6) & 0x3f];
    }
    if (bits > 0) out += alphabet[pending << (6 - bits) & 0x3f];
    return out;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string to_base64url(BytesView bytes) {
    return encode(bytes, url_alphabet);
}

std::string to_base64(BytesView bytes) {
    std::string out = encode(bytes, plain_alphabet);
    out.resize((out.size() + 3) / 4 * 4, '=');
    return out;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    return decode(text, url_alphabet);
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i)
        text.remove_suffix(1);
    return decode(text, plain_alphabet);
}

std::string to_hex(BytesView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 0x0f];
    }
    return out;
}

bool valid_utf8(std::string_view text) {
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    while (at < text.size()) {
        const auto length = static_cast<std::size_t>(sequence_length(byte(at)));
        if (length == 0 || at + length > text.size()) return false;
        if (length > 1 && !second_byte_fits(byte(at), byte(at + 1))) return false;
        for (std::size_t i = 2; i < length; ++i) {
            if (byte(at + i) >> 6 != 2) return false;
        }
        at += length;
    }
    return true;
}

std::string_view to_string(Language language) {
    switch (language) {
        case Language::kk:
            return "kk";
        case Language::ru:
            return "ru";
        case Language::en:
            return "en";
    }
    return {};
}

std::optional<Language> parse_language(std::string_view tag) {
    for (const Language language : {Language::kk, Language::ru, Language::en}) {
        if (to_string(language) == tag) return language;
    }
    return std::nullopt;
}

}  // namespace kelisim::base
