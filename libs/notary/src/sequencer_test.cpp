// SPDX-License-Identifier: Apache-2.0
#include "notary/sequencer.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace kelisim::notary {
namespace {

using namespace fixture;

class SequencingTest : public ::testing::Test {
protected:
    Installation at;

    void tamper(const char* sql) { ASSERT_NE(at.tamper(sql), 0U) << sql; }
    // Grows the log and tries to sign: nothing new may come out.
    void expect_no_signature(Sequencing& sequencing) {
        const auto before = at.board.newest();
        at.append(1);
        sequencing.advance();
        EXPECT_EQ(at.board.newest(), before) << "signed over damage";
        EXPECT_FALSE(sequencing.counts().signing);
        EXPECT_EQ(sequencing.counts().findings, 1U);
        EXPECT_EQ(at.log.count("LEDGER_DAMAGED"), 1U);
    }
};

TEST_F(SequencingTest, SignsWhatTheJournalHoldsAndNothingTwice) {
    const auto sequencing = at.signed_with(300);
    const auto newest = at.board.newest();
    ASSERT_TRUE(newest);
    EXPECT_EQ(newest->checkpoint.origin, at.origin);
    EXPECT_EQ(newest->checkpoint.size, 300U);
    EXPECT_EQ(ledger::signed_by(ledger::parse_note(newest->note).value(), at.vkey()), ledger::Signed::yes);
    EXPECT_EQ(at.kept.note, newest->note);
    at.store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(at.records.ledger.note(session, Ledger::Kept::newest), newest->note);
        EXPECT_EQ(at.records.ledger.tree(session, 300).root(), newest->checkpoint.root);
    });
    EXPECT_FALSE(sequencing->advance());
    EXPECT_EQ(at.board.newest(), newest) << "nothing came, nothing is signed";
    EXPECT_EQ(sequencing->counts().checkpoints, 1U);
    at.append(1);
    sequencing->advance();
    EXPECT_EQ(at.size(), 301U);
    EXPECT_EQ(sequencing->counts().findings, 0U);
}

TEST_F(SequencingTest, ALogWithoutEntriesHasACheckpointToo) {
    at.signed_with(0);
    ASSERT_TRUE(at.board.newest());
    EXPECT_EQ(at.board.newest()->checkpoint.root, ledger::Frontier{}.root());
    at.signed_with(5);
    EXPECT_EQ(at.size(), 5U);
}

TEST_F(SequencingTest, ARoundIsBounded) {
    at.append(10);
    const auto sequencing = at.begin({.entries_a_unit = 2, .units_a_round = 3});
    EXPECT_TRUE(sequencing->advance());
    EXPECT_EQ(at.size(), 6U);
    EXPECT_FALSE(sequencing->advance());
    EXPECT_EQ(at.size(), 10U);
}

TEST_F(SequencingTest, ARestartGoesOnWhereItWas) {
    at.signed_with(300);
    const auto before = at.board.newest();
    const auto again = at.begin();
    again->advance();
    EXPECT_EQ(at.board.newest()->note, before->note);
    EXPECT_EQ(again->counts().checkpoints, 0U) << "nothing is written while nothing happens";
    at.append(700);
    again->advance();
    EXPECT_EQ(at.size(), 1000U);
    EXPECT_EQ(again->counts().findings, 0U);
}

// Whatever bit of what was just written flips before it is signed: it is found, and never signed over.
TEST_F(SequencingTest, NothingIsSignedOverADamagedNewLeaf) {
    const auto sequencing = at.signed_with(300);
    at.append(5);
    at.store.unit([&](WriteSession& session) { at.records.ledger.sequence(session, 100, testing::start); });
    tamper("UPDATE ledger_leaf SET hash = (SELECT hash FROM ledger_leaf WHERE number = 301) WHERE number = 302");
    expect_no_signature(*sequencing);
}

TEST_F(SequencingTest, NothingIsSignedOverADamagedCommitment) {
    const auto sequencing = at.signed_with(300);
    at.append(5);
    at.store.unit([&](WriteSession& session) { at.records.ledger.sequence(session, 100, testing::start); });
    tamper("UPDATE journal SET commitment = zeroblob(32) WHERE seq = (SELECT max(seq) FROM journal)");
    expect_no_signature(*sequencing);
}

TEST_F(SequencingTest, NothingIsSignedOverADamagedNode) {
    const auto sequencing = at.signed_with(600);
    tamper("UPDATE ledger_node SET hash = zeroblob(32) WHERE level = 1 AND number = 1");
    expect_no_signature(*sequencing);
}

TEST_F(SequencingTest, NothingIsSignedOverADamagedFrontier) {
    const auto sequencing = at.signed_with(600);
    tamper("UPDATE ledger_head SET frontier = CAST(substr(frontier, 1, length(frontier) - 1) || x'00' AS BLOB)");
    expect_no_signature(*sequencing);
}

