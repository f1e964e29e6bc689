// SPDX-License-Identifier: Apache-2.0
#include "records/ledger.hpp"

#include <gmock/gmock.h>

#include <map>

#include "fixture.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;
using ::kelisim::ledger::Hashes;
using ::kelisim::ledger::Tile;
using ::kelisim::ledger::tile_width;
using store::Statement;
using ::testing::ElementsAre;

class LedgerTest : public ::testing::Test {
protected:
    Tables tables;
    const Journal& journal = tables.records.journal;
    const Ledger& ledger = tables.records.ledger;
    testing::Store& store = tables.store;
    const base::RawId entity = base::RawId::make(testing::start, {5}, tables.entropy);

    void append(std::size_t count) {
        store.unit([&](WriteSession& session) {
            for (std::size_t i = 0; i < count; ++i) {
                journal.append(session, {.kind = "test.fact",
                                         .entity = entity,
                                         .at = testing::start,
                                         .subject = {},
                                         .details = {{"n", i}}});
            }
        });
    }
    std::size_t sequence(std::size_t max) {
        return store.unit([&](WriteSession& session) { return ledger.sequence(session, max, testing::start); });
    }
    Ledger::Head head() {
        return store.look([&](ReadSession& session) { return ledger.head(session); });
    }
    Hashes commitments() {
        Hashes all;
        store.readers().read([&](ReadSession& session) {
            ledger.each_commitment_after(
                session, 0, 1'000'000, [&](const Ledger::Committed& entry) { all.push_back(entry.entry.commitment); });
        });
        return all;
    }
    void expect_damaged(const Statement& statement, const std::function<void(ReadSession&)>& look) {
        ASSERT_NE(store.tamper(statement), 0U);
        EXPECT_THROW(store.readers().read(look), Damaged) << statement.name;
    }
};

TEST_F(LedgerTest, TheSequencerPutsEachEntryIntoTheTreeOnceInOrder) {
    EXPECT_EQ(head().frontier.size(), 0U);
    EXPECT_EQ(sequence(10), 0U) << "nothing is there";
    append(5);
    EXPECT_EQ(sequence(3), 3U);
    EXPECT_EQ(sequence(3), 2U);
    EXPECT_EQ(sequence(3), 0U);
    append(1);
    store.close();
    store.open();
    EXPECT_EQ(sequence(3), 1U);
    ledger::Frontier expected;
    for (const Digest& commitment : commitments())
        expected.append(ledger::leaf_hash({.commitment = commitment}));
    EXPECT_EQ(head().frontier, expected);
    std::vector<std::int64_t> numbers, of_journal, sequences;
    store.readers().read([&](ReadSession& session) {
        ledger.each_leaf_from(session, 0, 100, [&](const Ledger::Leaf& leaf) {
            numbers.push_back(leaf.number);
            of_journal.push_back(leaf.journal_seq);
        });
        ledger.each_commitment_after(session, 0, 100,
                                     [&](const Ledger::Committed& entry) { sequences.push_back(entry.seq); });
    });
    EXPECT_THAT(numbers, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_EQ(of_journal, sequences);
    EXPECT_EQ(head().journal_seq, sequences.back());
}

// However many numbers of the journal were left out: a unit that was undone may use one up.
TEST_F(LedgerTest, AnEntryOfTheJournalIsFoundAmongTheLeaves) {
    append(400);
    static const Statement gaps{"t_gaps", "DELETE FROM journal WHERE seq < 4 OR seq BETWEEN 20 AND 150 OR seq % 7 = 0"};
    ASSERT_NE(store.tamper(gaps), 0U);
    sequence(200);
    std::map<std::int64_t, std::uint64_t> leaves;
    store.readers().read([&](ReadSession& session) {
        ledger.each_leaf_from(session, 0, 1000, [&](const Ledger::Leaf& leaf) {
            leaves.emplace(leaf.journal_seq, static_cast<std::uint64_t>(leaf.number));
        });
        ASSERT_EQ(leaves.size(), 200U);
        for (std::int64_t seq = -1; seq <= 402; ++seq) {
            const auto at = leaves.find(seq);
            const auto expected = at == leaves.end() ? std::nullopt : std::optional(at->second);
            EXPECT_EQ(ledger.leaf_of(session, seq), expected) << seq;
        }
    });
    static const Statement missing{"t_missing", "DELETE FROM ledger_leaf WHERE number >= 100"};
    expect_damaged(missing, [&](ReadSession& session) { ledger.leaf_of(session, leaves.rbegin()->first); });
}

TEST_F(LedgerTest, NothingIsALeafOfAnEmptyTree) {
    append(1);
    store.readers().read([&](ReadSession& session) { EXPECT_EQ(ledger.leaf_of(session, 1), std::nullopt); });
}

// The roots of full tiles are stored as they fill, over three levels, however the rounds fall.
TEST_F(LedgerTest, TheTreeOfTheStoredTilesIsThatOfTheLeaves) {
    constexpr std::size_t batch = 5000;
    ledger::Frontier expected;
    std::size_t done = 0;
    for (const std::size_t size : {1U, 255U, 256U, 257U, 700U, 65'535U, 65'536U, 65'537U, 66'000U}) {
        for (; done < size; done += std::min(batch, size - done))
            append(std::min(batch, size - done));
        while (sequence(999) != 0) {
        }
        const Hashes all = commitments();
        while (expected.size() < size)
            expected.append(ledger::leaf_hash({.commitment = all[expected.size()]}));
        store.readers().read(
            [&](ReadSession& session) { EXPECT_EQ(ledger.tree(session, size).frontier(), expected) << size; });
    }
    store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(ledger.tile(session, {.level = 1, .number = 0}).size(), tile_width);
        EXPECT_EQ(ledger.tile(session, {.level = 1, .number = 1, .width = 1}).size(), 1U);
        EXPECT_EQ(ledger.tile(session, {.level = 2, .number = 0, .width = 1}).size(), 1U);
    });
}

