// SPDX-License-Identifier: Apache-2.0
// That nothing was hidden from a person: all entries about one person form a chain, and a sparse Merkle map from the
// person's tag to the length and the end of their chain has one root, which is an entry of the log itself. A tag has one place
// in a map, so there is one count for it under a root.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/proof.hpp"

namespace kelisim::ledger {

// How many entries, and the hash over all of them: H(0x10 || head before || leaf number, 8 bytes || commitment); zeros before
// the first.
struct Chain {
    std::uint64_t count = 0;
    Digest head{};
    bool operator==(const Chain&) const = default;
};
Chain continued(const Chain& chain, std::uint64_t leaf, const Digest& commitment);

// What the map holds for a tag. Tags are outputs of a random function, so that the map is even.
struct MapLeaf {
    Digest tag{};
    Chain chain;
    bool operator==(const MapLeaf&) const = default;
};

// Hashes of the map: of no leaf, zeros; of one, H(0x11 || tag || count, 8 bytes || head), wherever it stands; of more,
// H(0x12 || those with the next bit of their tag 0 || those with 1). So a leaf stands at the shallowest place where it is alone.
inline constexpr Digest empty_map{};

// What stands on the way of a tag: nothing or one leaf, which may be that of another tag; and the hashes beside the way,
// from there up to the root. Shows what the map holds for the tag, or that it holds nothing.
struct MapProof {
    std::optional<MapLeaf> leaf;
    Hashes path;
    bool operator==(const MapProof&) const = default;
};
// Whether the proof leads to the root, for this tag.
bool verify_map(const Digest& tag, const MapProof& proof, const Digest& root);

// Four levels of the map, as they are stored: one row where a binary tree would have fifteen.
class MapPage {
public:
    static constexpr unsigned levels = 4;
    static constexpr std::size_t slots = 1U << levels;
    // Nothing, one leaf, or at least two below, in a page of their own with this hash.
    struct Slot {
        std::optional<MapLeaf> leaf = {};
        std::optional<Digest> below = {};
        bool operator==(const Slot&) const = default;
    };

    Slot& operator[](std::size_t slot) { return slots_.at(slot); }
    const Slot& operator[](std::size_t slot) const { return slots_.at(slot); }
    Digest hash() const { return fold(0, slots).hash; }
    // The leaf that stands alone in [first, first + count), or nothing; whether more than one do; the hash of them all.
    struct Part {
        std::size_t leaves = 0;  // 2: two or more
        const MapLeaf* only = nullptr;
        Digest hash = empty_map;
    };
    Part fold(std::size_t first, std::size_t count) const;

    base::Bytes to_bytes() const;
    static std::optional<MapPage> from_bytes(base::BytesView bytes);
    bool operator==(const MapPage&) const = default;

private:
    std::array<Slot, slots> slots_;
};

// The page at an address, a hexadecimal digit of the tags for each page above, which has this hash; or throws.
using ReadPage = std::function<MapPage(const std::string& address, const Digest& hash)>;

// A map of which only the root is known; reads the pages that it needs, and keeps them. Used by one thread at a time.
class SparseMap {
public:
    SparseMap(const Digest& root, ReadPage read) : root_(root), read_(std::move(read)) {}

    std::optional<Chain> find(const Digest& tag);
    MapProof prove(const Digest& tag);
    // True when the tag is new to the map. Changes nothing but what finish() gives.
    bool put(const MapLeaf& leaf);

    // The root from now on and the pages that are another than before.
    struct Changed {
        Digest root;
        std::map<std::string, MapPage> pages;
    };
    Changed finish();

private:
    struct Held {
        MapPage page;
        bool changed = false;
    };
    Held& page(const std::string& address, const Digest& hash);

    Digest root_;
    ReadPage read_;
    std::map<std::string, Held> pages_;
};

}  // namespace kelisim::ledger
