// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace kelisim::ledger {
namespace {

Digest leaf(std::uint64_t n) {
    return leaf_hash({.commitment = crypto::sha256(base::as_bytes(std::to_string(n)))});
}

// RFC 9162 2.1.1, written down as it stands: k is the largest power of two smaller than n.
Digest by_definition(const std::vector<Digest>& leaves, std::size_t from, std::size_t to) {
    if (to - from == 1) return leaves[from];
    std::size_t k = 1;
    while (k * 2 < to - from)
        k *= 2;
    return node_hash(by_definition(leaves, from, from + k), by_definition(leaves, from + k, to));
}

TEST(Frontier, GivesTheRootOfTheDefinition) {
    Frontier frontier;
    std::vector<Digest> leaves;
    for (std::uint64_t n = 0; n < 300; ++n) {
        leaves.push_back(leaf(n));
        frontier.append(leaves.back());
        ASSERT_EQ(frontier.root(), by_definition(leaves, 0, leaves.size())) << n;
        ASSERT_EQ(frontier.size(), n + 1);
    }
}

TEST(Frontier, OfNothingIsTheHashOfTheEmptyString) {
    EXPECT_EQ(base::to_hex(Frontier{}.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Frontier, ComesBackFromItsBytes) {
    Frontier frontier;
    for (std::uint64_t n = 0; n < 77; ++n) {
        EXPECT_EQ(Frontier::from_bytes(frontier.to_bytes()), frontier);
        frontier.append(leaf(n));
    }
}

TEST(Frontier, RefusesBytesThatAreNotIts) {
    Frontier frontier;
    for (std::uint64_t n = 0; n < 5; ++n)
        frontier.append(leaf(n));
    base::Bytes bytes = frontier.to_bytes();
    EXPECT_FALSE(Frontier::from_bytes(base::BytesView(bytes).first(bytes.size() - 1)));
    EXPECT_FALSE(Frontier::from_bytes(base::BytesView(bytes).first(7)));
    bytes.push_back(0);
    EXPECT_FALSE(Frontier::from_bytes(bytes));
    bytes.pop_back();
    bytes[7] = 7;  // three subtrees announced, two given
    EXPECT_FALSE(Frontier::from_bytes(bytes));
}

TEST(Frontier, TellsEveryChangeOfOneLeaf) {
    Frontier frontier, other;
    for (std::uint64_t n = 0; n < 10; ++n) {
        frontier.append(leaf(n));
        other.append(n == 3 ? leaf(99) : leaf(n));
    }
    EXPECT_NE(frontier.root(), other.root());
}

TEST(Commitment, NeedsSaltAndFact) {
    base::SeededEntropy entropy(5);
    const Salt salt = make_salt(entropy);
    const auto fact = base::as_bytes("a fact");
    EXPECT_EQ(commitment(salt, fact), commitment(salt, fact));
    EXPECT_NE(commitment(make_salt(entropy), fact), commitment(salt, fact));
    EXPECT_NE(commitment(salt, base::as_bytes("a face")), commitment(salt, fact));
}

// A leaf can never be taken for a node: their hashes begin with different bytes (second preimages, RFC 9162 2.1.1).
TEST(Hashes, OfLeavesAndNodesDiffer) {
    const Digest a = leaf(1), b = leaf(2);
    EXPECT_NE(node_hash(a, b), node_hash(b, a));
    EXPECT_NE(leaf_hash({.commitment = a}), node_hash(a, a));
    EXPECT_NE(leaf_hash({.commitment = a}), leaf_hash({.format = EntryFormat::map_root, .commitment = a}));
}

}  // namespace
}  // namespace kelisim::ledger
