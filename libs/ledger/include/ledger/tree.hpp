// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "ledger/tile.hpp"

namespace kelisim::ledger {

// Gives the hashes of a tile, exactly as many as its width says, or throws.
using ReadTile = std::function<Hashes(const Tile&)>;

// A tree of which only the tiles are known: reads those that an answer needs, at most two of each level, and keeps them.
// Makes proofs and roots; believes what it reads. Used by one thread at a time.
class Tree {
public:
    Tree(std::uint64_t size, ReadTile read) : size_(size), read_(std::move(read)) {}

    std::uint64_t size() const { return size_; }
    Digest root() { return frontier().root(); }
    // Of what is stored above the leaves: equal to the frontier of all appends when not a bit of it was changed.
    Frontier frontier();
    // Preconditions: the index, the old size is within the tree.
    Digest leaf(std::uint64_t index) { return node(0, index); }
    Hashes inclusion(std::uint64_t index);       // RFC 9162 2.1.3.1, PATH(m, D_n)
    Hashes consistency(std::uint64_t old_size);  // RFC 9162 2.1.4.1, PROOF(m, D_n); empty for 0 and the own size
    Digest root_at(std::uint64_t old_size);      // of the tree that this one began as

private:
    struct Range {
        std::uint64_t from, to;
    };
    Digest node(unsigned height, std::uint64_t index);
    Digest hash(Range leaves);
    const Hashes& tile(unsigned level, std::uint64_t number);

    std::uint64_t size_;
    ReadTile read_;
    std::map<std::pair<unsigned, std::uint64_t>, Hashes> tiles_;
};

// The root of a full tile: one hash of the level above. Precondition: as many hashes as a power of two.
Digest root_of(Hashes hashes);

}  // namespace kelisim::ledger
