// SPDX-License-Identifier: Apache-2.0
// Pages run from the newest id back; the last id of a page is where the next one begins.
#pragma once

#include <algorithm>
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

// Some dozens of milliseconds of one reader.
inline constexpr std::size_t looked_at_once = 20'000;
inline constexpr std::size_t looked_at_a_time = 500;

struct Span {
    base::Time from, to;  // the latter not included
};

// What matches of the rows of a span, newest first; short of `max` where there is much that does not match: then the page says where to
// go on. `read_some` gives the next looked_at_a_time between two ids.
template <class Page, class ReadSome, class Matches>
Page search_newest_first(const Span& span, const std::optional<base::RawId>& before, std::size_t max,
                         ReadSome read_some, Matches matches) {
    const auto from = first_id_at(span.from), to = first_id_at(span.to);
    base::BytesView end = to;
    if (before && std::ranges::lexicographical_compare(before->bytes(), end)) end = before->bytes();
    Page page;
    for (std::size_t looked_at = 0; looked_at < looked_at_once;) {
        const auto some = read_some(base::BytesView(from), end);
        for (const auto& each : some) {
            page.next = each.id;
            if (matches(each)) page.items.push_back(each);
            if (page.items.size() == max) return page;
        }
        if (some.size() < looked_at_a_time) {
            page.next.reset();
            return page;
        }
        end = page.next->bytes();
        looked_at += some.size();
    }
    return page;
}

}  // namespace kelisim::records
