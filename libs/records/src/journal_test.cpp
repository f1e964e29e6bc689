// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "fixture.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;
using store::Statement;
using ::testing::ElementsAre;

class JournalTest : public ::testing::Test {
protected:
    Tables tables;
    const Journal& journal = tables.records.journal;
    testing::Store& store = tables.store;
    const base::RawId entity = base::RawId::make(testing::start, {5}, tables.entropy);

    void append(std::size_t count) {
        store.unit([&](WriteSession& session) {
            for (std::size_t i = 0; i < count; ++i) {
                journal.append(session,
                               {.kind = "test.fact", .entity = entity, .at = testing::start, .details = {{"n", i}}});
            }
        });
    }
    std::vector<JournalEntry> entries(std::int64_t after = 0, std::size_t max = 1000) {
        std::vector<JournalEntry> found;
        store.readers().read([&](ReadSession& session) {
            journal.each_after(session, after, max, [&](const JournalEntry& entry) { found.push_back(entry); });
        });
        return found;
    }
    std::size_t sequence(std::size_t max) {
        return store.unit([&](WriteSession& session) { return journal.sequence(session, max, testing::start); });
    }
    Journal::Head head() {
        return store.look([&](ReadSession& session) { return journal.head(session); });
    }
    void expect_damaged(const Statement& statement, const std::function<void(ReadSession&)>& look) {
        ASSERT_NE(store.tamper(statement), 0U);
        EXPECT_THROW(store.readers().read(look), Damaged) << statement.name;
    }
};

// LAW-40.2: facts are kept as they were, each committed to.
TEST_F(JournalTest, AFactOpensAsItWasWrittenAndMatchesItsCommitment) {
    append(1);
    const auto entry = entries().at(0);
    EXPECT_EQ(entry.entity, entity);
    EXPECT_EQ(entry.kind, "test.fact");
    const std::string text = journal.open(entry);
    EXPECT_EQ(ledger::commitment(entry.salt, base::as_bytes(text)), entry.commitment);
    const auto fact = boost::json::parse(text).as_object();
    EXPECT_EQ(fact.at("kind"), "test.fact");
    EXPECT_EQ(fact.at("id"), boost::json::value(entity.to_string()));
    EXPECT_EQ(fact.at("n").to_number<int>(), 0);
    EXPECT_EQ(fact.at("at"), boost::json::value(base::to_iso8601(testing::start)));
}

TEST_F(JournalTest, EqualFactsHaveDifferentSaltsAndCommitments) {
    append(1);
    append(1);
    const auto all = entries();
    EXPECT_NE(all[0].salt, all[1].salt);
    EXPECT_NE(all[0].commitment, all[1].commitment);
}

TEST_F(JournalTest, EntriesAreReadInOrderInPages) {
    append(5);
    const auto all = entries();
    ASSERT_EQ(all.size(), 5U);
    const auto page = entries(all[1].seq, 2);
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].seq, all[2].seq);
    EXPECT_EQ(page[1].seq, all[3].seq);
}

TEST_F(JournalTest, AnUndoneUnitLeavesNoEntry) {
    EXPECT_THROW(store.unit([&](WriteSession& session) {
        journal.append(session, {.kind = "test.fact", .entity = entity, .at = testing::start, .details = {}});
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_TRUE(entries().empty());
}

TEST_F(JournalTest, TheSequencerPutsEachEntryIntoTheTreeOnceInOrder) {
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
    std::vector<std::int64_t> sequences;
    for (const JournalEntry& entry : entries()) {
        expected.append(ledger::leaf_hash(entry.commitment));
        sequences.push_back(entry.seq);
    }
    EXPECT_EQ(head().frontier, expected);
    EXPECT_EQ(head().journal_seq, sequences.back());
    std::vector<std::int64_t> numbers, of_journal;
    store.readers().read([&](ReadSession& session) {
        journal.each_leaf_from(session, 0, 100, [&](const Journal::Leaf& leaf) {
            numbers.push_back(leaf.number);
            of_journal.push_back(leaf.journal_seq);
        });
    });
    EXPECT_THAT(numbers, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_EQ(of_journal, sequences);
}

TEST_F(JournalTest, AChangedByteOfAnEntryIsSeenWhenItIsOpened) {
    append(1);
    static const Statement salt{"t_salt", "UPDATE journal SET salt = zeroblob(32)"};
    expect_damaged(salt, [&](ReadSession&) { journal.open(entries().at(0)); });
    append(1);
    static const Statement sealed{"t_sealed", "UPDATE journal SET sealed = substr(sealed, 1, length(sealed) - 1)"};
    expect_damaged(sealed, [&](ReadSession&) { journal.open(entries().at(1)); });
}

TEST_F(JournalTest, AWrongLengthIsDamage) {
    append(1);
    sequence(1);
    const auto read = [&](ReadSession& session) { journal.each_after(session, 0, 10, [](const JournalEntry&) {}); };
    static const Statement salt{"t_salt_length", "UPDATE journal SET salt = x'00'"};
    expect_damaged(salt, read);
    static const Statement commitment{"t_commitment", "UPDATE journal SET salt = zeroblob(32), commitment = x''"};
    expect_damaged(commitment, read);
    static const Statement entity_id{"t_entity", "UPDATE journal SET commitment = zeroblob(32), entity = x'01'"};
    expect_damaged(entity_id, read);
    static const Statement leaf{"t_leaf", "UPDATE ledger_leaf SET hash = zeroblob(31)"};
    expect_damaged(leaf,
                   [&](ReadSession& session) { journal.each_leaf_from(session, 0, 10, [](const Journal::Leaf&) {}); });
    static const Statement frontier{"t_frontier", "UPDATE ledger_head SET frontier = x'00'"};
    expect_damaged(frontier, [&](ReadSession& session) { journal.head(session); });
}

}  // namespace
}  // namespace kelisim::records
