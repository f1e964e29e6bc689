// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>

#include "fixture.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;
using store::Statement;
class JournalTest : public ::testing::Test {
protected:
    Tables tables;
    const Journal& journal = tables.records.journal;
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
    std::vector<JournalEntry> entries(std::int64_t after = 0, std::size_t max = 1000) {
        std::vector<JournalEntry> found;
        store.readers().read([&](ReadSession& session) {
            journal.each_after(session, after, max, [&](const JournalEntry& entry) { found.push_back(entry); });
        });
        return found;
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

// LAW-36.4: what concerns one person is found, in order and in pages, and nothing of another with it.
TEST_F(JournalTest, GivesTheEntriesOfOnePerson) {
    const auto person = [&](std::uint16_t bucket) {
        return consent::SubjectId::make(testing::start, {bucket}, tables.entropy);
    };
    const auto abai = person(5), ybyrai = person(5);
    store.unit([&](WriteSession& session) {
        for (const auto& whose : {std::optional(abai), std::optional(ybyrai), std::optional<consent::SubjectId>(),
                                  std::optional(abai), std::optional(abai)}) {
            journal.append(
                session,
                {.kind = "test.fact", .entity = entity, .at = testing::start, .subject = whose, .details = {}});
        }
    });
    const auto of = [&](consent::SubjectId whose, std::int64_t after, std::size_t max) {
        std::vector<JournalEntry> found;
        store.readers().read([&](ReadSession& session) {
            journal.of_subject(session, whose, after, {.entries = max},
                               [&](const JournalEntry& entry) { found.push_back(entry); });
        });
        return found;
    };
    const auto all = entries();
    const auto mine = of(abai, 0, 10);
    ASSERT_EQ(mine.size(), 3U);
    EXPECT_EQ(mine[0].seq, all[0].seq);
    EXPECT_EQ(mine[1].seq, all[3].seq);
    EXPECT_EQ(mine[2].seq, all[4].seq);
    EXPECT_EQ(mine[1].subject, abai);
    EXPECT_EQ(mine[1].commitment, all[3].commitment);
    EXPECT_EQ(all[2].subject, std::nullopt);
    ASSERT_EQ(of(abai, mine[0].seq, 1).size(), 1U);
    EXPECT_EQ(of(abai, mine[0].seq, 1)[0].seq, mine[1].seq);
    EXPECT_TRUE(of(abai, mine[2].seq, 10).empty());
    EXPECT_EQ(of(ybyrai, 0, 10).size(), 1U);
    EXPECT_TRUE(of(person(5), 0, 10).empty());
    // Where a read ended for one reason or another is where the next one goes on.
    const auto until = [&](consent::SubjectId whose, std::int64_t after, std::size_t max) {
        return store.look([&](ReadSession& session) {
            return journal.of_subject(session, whose, after, {.entries = max}, [](const JournalEntry&) {});
        });
    };
    EXPECT_EQ(until(abai, 0, 2), mine[1].seq);
    EXPECT_EQ(until(abai, 0, 0), 0);
    EXPECT_EQ(until(abai, 0, 10), all.back().seq);
    EXPECT_EQ(until(abai, all.back().seq, 10), all.back().seq);
    EXPECT_EQ(until(person(5), 0, 10), all.back().seq);
    static const Statement no_id{"t_no_subject", "UPDATE journal SET subject = x'01' WHERE subject IS NOT NULL"};
    expect_damaged(no_id,
                   [&](ReadSession& session) { journal.each_after(session, 0, 10, [](const JournalEntry&) {}); });
}

// Full blocks are listed; those after them are read through. Either way the same is found.
TEST_F(JournalTest, ListsOfFullBlocksGiveTheSameEntries) {
    constexpr std::int64_t block = 16'384;
    std::vector<consent::SubjectId> persons;
    for (int i = 0; i < 7; ++i)
        persons.push_back(consent::SubjectId::make(testing::start, {5}, tables.entropy));
    std::map<consent::SubjectId, std::vector<std::int64_t>> expected;
    for (std::int64_t n = 1; n <= 2 * block + 50;) {
        store.unit([&](WriteSession& session) {
            for (int i = 0; i < 2000 && n <= 2 * block + 50; ++i, ++n) {
                // One has entries at the edges of blocks only, every eighth entry is nobody's.
                const bool edge = n % block == 0 || n % block == block - 1;
                std::optional<consent::SubjectId> whose =
                    edge ? persons[0] : persons[static_cast<std::size_t>(n % 5 + 1)];
                if (n % 8 == 1) whose.reset();
                if (whose) expected[*whose].push_back(n);
                journal.append(
                    session,
                    {.kind = "test.fact", .entity = entity, .at = testing::start, .subject = whose, .details = {}});
            }
        });
    }
    const auto of = [&](consent::SubjectId whose, std::int64_t after, std::size_t max) {
        std::vector<std::int64_t> found;
        store.readers().read([&](ReadSession& session) {
            journal.of_subject(session, whose, after, {.entries = max, .blocks = 1000},
                               [&](const JournalEntry& entry) { found.push_back(entry.seq); });
        });
        return found;
    };
    // However few blocks a read looks at, going on from where it ended gives all, and each once.
    const auto in_steps = [&](consent::SubjectId whose, std::size_t blocks) {
        std::vector<std::int64_t> found;
        int steps = 0;
        for (std::int64_t at = 0, end = entries(2 * block + 49).at(0).seq; at < end && steps < 10; ++steps) {
            store.readers().read([&](ReadSession& session) {
                const auto next = journal.of_subject(session, whose, at, {.blocks = blocks},
                                                     [&](const JournalEntry& entry) { found.push_back(entry.seq); });
                EXPECT_GT(next, at);
                EXPECT_TRUE(found.empty() || found.back() <= next);
                at = next;
            });
        }
        EXPECT_EQ(steps, 3) << "of three blocks one at a time";
        return found;
    };
    const auto expect_all = [&](const char* when) {
        for (const auto& whose : persons) {
            EXPECT_EQ(of(whose, 0, 1'000'000), expected[whose]) << when;
            EXPECT_EQ(in_steps(whose, 1), expected[whose]) << when;
        }
    };
    expect_all("before there are lists");
    EXPECT_EQ(journal.list_blocks(store.writer(), store.readers(), 1), 1U);
    expect_all("with one list");
    EXPECT_EQ(journal.list_blocks(store.writer(), store.readers(), 10), 1U) << "the last block is not full";
    EXPECT_EQ(journal.list_blocks(store.writer(), store.readers(), 10), 0U);
    expect_all("with both");
    const auto& edges = expected[persons[0]];
    ASSERT_EQ(edges, (std::vector<std::int64_t>{block - 1, block, 2 * block - 1, 2 * block}));
    EXPECT_EQ(of(persons[0], block - 1, 2), (std::vector<std::int64_t>{block, 2 * block - 1}));
    EXPECT_TRUE(of(persons[0], 2 * block, 10).empty());
    EXPECT_TRUE(of(persons[6], 0, 10).empty());
    store.readers().read([&](ReadSession& session) { EXPECT_EQ(journal.wrong_list(session), std::nullopt); });
    static const Statement hidden{"t_hidden", "UPDATE journal_run SET entries = x'' WHERE number >= 16"};
    ASSERT_NE(store.tamper(hidden), 0U);
    store.readers().read([&](ReadSession& session) { EXPECT_EQ(journal.wrong_list(session), 1); });
    static const Statement cut{"t_cut", "UPDATE journal_run SET entries = x'00'"};
    ASSERT_NE(store.tamper(cut), 0U);
    EXPECT_THROW(of(persons[1], 0, 10), Damaged);
}

// Times go forward, then back as when somebody turned the clock: what is looked for is found where it should be, and elsewhere.
TEST_F(JournalTest, FindsAnEntryNearItsTimeAndAnywhereElse) {
    constexpr std::int64_t block = 16'384, count = 3 * block + 10;
    const auto abai = consent::SubjectId::make(testing::start, {5}, tables.entropy);
    std::vector<base::RawId> wanted;
    const auto time_of = [&](std::int64_t n) {
        return testing::start + std::chrono::milliseconds{n < 5 * block / 2 ? n : n - 4 * block};
    };
    for (std::int64_t n = 1; n <= count;) {
        store.unit([&](WriteSession& session) {
            for (int i = 0; i < 2000 && n <= count; ++i, ++n) {
                const bool one = n % (block / 2) == 5;
                if (one) wanted.push_back(base::RawId::make(time_of(n), {5}, tables.entropy));
                journal.append(session, {.kind = "test.fact",
                                         .entity = one ? wanted.back() : entity,
                                         .at = time_of(n),
                                         .subject = one ? std::optional(abai) : std::nullopt,
                                         .details = {}});
            }
        });
    }
    ASSERT_EQ(wanted.size(), 7U);
    const auto expect_found = [&](base::Duration off) {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            int seen = 0;
            const auto found = store.look([&](ReadSession& session) {
                return journal.find(session, abai, wanted[i].time() + off, [&](const JournalEntry& entry) {
                    ++seen;
                    return entry.entity == wanted[i];
                });
            });
            ASSERT_TRUE(found);
            EXPECT_EQ(found->seq, static_cast<std::int64_t>(i) * (block / 2) + 5);
            // From the block before the one of its time on: two to a block.
            if (off == base::Duration{} && i < 4) {
                EXPECT_LE(seen, 3) << i;
            }
        }
    };
    expect_found({});
    EXPECT_EQ(journal.list_blocks(store.writer(), store.readers(), 2), 2U);
    expect_found({});
    expect_found(std::chrono::hours{1});
    expect_found(-std::chrono::hours{1});
    store.readers().read([&](ReadSession& session) {
        const auto nothing = [&](const consent::SubjectId& whose, base::Time near) {
            return journal.find(session, whose, near, [](const JournalEntry& entry) { return entry.kind == "other"; });
        };
        EXPECT_EQ(nothing(abai, testing::start), std::nullopt);
        EXPECT_EQ(nothing(abai, time_of(count)), std::nullopt);
        EXPECT_EQ(nothing(consent::SubjectId::make(testing::start, {5}, tables.entropy), testing::start), std::nullopt);
        EXPECT_EQ(journal.written(session, 7), time_of(7));
        EXPECT_EQ(journal.written(session, count + 1), std::nullopt);
    });
}

// A journal whose middle was cut away stands for one that is too long: what was not looked through is not said to be absent.
TEST_F(JournalTest, SaysWhenTheJournalIsTooLongToTell) {
    const auto abai = consent::SubjectId::make(testing::start, {5}, tables.entropy);
    append(3);
    static const Statement far{"t_far", "UPDATE journal SET seq = seq + 200000000 WHERE seq = 3"};
    ASSERT_EQ(store.tamper(far), 1U);
    EXPECT_THROW(store.readers().read([&](ReadSession& session) {
        journal.find(session, abai, testing::start, [](const JournalEntry&) { return true; });
    }),
                 store::Unavailable);
    const auto horizon = store.look(
        [&](ReadSession& session) { return journal.of_subject(session, abai, 0, {}, [](const JournalEntry&) {}); });
    EXPECT_GT(horizon, 200'000);
    EXPECT_LT(horizon, 200'000'000);
}

TEST_F(JournalTest, AnUndoneUnitLeavesNoEntry) {
    EXPECT_THROW(store.unit([&](WriteSession& session) {
        journal.append(session,
                       {.kind = "test.fact", .entity = entity, .at = testing::start, .subject = {}, .details = {}});
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_TRUE(entries().empty());
}

TEST_F(JournalTest, TellsOfAnEntryOnceItIsDurableAndOnceUntilHeard) {
    EXPECT_FALSE(journal.growth().pending());
    EXPECT_THROW(store.unit([&](WriteSession& session) {
        journal.append(session,
                       {.kind = "test.fact", .entity = entity, .at = testing::start, .subject = {}, .details = {}});
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_FALSE(journal.growth().pending());
    append(2);
    EXPECT_TRUE(journal.growth().pending());
    journal.growth().clear();
    EXPECT_FALSE(journal.growth().pending());
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
    const auto read = [&](ReadSession& session) { journal.each_after(session, 0, 10, [](const JournalEntry&) {}); };
    static const Statement salt{"t_salt_length", "UPDATE journal SET salt = x'00'"};
    expect_damaged(salt, read);
    static const Statement commitment{"t_commitment", "UPDATE journal SET salt = zeroblob(32), commitment = x''"};
    expect_damaged(commitment, read);
    static const Statement entity_id{"t_entity", "UPDATE journal SET commitment = zeroblob(32), entity = x'01'"};
    expect_damaged(entity_id, read);
}

}  // namespace
}  // namespace kelisim::records
