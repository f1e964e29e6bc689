// SPDX-License-Identifier: Apache-2.0
#include "ledger/tree.hpp"

#include <algorithm>
#include <bit>

#include "base/result.hpp"

namespace kelisim::ledger {

namespace {

// RFC 9162 2.1.1: "let k be the largest power of two smaller than n".
std::uint64_t split(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

}  // namespace

Digest root_of(Hashes hashes) {
    for (std::size_t count = hashes.size(); count > 1; count /= 2) {
        for (std::size_t i = 0; i < count / 2; ++i)
            hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    }
    return hashes.front();
}

const Hashes& Tree::tile(unsigned level, std::uint64_t number) {
    const auto [at, is_new] = tiles_.try_emplace({level, number});
    if (!is_new) return at->second;
    const Tile wanted{.level = level, .number = number, .width = width_in(size_, level, number)};
    Hashes hashes = read_(wanted);
    if (hashes.size() != wanted.width || hashes.empty()) throw base::Outage("a tile of the ledger is not whole");
    return at->second = std::move(hashes);
}

// The root of the complete subtree of 2^height leaves.
Digest Tree::node(unsigned height, std::uint64_t index) {
    const unsigned level = height / tile_height;
    const std::uint64_t count = 1ULL << (height % tile_height);
    const std::uint64_t first = index * count;
    const Hashes& hashes = tile(level, first / tile_width);
    const auto begin = hashes.begin() + static_cast<std::ptrdiff_t>(first % tile_width);
    return root_of(Hashes(begin, begin + static_cast<std::ptrdiff_t>(count)));
}

// MTH(D[from:to]) of a range that RFC 9162 2.1 can come to: its start is a multiple of every power of two up to its size.
Digest Tree::hash(Range leaves) {
    const std::uint64_t n = leaves.to - leaves.from;
    if (std::has_single_bit(n)) {
        const auto height = static_cast<unsigned>(std::countr_zero(n));
        return node(height, leaves.from >> height);
    }
    const std::uint64_t middle = leaves.from + split(n);
    return node_hash(hash({leaves.from, middle}), hash({middle, leaves.to}));
}

Frontier Tree::frontier() {
    Hashes peaks;
    std::uint64_t from = 0;
    for (std::uint64_t rest = size_; rest != 0; rest -= std::bit_floor(rest)) {
        const std::uint64_t peak = std::bit_floor(rest);
        peaks.push_back(hash({from, from + peak}));
        from += peak;
    }
    return Frontier(size_, std::move(peaks));
}

Digest Tree::root_at(std::uint64_t old_size) {
    return old_size == 0 ? Frontier{}.root() : hash({0, old_size});
}

Hashes Tree::inclusion(std::uint64_t index) {
    Hashes path;
    Range at{0, size_};
    while (at.to - at.from > 1) {
        const std::uint64_t middle = at.from + split(at.to - at.from);
        const bool left = index < middle;
        path.push_back(hash(left ? Range{middle, at.to} : Range{at.from, middle}));
        (left ? at.to : at.from) = middle;
    }
    std::reverse(path.begin(), path.end());  // from the leaf up
    return path;
}

Hashes Tree::consistency(std::uint64_t old_size) {
    Hashes path;
    if (old_size == 0 || old_size == size_) return path;
    Range at{0, size_};
    bool known = true;  // SUBPROOF's b: the old tree is a subtree whose root the verifier has
    while (old_size != at.to) {
        const std::uint64_t middle = at.from + split(at.to - at.from);
        if (old_size <= middle) {
            path.push_back(hash({middle, at.to}));
            at.to = middle;
        } else {
            path.push_back(hash({at.from, middle}));
            at.from = middle;
            known = false;
        }
    }
    if (!known) path.push_back(hash(at));
    std::reverse(path.begin(), path.end());
    return path;
}

}  // namespace kelisim::ledger
