// SPDX-License-Identifier: Apache-2.0
#include "ledger/tile.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace kelisim::ledger {
namespace {

using Content = TilePath::Content;

TEST(TilePath, IsSpelledAsTheStandardDoes) {
    const std::pair<std::string_view, TilePath> spellings[] = {
        {"0/000", {Content::hashes, {0, 0}}},
        {"0/255", {Content::hashes, {0, 255}}},
        {"1/999.p/1", {Content::hashes, {1, 999, 1}}},
        {"2/x001/000", {Content::hashes, {2, 1000}}},
        {"0/x001/x234/067", {Content::hashes, {0, 1'234'067}}},  // the example of C2SP tlog-tiles
        {"63/x001/x234/067.p/255", {Content::hashes, {63, 1'234'067, 255}}},
        {"entries/x001/x234/067.p/42", {Content::entries, {0, 1'234'067, 42}}},
        {"entries/000", {Content::entries, {0, 0}}},
    };
    for (const auto& [text, path] : spellings) {
        EXPECT_EQ(parse_tile_path(text), path) << text;
        EXPECT_EQ(to_path(path), text);
    }
}

TEST(TilePath, HasNoOtherSpelling) {
    for (const std::string_view text : {"",
                                        "0",
                                        "0/",
                                        "/000",
                                        "0/0",
                                        "0/00",
                                        "0/0000",
                                        "0/-01",
                                        "0/+01",
                                        "0/x00",
                                        "0/x000",
                                        "0/x000/001",
                                        "0/001/002",
                                        "0/x001/x002",
                                        "0/x001/",
                                        "0/x001/2",
                                        "0/X001/002",
                                        "00/000",
                                        "01/000",
                                        "64/000",
                                        "-1/000",
                                        "a/000",
                                        "entries",
                                        "entries/",
                                        "entries/0/000",
                                        "Entries/000",
                                        "0/000.p",
                                        "0/000.p/",
                                        "0/000.p/0",
                                        "0/000.p/256",
                                        "0/000.p/01",
                                        "0/000.p/1.p/1",
                                        "0/000.p/-1",
                                        "0/000.q/1",
                                        "0/000/",
                                        "0/000 ",
                                        "0/%30%30%30",
                                        "0/000?x=1",
                                        "0/000.p/1/",
                                        "0/x001/x001/x001/x001/x001/x001/001",
                                        "0/../000",
                                        "0/000\n"}) {
        EXPECT_FALSE(parse_tile_path(text)) << text;
    }
}

// C2SP tlog-tiles: "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width
// 112, one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1".
TEST(Widths, AreThoseOfTheStandardsExample) {
    EXPECT_EQ(width_in(70'000, 0, 0), 256U);
    EXPECT_EQ(width_in(70'000, 0, 272), 256U);
    EXPECT_EQ(width_in(70'000, 0, 273), 112U);
    EXPECT_EQ(width_in(70'000, 0, 274), 0U);
    EXPECT_EQ(width_in(70'000, 1, 0), 256U);
    EXPECT_EQ(width_in(70'000, 1, 1), 17U);
    EXPECT_EQ(width_in(70'000, 2, 0), 1U);
    EXPECT_EQ(width_in(70'000, 2, 1), 0U);
    EXPECT_EQ(width_in(70'000, 3, 0), 0U);
    // "a tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile of width 1"
    EXPECT_EQ(width_in(256, 0, 0), 256U);
    EXPECT_EQ(width_in(256, 0, 1), 0U);
    EXPECT_EQ(width_in(256, 1, 0), 1U);
    EXPECT_EQ(width_in(255, 0, 0), 255U);
    EXPECT_EQ(width_in(0, 0, 0), 0U);
    EXPECT_EQ(width_in(~0ULL, 63, 0), 0U) << "no shift beyond the word";
}

TEST(TileBytes, ComeBackInTheirNumberOnly) {
    const Hashes hashes = {crypto::sha256(base::as_bytes("a")), crypto::sha256(base::as_bytes("b"))};
    base::Bytes bytes = tile_bytes(hashes);
    EXPECT_EQ(bytes.size(), 64U);
    EXPECT_EQ(read_tile(bytes, 2), hashes);
    EXPECT_FALSE(read_tile(bytes, 1));
    EXPECT_FALSE(read_tile(bytes, 3));
    bytes.pop_back();
    EXPECT_FALSE(read_tile(bytes, 2));
}

TEST(EntryBundle, IsLengthAndEntryOneAfterAnother) {
    const Entries entries = {{.commitment = crypto::sha256(base::as_bytes("a"))},
                             {.format = EntryFormat::map_root, .commitment = crypto::sha256(base::as_bytes("b"))}};
    const base::Bytes bytes = entry_bundle(entries);
    EXPECT_EQ(base::to_hex(bytes),
              "002101" + base::to_hex(entries[0].commitment) + "002102" + base::to_hex(entries[1].commitment));
    EXPECT_EQ(read_entry_bundle(bytes, 2), entries);
    // "Each entry in a bundle hashes to the corresponding entry in the corresponding level 0 Merkle Tree tile."
    EXPECT_EQ(leaf_hash(entries[1]), crypto::sha256({base::Bytes{0}, base::BytesView(bytes).subspan(37)}));
}

TEST(EntryBundle, OfAnotherFormIsRefused) {
    const Entries entries = {{.commitment = crypto::sha256(base::as_bytes("a"))},
                             {.format = EntryFormat::map_root, .commitment = crypto::sha256(base::as_bytes("b"))}};
    const base::Bytes right = entry_bundle(entries);
    EXPECT_FALSE(read_entry_bundle(right, 1));
    EXPECT_FALSE(read_entry_bundle(right, 3));
    for (const std::size_t at : {0U, 1U, 2U, 35U, 36U, 37U}) {
        base::Bytes wrong = right;
        wrong[at] ^= 4;
        EXPECT_FALSE(read_entry_bundle(wrong, 2)) << at;
    }
}

}  // namespace
}  // namespace kelisim::ledger
