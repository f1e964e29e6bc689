// SPDX-License-Identifier: Apache-2.0
#include "ledger/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/result.hpp"
#include "base/text.hpp"
#include "ledger/tree.hpp"

namespace kelisim::ledger {
namespace {

Digest digest_of(std::string_view hex) {
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(2 * i, 2)), nullptr, 16));
    return digest;
}

Hashes digests_of(std::initializer_list<std::string_view> hex) {
    Hashes hashes;
    for (const std::string_view each : hex)
        hashes.push_back(digest_of(each));
    return hashes;
}

// The tree of the tests of Certificate Transparency (google/certificate-transparency, merkletree_test): eight inputs,
// hashed as RFC 6962 and RFC 9162 2.1 say.
Hashes known_leaves() {
    const std::array<base::Bytes, 8> inputs = {
        {{},
         {0x00},
         {0x10},
         {0x20, 0x21},
         {0x30, 0x31},
         {0x40, 0x41, 0x42, 0x43},
         {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
         {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}}};
    Hashes leaves;
    constexpr std::array<std::uint8_t, 1> prefix = {0};
    for (const base::Bytes& input : inputs)
        leaves.push_back(crypto::sha256({prefix, input}));
    return leaves;
}

const Hashes known_roots = digests_of({"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                       "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                       "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                       "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                       "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                       "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"});

// A store of tiles as the sequencer keeps it: leaves, and the roots of full tiles at each level above.
struct Tiles {
    std::array<Hashes, tile_levels> levels;
    Frontier frontier;

    void append(const Digest& leaf) {
        levels[0].push_back(leaf);
        frontier.append(leaf, [this](const Frontier::Closed& closed) {
            if (closed.height % tile_height != 0) return;
            Hashes& level = levels[closed.height / tile_height];
            EXPECT_EQ(level.size(), closed.index);
            level.push_back(closed.root);
        });
    }
    Tree tree(std::uint64_t size) const {
        return Tree(size, [this](const Tile& tile) {
            const auto begin = levels[tile.level].begin() + static_cast<std::ptrdiff_t>(tile.number * tile_width);
            return Hashes(begin, begin + static_cast<std::ptrdiff_t>(tile.width));
        });
    }
};

Digest leaf(std::uint64_t n) {
    return leaf_hash({.commitment = crypto::sha256(base::as_bytes(std::to_string(n)))});
}

Tiles tiles_of(std::uint64_t size) {
    Tiles tiles;
    for (std::uint64_t n = 0; n < size; ++n)
        tiles.append(leaf(n));
    return tiles;
}

Tiles known_tiles() {
    Tiles tiles;
    for (const Digest& each : known_leaves())
        tiles.append(each);
    return tiles;
}

TEST(Tree, HasTheRootsOfCertificateTransparency) {
    const Tiles tiles = known_tiles();
    for (std::uint64_t size = 1; size <= known_roots.size(); ++size) {
        EXPECT_EQ(tiles.tree(size).root(), known_roots[size - 1]) << size;
        EXPECT_EQ(tiles.tree(8).root_at(size), known_roots[size - 1]) << size;
    }
}

TEST(Tree, MakesTheInclusionProofsOfCertificateTransparency) {
    const Tiles tiles = known_tiles();
    EXPECT_EQ(tiles.tree(1).inclusion(0), Hashes{});
    EXPECT_EQ(tiles.tree(8).inclusion(0),
              digests_of({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
    EXPECT_EQ(tiles.tree(8).inclusion(5),
              digests_of({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
    EXPECT_EQ(tiles.tree(3).inclusion(2),
              digests_of({"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
    EXPECT_EQ(tiles.tree(5).inclusion(1),
              digests_of({"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(Tree, MakesTheConsistencyProofsOfCertificateTransparency) {
    const Tiles tiles = known_tiles();
    EXPECT_EQ(tiles.tree(1).consistency(1), Hashes{});
    EXPECT_EQ(tiles.tree(8).consistency(1),
              digests_of({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
    EXPECT_EQ(tiles.tree(8).consistency(6),
              digests_of({"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
    EXPECT_EQ(tiles.tree(5).consistency(2),
              digests_of({"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

// RFC 9162 2.1.3.2: every entry of every tree up to a bound is proved, and only as what it is and where it is.
TEST(Inclusion, HoldsForEachEntryOfEachTreeAndForNothingElse) {
    constexpr std::uint64_t size_max = 80;
    const Tiles tiles = tiles_of(size_max);
    for (std::uint64_t size = 1; size <= size_max; ++size) {
        Tree tree = tiles.tree(size);
        const Digest root = tree.root();
        for (std::uint64_t index = 0; index < size; ++index) {
            Hashes path = tree.inclusion(index);
            ASSERT_TRUE(verify_inclusion(leaf(index), index, size, path, root)) << index << " of " << size;
            ASSERT_FALSE(verify_inclusion(leaf(index + 1), index, size, path, root));
            ASSERT_FALSE(verify_inclusion(leaf(index), index ^ 1, size, path, root) && size > 1);
            ASSERT_FALSE(verify_inclusion(leaf(index), size, size, path, root));
            path.push_back(root);
            ASSERT_FALSE(verify_inclusion(leaf(index), index, size, path, root)) << "a path that is too long";
            path.pop_back();
            if (path.empty()) continue;
            path.front()[0] ^= 1;
            ASSERT_FALSE(verify_inclusion(leaf(index), index, size, path, root)) << "a flipped bit";
            path.front()[0] ^= 1;
            path.pop_back();
            ASSERT_FALSE(verify_inclusion(leaf(index), index, size, path, root)) << "a path that is too short";
        }
    }
}

// RFC 9162 2.1.4.2: likewise each tree with each that it began as.
TEST(Consistency, HoldsForEachPairOfTreesAndForNoOther) {
    constexpr std::uint64_t size_max = 80;
    const Tiles tiles = tiles_of(size_max);
    Tiles other;
    for (std::uint64_t n = 0; n < size_max; ++n)
        other.append(leaf(n == 0 ? 1000 : n));
    for (std::uint64_t size = 1; size <= size_max; ++size) {
        Tree tree = tiles.tree(size);
        const Digest root = tree.root();
        for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
            const Digest old_root = tree.root_at(old_size);
            Hashes path = tree.consistency(old_size);
            ASSERT_TRUE(verify_consistency(old_size, old_root, size, root, path)) << old_size << " to " << size;
            ASSERT_LE(path.size(), 63U);
            if (old_size != 0) {
                ASSERT_FALSE(verify_consistency(old_size, other.tree(old_size).root(), size, root, path)) << "a fork";
                ASSERT_FALSE(verify_consistency(old_size, old_root, size, other.tree(size).root(), path)) << "a fork";
            }
            if (old_size < size) {
                ASSERT_FALSE(verify_consistency(size, root, old_size, old_root, path)) << "a tree that shrank";
            }
            path.push_back(root);
            ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, path)) << "a path that is too long";
            path.pop_back();
            if (path.empty()) continue;
            path.back()[31] ^= 1;
            ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, path)) << "a flipped bit";
            path.back()[31] ^= 1;
            path.pop_back();
            ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, path)) << "a path that is too short";
        }
    }
}

// Where tiles begin and end, and over 256^2 leaves, where three levels take part.
TEST(Tree, IsTheSameFromTilesOfEveryWidth) {
    const Tiles tiles = tiles_of(65'800);
    Frontier frontier;
    std::uint64_t size = 0;
    constexpr std::array<std::uint64_t, 12> sizes = {1,   255,    256,    257,    511,    512,
                                                     513, 65'535, 65'536, 65'537, 65'792, 65'800};
    for (const std::uint64_t next : sizes) {
        for (; size < next; ++size)
            frontier.append(leaf(size));
        Tree tree = tiles.tree(size);
        ASSERT_EQ(tree.frontier(), frontier) << size;
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
            ASSERT_TRUE(verify_inclusion(leaf(index), index, size, tree.inclusion(index), frontier.root())) << size;
        }
        for (const std::uint64_t old_size : {std::uint64_t{1}, size / 2, size - 1}) {
            ASSERT_TRUE(
                verify_consistency(old_size, tree.root_at(old_size), size, frontier.root(), tree.consistency(old_size)))
                << old_size << " to " << size;
        }
    }
}

TEST(Tree, ThrowsForATileThatIsNotWhole) {
    Tree tree(300, [](const Tile& tile) { return Hashes(tile.width - 1); });
    EXPECT_THROW(tree.root(), base::Outage);
}

TEST(Tree, OfNothingHasTheRootOfNothing) {
    Tree tree(0, [](const Tile&) { return Hashes{}; });
    EXPECT_EQ(tree.root(), Frontier{}.root());
    EXPECT_FALSE(verify_inclusion(leaf(0), 0, 0, {}, Frontier{}.root()));
    EXPECT_TRUE(verify_consistency(0, Frontier{}.root(), 0, Frontier{}.root(), {}));
    EXPECT_FALSE(verify_consistency(0, leaf(0), 5, leaf(1), {})) << "no root of the empty tree";
}

}  // namespace
}  // namespace kelisim::ledger
