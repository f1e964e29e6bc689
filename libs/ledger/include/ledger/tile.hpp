// SPDX-License-Identifier: Apache-2.0
// The tree cut into tiles, as C2SP tlog-tiles serves it: "concatenated sequences of consecutive Merkle Tree Hashes at a
// certain tree height". Heights here are those of tiles: level 0 holds leaf hashes, and "at level 1 and above, each hash
// in a tile is the Merkle Tree Hash of a full tile at the level below".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/proof.hpp"

namespace kelisim::ledger {

inline constexpr unsigned tile_height = 8;
inline constexpr std::uint64_t tile_width = 1U << tile_height;
inline constexpr unsigned tile_levels = 8;  // 256^8 leaves are more than a signed 64-bit number counts

struct Tile {
    unsigned level = 0;
    std::uint64_t number = 0;
    std::uint64_t width = tile_width;  // 1 to 256; below 256 the tile is partial
    bool operator==(const Tile&) const = default;
};

// How many hashes this tile has in a tree of `size` leaves: "floor(s / 256**l) mod 256" of them in the last one. 0: it
// has no such tile, "Empty tiles MUST NOT be served".
std::uint64_t width_in(std::uint64_t size, unsigned level, std::uint64_t number);

// What stands behind `tile/` in an address: "<L>/<N>[.p/<W>]" or "entries/<N>[.p/<W>]".
struct TilePath {
    enum class Content { hashes, entries };
    Content content = Content::hashes;
    Tile tile;  // of entries: level 0
    bool operator==(const TilePath&) const = default;
};
// Nothing for any other spelling than the one that the standard gives: a second address of one resource would be a
// second copy in every cache.
std::optional<TilePath> parse_tile_path(std::string_view path);
std::string to_path(const TilePath& path);

base::Bytes tile_bytes(const Hashes& hashes);
std::optional<Hashes> read_tile(base::BytesView bytes, std::uint64_t width);

// "Entry bundles are sequences of big-endian uint16 length-prefixed log entries": an entry of ours is the format byte
// and the commitment.
using Entries = std::vector<Entry>;
base::Bytes entry_bundle(const Entries& entries);
// `width` entries; nothing for entries of another form.
std::optional<Entries> read_entry_bundle(base::BytesView bytes, std::uint64_t width);

}  // namespace kelisim::ledger