TEST_F(LedgerTest, EntriesAreTheCommitmentsOfTheLeaves) {
    append(300);
    sequence(1000);
    ledger::Entries all;
    for (const Digest& commitment : commitments())
        all.push_back({.commitment = commitment});
    store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(ledger.entries(session, {.level = 0, .number = 0}), ledger::Entries(all.begin(), all.begin() + 256));
        EXPECT_EQ(ledger.entries(session, {.level = 0, .number = 1, .width = 44}),
                  ledger::Entries(all.begin() + 256, all.end()));
        EXPECT_EQ(ledger.entries(session, {.level = 0, .number = 1, .width = 1}), ledger::Entries(1, all[256]));
        EXPECT_THROW(ledger.entries(session, {.level = 0, .number = 1, .width = 45}), Damaged) << "beyond the tree";
        EXPECT_THROW(ledger.tile(session, {.level = 0, .number = 1}), Damaged);
        EXPECT_THROW(ledger.tile(session, {.level = 1, .number = 0, .width = 2}), Damaged);
    });
}

TEST_F(LedgerTest, NotesAndTheStateOfTheScrubAreKept) {
    store.readers().read([&](ReadSession& session) {
        EXPECT_FALSE(ledger.note(session, Ledger::Kept::newest));
        EXPECT_EQ(ledger.scrub(session), Ledger::Scrub{});
    });
    for (const std::string_view note : {"one", "two"}) {
        store.unit([&](WriteSession& session) {
            ledger.keep_note(session, Ledger::Kept::newest, note, testing::start);
            ledger.keep_scrub(session, {.next = 512, .damaged = note == "two" ? std::nullopt : std::optional{256}});
        });
    }
    store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(ledger.note(session, Ledger::Kept::newest), "two");
        EXPECT_FALSE(ledger.note(session, Ledger::Kept::cosigned));
        EXPECT_EQ(ledger.scrub(session), (Ledger::Scrub{.next = 512, .damaged = {}}));
    });
}

TEST_F(LedgerTest, AWrongLengthOrAGapIsDamage) {
    append(300);
    sequence(1000);
    static const Statement gap{"t_gap", "DELETE FROM ledger_leaf WHERE number = 17"};
    expect_damaged(gap, [&](ReadSession& session) { ledger.tile(session, {.level = 0, .number = 0}); });
    static const Statement node{"t_node", "UPDATE ledger_node SET hash = zeroblob(33)"};
    expect_damaged(node, [&](ReadSession& session) { ledger.tile(session, {.level = 1, .number = 0, .width = 1}); });
    static const Statement leaf{"t_leaf", "UPDATE ledger_leaf SET hash = zeroblob(31)"};
    expect_damaged(leaf,
                   [&](ReadSession& session) { ledger.each_leaf_from(session, 0, 10, [](const Ledger::Leaf&) {}); });
    static const Statement commitment{"t_commitment", "UPDATE journal SET commitment = x''"};
    expect_damaged(commitment, [&](ReadSession& session) {
        ledger.each_commitment_after(session, 0, 10, [](const Ledger::Committed&) {});
    });
    static const Statement frontier{"t_frontier", "UPDATE ledger_head SET frontier = x'00'"};
    expect_damaged(frontier, [&](ReadSession& session) { ledger.head(session); });
}

}  // namespace
}  // namespace kelisim::records