TEST_F(SequencingTest, NothingIsSignedOverALeafOfTheOpenTile) {
    const auto sequencing = at.signed_with(600);
    tamper("UPDATE ledger_leaf SET hash = zeroblob(32) WHERE number = 599");
    expect_no_signature(*sequencing);
}

TEST_F(SequencingTest, NothingIsSignedOverAMissingJournalEntry) {
    const auto sequencing = at.signed_with(300);
    at.append(5);
    at.store.unit([&](WriteSession& session) { at.records.ledger.sequence(session, 100, testing::start); });
    tamper("DELETE FROM journal WHERE seq = (SELECT max(seq) - 1 FROM journal)");
    expect_no_signature(*sequencing);
}

// A whole tree that is right in itself, but another one than was signed: a fork.
TEST_F(SequencingTest, AForkedTreeIsNotSigned) {
    const auto sequencing = at.signed_with(300);
    tamper("UPDATE journal SET commitment = zeroblob(32) WHERE seq = (SELECT min(seq) FROM journal)");
    tamper("DELETE FROM ledger_leaf");
    tamper("DELETE FROM ledger_head");
    tamper("DELETE FROM ledger_node");
    expect_no_signature(*sequencing);
    // Nor after a restart.
    const auto again = at.begin();
    again->advance();
    EXPECT_EQ(at.size(), 300U);
    EXPECT_FALSE(again->counts().signing);
}

TEST_F(SequencingTest, AShrunkenTreeIsNotSigned) {
    const auto sequencing = at.signed_with(300);
    tamper("DELETE FROM journal WHERE seq > (SELECT min(seq) + 10 FROM journal)");
    tamper("DELETE FROM ledger_leaf");
    tamper("DELETE FROM ledger_head");
    tamper("DELETE FROM ledger_node");
    expect_no_signature(*sequencing);
}

// A database that was restored from a backup knows nothing of what was signed since; what lies beside it does.
TEST_F(SequencingTest, ARestoredDatabaseIsNotSigned) {
    at.signed_with(100);
    const auto old_note = at.kept.note;
    at.append(100);
    at.begin()->advance();
    ASSERT_EQ(at.size(), 200U);
    tamper("DELETE FROM journal WHERE seq > (SELECT min(seq) + 99 FROM journal)");
    tamper("DELETE FROM ledger_leaf");
    tamper("DELETE FROM ledger_head");
    at.store.unit([&](WriteSession& session) {
        at.records.ledger.sequence(session, 1000, testing::start);
        at.records.ledger.keep_note(session, Ledger::Kept::newest, *old_note, testing::start);
    });
    const auto restored = at.begin();
    at.append(300);
    restored->advance();
    EXPECT_FALSE(restored->counts().signing);
    EXPECT_EQ(at.log.count("smaller than the last signed"), 1U);
    // Without that memory it cannot be noticed here: then only a witness or whoever kept a checkpoint can.
    at.kept.note.reset();
    tamper("DELETE FROM ledger_scrub");
    const auto forgetful = at.begin();
    forgetful->advance();
    EXPECT_TRUE(forgetful->counts().signing);
}

TEST_F(SequencingTest, ANoteThatWeDidNotSignStopsTheSigning) {
    at.signed_with(10);
    at.key = crypto::Ed25519Key::generate();
    const auto other = at.begin();
    expect_no_signature(*other);
}

TEST_F(SequencingTest, AnotherOriginIsAnotherLogOverTheSameTree) {
    at.signed_with(10);
    at.origin = "another.example/ledger";
    at.key = crypto::Ed25519Key::generate();
    const auto other = at.begin();
    EXPECT_FALSE(at.board.newest() && at.board.newest()->checkpoint.origin == at.origin);
    other->advance();
    EXPECT_EQ(at.board.newest()->checkpoint.origin, at.origin);
    EXPECT_EQ(at.size(), 10U);
    EXPECT_EQ(other->counts().findings, 0U);
}

TEST_F(SequencingTest, WhatCannotBeRememberedIsNotShown) {
    const auto sequencing = at.signed_with(10);
    at.kept.fails = true;
    at.append(1);
    EXPECT_THROW(sequencing->advance(), base::Outage);
    EXPECT_EQ(at.size(), 10U);
    at.kept.fails = false;
    sequencing->advance();
    EXPECT_EQ(at.size(), 11U);
    EXPECT_TRUE(sequencing->counts().signing) << "an outage is no damage";
}

// A crash between the signature and its row: the signed one counts.
TEST_F(SequencingTest, WhatWasSignedAndNotStoredIsShownAfterARestart) {
    at.signed_with(10);
    at.store.readers().read(
        [&](ReadSession& session) { ASSERT_TRUE(at.records.ledger.note(session, Ledger::Kept::newest)); });
    tamper("DELETE FROM ledger_note");
    at.board.show({});
    const auto again = at.begin();
    EXPECT_EQ(at.size(), 10U);
    EXPECT_EQ(again->counts().findings, 0U);
}

