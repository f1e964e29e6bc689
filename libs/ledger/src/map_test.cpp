// SPDX-License-Identifier: Apache-2.0
#include "ledger/map.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/text.hpp"

namespace kelisim::ledger {
namespace {

Digest digest(std::string_view text) {
    return crypto::sha256(base::as_bytes(text));
}

// The definition of the map, read aloud.
Digest naive_root(const std::vector<MapLeaf>& leaves, std::size_t depth = 0) {
    const auto number = [](std::uint64_t value) {
        base::Bytes bytes;
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
        return bytes;
    };
    if (leaves.empty()) return Digest{};
    if (leaves.size() == 1) {
        const MapLeaf& only = leaves.front();
        return crypto::sha256({base::Bytes{0x11}, only.tag, number(only.chain.count), only.chain.head});
    }
    std::vector<MapLeaf> sides[2];
    for (const MapLeaf& leaf : leaves)
        sides[(leaf.tag.at(depth / 8) >> (7 - depth % 8)) & 1].push_back(leaf);
    return crypto::sha256({base::Bytes{0x12}, naive_root(sides[0], depth + 1), naive_root(sides[1], depth + 1)});
}

// A map as it is stored: pages behind a root, each checked when it is read.
struct Stored {
    Digest root = empty_map;
    std::map<std::string, base::Bytes> pages;
    std::size_t reads = 0;

    SparseMap open() {
        return {root, [this](const std::string& address, const Digest& hash) {
                    ++reads;
                    const auto at = pages.find(address);
                    const auto page = at == pages.end() ? std::nullopt : MapPage::from_bytes(at->second);
                    if (!page || page->hash() != hash) throw std::runtime_error("damaged at " + address);
                    return *page;
                }};
    }
    std::size_t put(const std::vector<MapLeaf>& leaves) {
        SparseMap map = open();
        std::size_t fresh = 0;
        for (const MapLeaf& leaf : leaves)
            fresh += map.put(leaf) ? 1U : 0U;
        const auto changed = map.finish();
        for (const auto& [address, page] : changed.pages)
            pages[address] = page.to_bytes();
        root = changed.root;
        return fresh;
    }
};

MapLeaf leaf(std::string_view name, std::uint64_t count = 1) {
    return {.tag = digest(name), .chain = {.count = count, .head = digest("head of " + std::string(name))}};
}

TEST(Chain, IsOverEveryEntryItsPlaceAndTheirOrder) {
    const Digest a = digest("a"), b = digest("b");
    const Chain one = continued({}, 7, a);
    EXPECT_EQ(one.count, 1U);
    EXPECT_EQ(one.head, crypto::sha256({base::Bytes{0x10}, Digest{}, base::Bytes{0, 0, 0, 0, 0, 0, 0, 7}, a}));
    const Chain two = continued(one, 9, b);
    EXPECT_EQ(two.count, 2U);
    EXPECT_NE(continued(continued({}, 7, b), 9, a).head, two.head);
    EXPECT_NE(continued(continued({}, 6, a), 9, b).head, two.head);
    EXPECT_NE(continued({}, 9, b).head, two.head);
}

TEST(SparseMapTest, AnEmptyMapProvesThatItHoldsNothing) {
    Stored stored;
    SparseMap map = stored.open();
    const MapProof proof = map.prove(digest("a"));
    EXPECT_FALSE(proof.leaf);
    EXPECT_TRUE(proof.path.empty());
    EXPECT_TRUE(verify_map(digest("a"), proof, empty_map));
    EXPECT_EQ(map.find(digest("a")), std::nullopt);
    EXPECT_TRUE(map.finish().pages.empty());
    EXPECT_FALSE(verify_map(digest("a"), {.leaf = leaf("a"), .path = {}}, empty_map));
}

TEST(SparseMapTest, EqualsItsDefinitionHoweverItGrew) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Stored stored;
    std::map<Digest, MapLeaf> all;
    for (int round = 0; round < 30; ++round) {
        std::vector<MapLeaf> batch;
        std::size_t fresh = 0;
        for (std::size_t i = 0, count = random() % 40; i < count; ++i) {
            batch.push_back(leaf(std::to_string(random() % 600), random()));
            // Some tags that stay together for long.
            if (random() % 8 == 0) {
                batch.back().tag = digest("crowded");
                batch.back().tag.at(random() % 4 + 1) ^= static_cast<std::uint8_t>(random());
            }
            fresh += all.insert_or_assign(batch.back().tag, batch.back()).second ? 1U : 0U;
        }
        EXPECT_EQ(stored.put(batch), fresh);
        std::vector<MapLeaf> leaves;
        for (const auto& [tag, each] : all)
            leaves.push_back(each);
        ASSERT_EQ(stored.root, naive_root(leaves)) << "round " << round;
    }
    SparseMap map = stored.open();
    for (const auto& [tag, each] : all) {
        EXPECT_EQ(map.find(tag), each.chain);
        const MapProof proof = map.prove(tag);
        EXPECT_EQ(proof.leaf, each);
        EXPECT_TRUE(verify_map(tag, proof, stored.root));
    }
    for (int i = 0; i < 200; ++i) {
        const Digest tag = digest("nobody " + std::to_string(i));
        const MapProof proof = map.prove(tag);
        EXPECT_EQ(map.find(tag), std::nullopt);
        EXPECT_FALSE(proof.leaf && proof.leaf->tag == tag);
        EXPECT_TRUE(verify_map(tag, proof, stored.root)) << "absence";
    }
}

class ProofTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::vector<MapLeaf> leaves;
        for (int i = 0; i < 300; ++i)
            leaves.push_back(leaf(std::to_string(i), 5));
        stored.put(leaves);
        proof = stored.open().prove(tag);
        ASSERT_TRUE(verify_map(tag, proof, stored.root));
    }
    void expect_refused(const MapProof& wrong, const char* why) {
        EXPECT_FALSE(verify_map(tag, wrong, stored.root)) << why;
    }
    Stored stored;
    const Digest tag = digest("17");
    MapProof proof;
};

