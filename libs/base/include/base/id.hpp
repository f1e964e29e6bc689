// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"

namespace kelisim::base {

// The keyspace slice that everything of one subject shares: 0 to 1023 (docs/decisions/0003).
struct Bucket {
    std::uint16_t value = 0;
    auto operator<=>(const Bucket&) const = default;
};
inline constexpr std::uint16_t buckets = 1024;

// 128 bits that read as a UUID version 7 (RFC 9562 5.7): 48 bits of Unix time in ms, version, 10 bits of bucket,
// variant, 64 bits random. So ids sort by time, tell their bucket, and any UUID column takes them.
class RawId {
public:
    RawId() = default;
    static RawId make(Time now, Bucket bucket, Entropy& entropy);
    static std::optional<RawId> from_bytes(BytesView bytes);   // exactly 16 bytes with version 7
    static std::optional<RawId> parse(std::string_view text);  // the canonical lower-case form only

    BytesView bytes() const { return bytes_; }
    std::string to_string() const;
    Time time() const;  // to the millisecond
    Bucket bucket() const;
    auto operator<=>(const RawId&) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

// An id that cannot be taken for the id of something else.
template <class Tag>
class Id : public RawId {
public:
    Id() = default;
    explicit Id(const RawId& raw) : RawId(raw) {}
    static Id make(Time now, Bucket bucket, Entropy& entropy) { return Id{RawId::make(now, bucket, entropy)}; }
    static std::optional<Id> from_bytes(BytesView bytes) { return wrap(RawId::from_bytes(bytes)); }
    static std::optional<Id> parse(std::string_view text) { return wrap(RawId::parse(text)); }

private:
    static std::optional<Id> wrap(std::optional<RawId> raw) {
        if (!raw) return std::nullopt;
        return Id{*raw};
    }
};

}  // namespace kelisim::base

template <class Tag>
struct std::hash<kelisim::base::Id<Tag>> {
    std::size_t operator()(const kelisim::base::Id<Tag>& id) const noexcept {
        return std::hash<std::string_view>{}(kelisim::base::as_text(id.bytes()));
    }
};