class ScrubTest : public SequencingTest {
protected:
    // Until each leaf was looked at once.
    void scrub_all(Sequencing& sequencing) {
        const std::uint64_t pieces = at.size() / ledger::tile_width + 1;
        for (std::uint64_t i = 0; i < pieces; ++i)
            sequencing.scrub();
    }
};

TEST_F(ScrubTest, FindsNothingWhereNothingIs) {
    const auto sequencing = at.signed_with(1000);
    scrub_all(*sequencing);
    EXPECT_EQ(sequencing->counts().findings, 0U);
    EXPECT_EQ(sequencing->counts().scrubbed, 1000U);
}

TEST_F(ScrubTest, FindsEachDamageWithinOnePassAndStopsTheSigning) {
    for (const char* damage :
         {"UPDATE ledger_leaf SET hash = zeroblob(32) WHERE number = 300",
          "UPDATE journal SET commitment = zeroblob(32) WHERE seq = (SELECT journal_seq FROM ledger_leaf WHERE number "
          "= 1)",
          "UPDATE ledger_node SET hash = zeroblob(32) WHERE level = 1 AND number = 0",
          "DELETE FROM ledger_leaf WHERE number = 511", "DELETE FROM ledger_node WHERE level = 1 AND number = 2",
          "DELETE FROM journal WHERE seq = (SELECT journal_seq FROM ledger_leaf WHERE number = 700)",
          "UPDATE ledger_leaf SET journal_seq = journal_seq - 1 WHERE number = 256"}) {
        Installation fresh;
        const auto sequencing = fresh.signed_with(1000);
        ASSERT_NE(fresh.tamper(damage), 0U) << damage;
        for (int i = 0; i < 4; ++i)
            sequencing->scrub();
        EXPECT_NE(sequencing->counts().findings, 0U) << damage;
        EXPECT_FALSE(sequencing->counts().signing) << damage;
        fresh.append(1);
        sequencing->advance();
        EXPECT_EQ(fresh.size(), 1000U) << "signed over " << damage;
    }
}

TEST_F(ScrubTest, DamageIsRememberedOverARestartUntilItIsHealed) {
    const auto sequencing = at.signed_with(1000);
    tamper("UPDATE ledger_leaf SET hash = CAST(hash || x'00' AS BLOB) WHERE number = 300");
    scrub_all(*sequencing);
    const auto again = at.begin();
    EXPECT_FALSE(again->counts().signing);
    EXPECT_EQ(at.log.count("LEDGER_DAMAGED"), 2U);
    tamper("UPDATE ledger_leaf SET hash = substr(hash, 1, 32) WHERE number = 300");
    const auto healed = at.begin();
    EXPECT_TRUE(healed->counts().signing);
    EXPECT_EQ(at.log.count("LEDGER_HEALED"), 1U);
    at.append(1);
    healed->advance();
    EXPECT_EQ(at.size(), 1001U);
    EXPECT_EQ(at.begin()->counts().findings, 0U);
}

TEST_F(ScrubTest, GoesOnWhereItWasAndKeepsItsPace) {
    const SequencerOptions week{.scrub = std::chrono::days{7}};
    const auto sequencing = at.signed_with(1024, week);
    // Five pieces, the last one empty until the log grows, in a week.
    EXPECT_EQ(sequencing->scrub_pause(), base::Duration(std::chrono::days{7}) / 5);
    sequencing->scrub();
    sequencing->scrub();
    sequencing->end();
    const auto again = at.begin();
    tamper("UPDATE ledger_leaf SET hash = zeroblob(32) WHERE number = 600");
    again->scrub();
    EXPECT_EQ(again->counts().findings, 1U) << "the third piece came third";
}

TEST_F(SequencingTest, TheThreadSignsWithinASecondAlsoAfterIdleness) {
    Sequencer sequencer(at.parts(), {.interval = 300ms});
    const auto published_within = [&](std::uint64_t size) {
        const auto begin = std::chrono::steady_clock::now();
        PublishedPtr seen = at.next_checkpoint(nullptr);
        while (seen && seen->checkpoint.size < size)
            seen = at.next_checkpoint(seen);
        EXPECT_TRUE(seen);
        return std::chrono::steady_clock::now() - begin;
    };
    for (std::uint64_t i = 1; i <= 3; ++i) {
        at.append(10);
        EXPECT_LT(published_within(10 * i), 1s);
    }
    // Idle for longer than a round: the alarm alone can wake it.
    const base::SystemClock clock;
    store::Alarm nobody_rings;
    nobody_rings.sleep(clock, clock.now() + 400ms);
    const auto checkpoints = sequencer.counts().checkpoints.load();
    at.append(1);
    EXPECT_LT(published_within(31), 250ms);
    EXPECT_EQ(sequencer.counts().checkpoints, checkpoints + 1);
    EXPECT_EQ(sequencer.counts().outages, 0U);
}

}  // namespace
}  // namespace kelisim::notary
