// SPDX-License-Identifier: Apache-2.0
// Pages run from the newest id back; the last id of a page is where the next one begins.
#pragma once

#include <array>
#include <optional>

#include "base/id.hpp"

namespace kelisim::records {

inline constexpr std::array<std::uint8_t, 16> after_every_id = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

// To compare ids with; a view of `before`, which outlives it.
inline base::BytesView before_bytes(const std::optional<base::RawId>& before) {
    return before ? before->bytes() : base::BytesView(after_every_id);
}

// No id made from this instant on is less.
inline std::array<std::uint8_t, 16> first_id_at(base::Time instant) {
    std::array<std::uint8_t, 16> bytes{};
    auto millis = static_cast<std::uint64_t>(base::to_micros(instant) / 1000);
    for (std::size_t i = 6; i-- > 0; millis >>= 8)
        bytes[i] = static_cast<std::uint8_t>(millis);
    return bytes;
}

}  // namespace kelisim::records
