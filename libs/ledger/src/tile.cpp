// SPDX-License-Identifier: Apache-2.0
#include "ledger/tile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace kelisim::ledger {

namespace {

constexpr std::size_t group_digits = 3;
constexpr std::size_t groups_max = 6;  // 10^18 tiles are more than any tree has
constexpr std::size_t entry_bytes = 1 + sizeof(Digest);
constexpr std::size_t prefix_bytes = 2;

std::optional<std::uint64_t> parse_group(std::string_view digits) {
    std::uint64_t value = 0;
    if (digits.size() != group_digits) return std::nullopt;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

// "a non-negative integer encoded into zero-padded 3-digit path elements. All but the last path element MUST begin with
// an x. For example, index 1234067 will be encoded as x001/x234/067."
std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    for (std::size_t groups = 0; groups < groups_max; ++groups) {
        const auto slash = text.find('/');
        const bool last = slash == std::string_view::npos;
        std::string_view element = text.substr(0, slash);
        if (!last) {
            if (!element.starts_with('x')) return std::nullopt;
            element.remove_prefix(1);
        }
        const auto group = parse_group(element);
        if (!group) return std::nullopt;
        if (groups == 0 && !last && *group == 0) return std::nullopt;  // another spelling of a shorter one
        number = number * 1000 + *group;
        if (last) return number;
        text.remove_prefix(slash + 1);
    }
    return std::nullopt;
}

std::string number_text(std::uint64_t number) {
    std::string text = fmt::format("{:03}", number % 1000);
    for (number /= 1000; number != 0; number /= 1000)
        text.insert(0, fmt::format("x{:03}/", number % 1000));
    return text;
}

}  // namespace

std::uint64_t width_in(std::uint64_t size, unsigned level, std::uint64_t number) {
    if (level >= tile_levels) return 0;
    const std::uint64_t hashes = size >> (tile_height * level);
    const std::uint64_t full = hashes / tile_width;
    if (number < full) return tile_width;
    return number == full ? hashes % tile_width : 0;
}

std::optional<TilePath> parse_tile_path(std::string_view path) {
    TilePath parsed;
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view level = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    if (level == "entries") {
        parsed.content = TilePath::Content::entries;
    } else {
        // "a decimal ASCII integer between 0 and 63, with no additional leading zeroes"
        constexpr std::int64_t level_max = 63;
        const auto number = base::parse_integer(level);
        if (!number || *number > level_max) return std::nullopt;
        parsed.tile.level = static_cast<unsigned>(*number);
    }
    if (const auto partial = path.find(".p/"); partial != std::string_view::npos) {
        // "a decimal ASCII integer between 1 and 255, with no additional leading zeroes"
        const auto width = base::parse_integer(path.substr(partial + 3));
        if (!width || *width < 1 || *width >= static_cast<std::int64_t>(tile_width)) return std::nullopt;
        parsed.tile.width = static_cast<std::uint64_t>(*width);
        path = path.substr(0, partial);
    }
    const auto number = parse_number(path);
    if (!number) return std::nullopt;
    parsed.tile.number = *number;
    return parsed;
}

std::string to_path(const TilePath& path) {
    const std::string level = path.content == TilePath::Content::entries ? "entries" : fmt::to_string(path.tile.level);
    const std::string partial = path.tile.width == tile_width ? "" : fmt::format(".p/{}", path.tile.width);
    return level + "/" + number_text(path.tile.number) + partial;
}

base::Bytes tile_bytes(const Hashes& hashes) {
    base::Bytes bytes;
    bytes.reserve(hashes.size() * sizeof(Digest));
    for (const Digest& hash : hashes)
        bytes.insert(bytes.end(), hash.begin(), hash.end());
    return bytes;
}

std::optional<Hashes> read_tile(base::BytesView bytes, std::uint64_t width) {
    if (bytes.size() != width * sizeof(Digest)) return std::nullopt;
    Hashes hashes(width);
    for (Digest& hash : hashes) {
        std::copy_n(bytes.begin(), sizeof(Digest), hash.begin());
        bytes = bytes.subspan(sizeof(Digest));
    }
    return hashes;
}

base::Bytes entry_bundle(const Entries& entries) {
    base::Bytes bytes;
    bytes.reserve(entries.size() * (prefix_bytes + entry_bytes));
    for (const Entry& entry : entries) {
        bytes.insert(bytes.end(), {0, static_cast<std::uint8_t>(entry_bytes), static_cast<std::uint8_t>(entry.format)});
        bytes.insert(bytes.end(), entry.commitment.begin(), entry.commitment.end());
    }
    return bytes;
}

std::optional<Entries> read_entry_bundle(base::BytesView bytes, std::uint64_t width) {
    if (bytes.size() != width * (prefix_bytes + entry_bytes)) return std::nullopt;
    Entries entries(width);
    for (Entry& entry : entries) {
        entry.format = static_cast<EntryFormat>(bytes[2]);
        const bool known = entry.format == EntryFormat::fact || entry.format == EntryFormat::map_root;
        if (bytes[0] != 0 || bytes[1] != entry_bytes || !known) return std::nullopt;
        std::copy_n(bytes.begin() + prefix_bytes + 1, sizeof(Digest), entry.commitment.begin());
        bytes = bytes.subspan(prefix_bytes + entry_bytes);
    }
    return entries;
}

}  // namespace kelisim::ledger