TEST_F(ProofTest, HoldsForNothingElse) {
    MapProof wrong = proof;
    wrong.leaf->chain.count = 4;
    expect_refused(wrong, "another count");
    wrong = proof;
    wrong.leaf->chain.head = digest("another");
    expect_refused(wrong, "another head");
    wrong = proof;
    wrong.leaf.reset();
    expect_refused(wrong, "absence of what is there");
    wrong = proof;
    wrong.leaf = leaf("18", 5);
    expect_refused(wrong, "the leaf of another in this place");
    for (std::size_t i = 0; i < proof.path.size(); ++i) {
        wrong = proof;
        wrong.path[i][0] ^= 1;
        expect_refused(wrong, "another hash");
    }
    wrong = proof;
    wrong.path.pop_back();
    expect_refused(wrong, "a shorter path");
    wrong = proof;
    wrong.path.erase(wrong.path.begin());
    expect_refused(wrong, "a path from the middle");
    wrong = proof;
    wrong.path.push_back(empty_map);
    expect_refused(wrong, "a longer path");
    wrong = proof;
    wrong.path.resize(257);
    expect_refused(wrong, "a path beyond all bits");
    expect_refused(stored.open().prove(digest("18")), "the proof of another");
    EXPECT_FALSE(verify_map(tag, proof, empty_map));
    EXPECT_FALSE(verify_map(digest("18"), proof, stored.root));
}

// A way ends at the first leaf: nobody is proved absent beside their own leaf.
TEST_F(ProofTest, TheLeafOfAnotherTagShowsAbsenceOnlyOnItsOwnWay) {
    Digest absent{};
    MapProof of_absent;
    for (int i = 0; !of_absent.leaf; ++i) {
        absent = digest("absent " + std::to_string(i));
        of_absent = stored.open().prove(absent);
    }
    EXPECT_TRUE(verify_map(absent, of_absent, stored.root));
    EXPECT_FALSE(verify_map(tag, of_absent, stored.root));
}

TEST_F(ProofTest, AFlippedBitOfAPageIsSeenWhenItIsRead) {
    for (const auto& [address, bytes] : Stored(stored).pages) {
        Stored damaged = stored;
        damaged.pages[address].back() ^= 1;
        SparseMap map = damaged.open();
        EXPECT_THROW(
            {
                for (int i = 0; i < 300; ++i)
                    map.find(digest(std::to_string(i)));
            },
            std::runtime_error)
            << address;
    }
}

TEST_F(ProofTest, ReadsAFewPagesOnly) {
    stored.reads = 0;
    stored.open().prove(tag);
    EXPECT_LE(stored.reads, 4U);
}

TEST(MapPageTest, ReadsBackAndNothingElse) {
    MapPage page;
    page[3].leaf = leaf("a");
    page[15].below = digest("below");
    const base::Bytes bytes = page.to_bytes();
    EXPECT_EQ(MapPage::from_bytes(bytes), page);
    base::Bytes wrong = bytes;
    wrong.push_back(0);
    EXPECT_FALSE(MapPage::from_bytes(wrong)) << "longer";
    wrong = bytes;
    wrong.pop_back();
    EXPECT_FALSE(MapPage::from_bytes(wrong)) << "shorter";
    wrong = bytes;
    wrong[0] = 3;
    EXPECT_FALSE(MapPage::from_bytes(wrong)) << "another kind of slot";
    EXPECT_FALSE(MapPage::from_bytes({}));
}

}  // namespace
}  // namespace kelisim::ledger
