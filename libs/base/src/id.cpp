// SPDX-License-Identifier: Apache-2.0
#include "base/id.hpp"

#include <algorithm>

namespace kelisim::base {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::array<std::size_t, 4> hyphens_before_byte = {4, 6, 8, 10};

int hex_value(char c) {
    const auto at = hex_digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool hyphen_before(std::size_t byte) {
    return std::find(hyphens_before_byte.begin(), hyphens_before_byte.end(), byte) != hyphens_before_byte.end();
}

}  // namespace

RawId RawId::make(Time now, Bucket bucket, Entropy& entropy) {
    RawId id;
    entropy.fill(std::span(id.bytes_).subspan(7));
    auto millis =
        static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count());
    for (std::size_t i = 6; i-- > 0; millis >>= 8)
        id.bytes_[i] = static_cast<std::uint8_t>(millis);
    id.bytes_[6] = static_cast<std::uint8_t>(0x70 | (bucket.value >> 6));
    id.bytes_[7] = static_cast<std::uint8_t>((bucket.value << 2) | (id.bytes_[7] & 0x03));
    id.bytes_[8] = static_cast<std::uint8_t>(0x80 | (id.bytes_[8] & 0x3f));
    return id;
}

std::optional<RawId> RawId::from_bytes(BytesView bytes) {
    RawId id;
    if (bytes.size() != id.bytes_.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    if (id.bytes_[6] >> 4 != 7 || id.bytes_[8] >> 6 != 2) return std::nullopt;
    return id;
}

std::optional<RawId> RawId::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (hyphen_before(i) && text[at++] != '-') return std::nullopt;
        const int high = hex_value(text[at++]);
        const int low = hex_value(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return from_bytes(bytes);
}

std::string RawId::to_string() const {
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        if (hyphen_before(i)) text += '-';
        text += hex_digits[bytes_[i] >> 4];
        text += hex_digits[bytes_[i] & 0x0f];
    }
    return text;
}

Time RawId::time() const {
    std::int64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i)
        millis = millis << 8 | bytes_[i];
    return Time{std::chrono::milliseconds{millis}};
}

Bucket RawId::bucket() const {
    return {static_cast<std::uint16_t>((bytes_[6] & 0x0f) << 6 | bytes_[7] >> 2)};
}

}  // namespace kelisim::base
