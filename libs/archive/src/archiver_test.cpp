// SPDX-License-Identifier: Apache-2.0
#include "archive/archiver.hpp"

#include <filesystem>
#include <fstream>

#include "fixture.hpp"
#include "store_sqlite/fault_vfs.hpp"

namespace kelisim::archive {
namespace {

using namespace fixture;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

const store::Statement journal_rows{"t_journal", "SELECT count(*) FROM journal"};
const store::Statement leaf_rows{"t_leaves", "SELECT count(*) FROM ledger_leaf"};
const store::Statement use_rows{"t_uses", "SELECT count(*) FROM use_record"};
const store::Statement other_rows{"t_others",
                                  "SELECT (SELECT count(*) FROM use_refusal) + (SELECT count(*) FROM own_look)"};

class ArchivingTest : public ::testing::Test {
protected:
    Installation it;
};

// LAW-40.2, LAW-56
TEST_F(ArchivingTest, WhatIsOldMovesAndEverybodyReadsTheSame) {
    it.grow(3 * tile);
    const std::int64_t size = it.sequenced();
    const auto before = it.everything(size);
    const std::int64_t uses = it.rows(use_rows), others = it.rows(other_rows);
    it.world.clock.advance(std::chrono::days{366});
    const auto archiving = it.archiving();
    while (archiving->step()) {
    }
    const std::int64_t files = (size - 1) / tile;
    EXPECT_EQ(archiving->counts().sealed, static_cast<std::uint64_t>(files));
    EXPECT_EQ(difference(it.everything(size), before), "");

    // Live tables stay small: what is left are the entries behind the last file, and one of each sealing.
    EXPECT_EQ(it.rows(journal_rows), size - files * tile + files);
    EXPECT_EQ(it.sequenced() - files * tile, it.rows(leaf_rows));
    std::int64_t archived = 0, archived_others = 0, bytes = 0;
    for (const records::Archive& archive : it.registered()) {
        archived += archive.uses;
        archived_others += archive.refusals + archive.looks;
        bytes += archive.bytes;
        EXPECT_TRUE(archive.emptied);
    }
    EXPECT_GT(archived, 100);
    EXPECT_GT(archived_others, 20);
    EXPECT_EQ(it.rows(use_rows), uses - archived);
    EXPECT_EQ(it.rows(other_rows), others - archived_others);
    EXPECT_LT(bytes, files * tile * 1500) << "bytes of an archived entry with its use";
    EXPECT_THAT(it.world.verify().findings, IsEmpty());
}

// 418-V ст.36(4): what was told of later is told of whole, also when its entries were archived meanwhile.
TEST_F(ArchivingTest, ADeferredAccessThatWasArchivedIsDisclosedWhole) {
    access::AskCommand command = access::testing::ask_for(person::abai().iin);
    command.initiator = "POLICE";
    command.ask.connection = "";
    command.ask.channel = {};
    command.ask.ground = "94-V:9(1)";
    command.deferral = consent::DeferralAsk{.law = "search-act", .until = it.world.clock.now() + 240h, .decision = "7"};
    const auto request = access::testing::try_ask(it.world, command).value().id;
    const auto token = redeem(it.world, request, *it.world.registry.system("POLICE")).value();
    access::UseCommand call = call_with(id_of(token), person::abai().iin);
    call.receiver = "POLICE";
    conclude(it.world, std::get<access::Reserved>(reserve(it.world, call)).id, consent::UseState::delivered);
    call.fields = {"children"};
    ASSERT_TRUE(std::holds_alternative<access::Objected>(reserve(it.world, call)));

    it.grow(2 * tile);
    const auto me = it.subject(person::abai());
    const auto of_police = [&] {
        const auto page = it.world.look([&](store::ReadSession& session) {
            return it.world.service->persons.cabinet.uses(session, me, {.before = {}, .max = 1000});
        });
        return std::ranges::count_if(page.items,
                                     [](const access::UseView& use) { return use.record.receiver == "POLICE"; });
    };
    it.archive(1);
    EXPECT_EQ(of_police(), 0) << "archived, and no sooner seen for it";
    it.world.unit([&](store::WriteSession& session) {
        const auto deferral = it.world.records.deferrals.of_request(session, request).value();
        it.world.service->persons.deferring.fall_due(session, deferral.id, it.world.clock.now());
    });
    EXPECT_EQ(of_police(), 2) << "the use and the refused call";
    EXPECT_THAT(it.world.verify().findings, IsEmpty());
}

TEST_F(ArchivingTest, AFileBeginsWhereTheOneBeforeEnds) {
    it.grow(3 * tile);
    it.archive(2);
    const auto archives = it.registered();
    ASSERT_EQ(archives.size(), 2U);
    EXPECT_EQ(archives[0].first_leaf, 0);
    EXPECT_EQ(archives[0].first_seq, 1);
    EXPECT_EQ(archives[0].last_leaf + 1, archives[1].first_leaf);
    EXPECT_EQ(archives[0].last_seq + 1, archives[1].first_seq);
    EXPECT_LE(archives[0].ended, archives[1].began);
}

TEST_F(ArchivingTest, WhatIsYoungStays) {
    it.grow(2 * tile);
    const auto last = it.world.look([&](store::ReadSession& session) {
        return records::Archives::entry_time(session, it.world.records.ledger.entry_of(session, tile - 1).value())
            .value();
    });
    const auto archiving = it.archiving();
    // To the millisecond, as ids tell time: not what is exactly as old as the term.
    it.world.clock.advance(last + std::chrono::days{365} - it.world.clock.now());
    EXPECT_FALSE(archiving->step());
    EXPECT_THAT(it.registered(), IsEmpty());
    it.world.clock.advance(1ms);
    EXPECT_TRUE(archiving->step());
    EXPECT_FALSE(archiving->step());
}

TEST_F(ArchivingTest, TheNewestSignedLeafStays) {
    it.grow(tile);
    it.world.clock.advance(std::chrono::days{366});
    std::uint64_t size = tile;
    Archiving archiving(it.parts([&size] { return size; }), {.tiles = 1});
    EXPECT_FALSE(archiving.step());
    size = tile + 1;
    EXPECT_TRUE(archiving.step());
}

TEST_F(ArchivingTest, AShorterTermOrALongerFileIsRefused) {
    using std::chrono::days;
    EXPECT_NO_THROW(it.archiving({.term = days{3}, .tiles = 256}));
    EXPECT_NO_THROW(it.archiving({.term = days{36'500}, .tiles = 1}));
    EXPECT_THROW(it.archiving({.term = days{2}, .tiles = 1}), base::Outage);
    EXPECT_THROW(it.archiving({.term = days{36'501}, .tiles = 1}), base::Outage);
    EXPECT_THROW(it.archiving({.term = days{3}, .tiles = 0}), base::Outage);
    EXPECT_THROW(it.archiving({.term = days{3}, .tiles = 257}), base::Outage);
}

TEST_F(ArchivingTest, AUseWithoutItsOutcomeWaits) {
    it.grow(2 * tile);
    static const store::Statement reserve_all{"t_reserve", "UPDATE use_record SET state = 0"};
    it.world.store.tamper(reserve_all);
    it.world.clock.advance(std::chrono::days{366});
    EXPECT_FALSE(it.archiving()->step());
    EXPECT_TRUE(fs::is_empty(it.files.directory()));
    EXPECT_THAT(it.registered(), IsEmpty());
}

// Each of these would be sealed over.
TEST_F(ArchivingTest, WhatIsDamagedIsNotSealed) {
    static const std::vector<store::Statement> damages{
        {"t_d1", "UPDATE journal SET commitment = zeroblob(32) WHERE seq = 7"},
        {"t_d2", "DELETE FROM journal WHERE seq = 9"},
        {"t_d3", "UPDATE ledger_leaf SET hash = zeroblob(32) WHERE number = 5"},
        {"t_d4", "DELETE FROM ledger_leaf WHERE number = 0"},
        {"t_d5", "UPDATE ledger_node SET hash = zeroblob(32) WHERE level = 1 AND number = 0"},
        {"t_d6", "DELETE FROM use_record WHERE state = 1"},
        {"t_d7", "DELETE FROM own_look"},
        {"t_d8", "UPDATE journal SET sealed = (SELECT sealed FROM journal WHERE seq = 1) WHERE kind = 'use.refused'"},
    };
    for (const store::Statement& damage : damages) {
        Installation damaged;
        damaged.grow(2 * tile);
        ASSERT_GT(damaged.world.store.tamper(damage), 0U) << damage.sql;
        const std::int64_t rows = damaged.rows(journal_rows);
        damaged.world.clock.advance(std::chrono::days{366});
        EXPECT_THROW(damaged.archiving()->step(), records::Damaged) << damage.sql;
        EXPECT_EQ(damaged.rows(journal_rows), rows) << damage.sql;
        EXPECT_TRUE(fs::is_empty(damaged.files.directory())) << damage.sql;
    }
}

struct Killed {};

// At every step the process ends, and another one takes over: readers see the same before, in between and after.
TEST_F(ArchivingTest, NothingIsLostOrShownTwiceWhereverTheProcessEnds) {
    it.grow(tile + 50);
    const std::int64_t size = it.sequenced();
    const auto before = it.everything(size);
    it.world.clock.advance(std::chrono::days{366});
    ArchivingOptions options{.tiles = 1, .rows_a_unit = 50};
    // written, renamed, persons noted, registered, then the pieces of the deletion, then emptied.
    int kills = 0;
    for (int steps_to_live = 1;; ++steps_to_live) {
        int left = steps_to_live;
        options.after = [&](Step) {
            if (--left == 0) throw Killed{};
        };
        const auto archiving = it.archiving(options);
        bool killed = false;
        try {
            if (!archiving->step()) break;
        } catch (const Killed&) {
            killed = true;
        }
        ASSERT_EQ(difference(it.everything(size), before), "") << "after step " << steps_to_live;
        if (!killed) break;
        ++kills;
    }
    EXPECT_GE(kills, 10);
    options.after = {};
    it.archiving(options)->step();
    const auto archives = it.registered();
    ASSERT_EQ(archives.size(), 1U) << "one file, however often it was begun";
    EXPECT_TRUE(archives.front().emptied);
    EXPECT_EQ(difference(it.everything(size), before), "");
    EXPECT_THAT(it.world.verify().findings, IsEmpty());
}

TEST_F(ArchivingTest, UnitsMayRunTwice) {
    it.grow(2 * tile);
    const std::int64_t size = it.sequenced();
    const auto before = it.everything(size);
    it.world.store.run_batches_twice();
    it.archive(1);
    EXPECT_EQ(it.registered().size(), 1U);
    EXPECT_EQ(difference(it.everything(size), before), "");
    EXPECT_THAT(it.world.verify().findings, IsEmpty());
}

TEST_F(ArchivingTest, AFileOfThatNameThatIsNotRegisteredIsPutAside) {
    it.grow(2 * tile);
    fs::create_directories(it.files.directory());
    std::ofstream(it.files.path(1)) << "of another day";
    it.archive(1);
    EXPECT_TRUE(fs::exists(it.files.path(1).string() + ".unregistered"));
    EXPECT_TRUE(it.files.check(it.registered().front()));
}

TEST_F(ArchivingTest, WhatAKilledProcessLeftIsClearedAwayEvenWithNothingToDo) {
    fs::create_directories(it.files.directory());
    std::ofstream(it.files.directory() / "unfinished") << "half";
    std::ofstream(it.files.directory() / "unfinished-journal") << "of it";
    EXPECT_FALSE(it.archiving()->step());
    EXPECT_TRUE(fs::is_empty(it.files.directory()));
}

TEST_F(ArchivingTest, AFullDiskDeletesNothingAndIsTriedAgain) {
    store_sqlite::FaultVfs vfs("full-archive", 1);
    it.grow(2 * tile);
    const std::int64_t rows = it.rows(journal_rows);
    it.world.clock.advance(std::chrono::days{366});
    ArchivingOptions options{.tiles = 1};
    options.hooks.vfs = vfs.name();
    const auto archiving = it.archiving(options);
    vfs.limit_space(100'000);
    EXPECT_THROW(archiving->step(), store::Unavailable);
    EXPECT_TRUE(fs::is_empty(it.files.directory())) << "a full disk gets its space back";
    vfs.heal();
    vfs.fail_sync(1, store_sqlite::FaultVfs::Failed::lost);
    EXPECT_THROW(archiving->step(), store::Unavailable);
    EXPECT_EQ(it.rows(journal_rows), rows);
    EXPECT_THAT(it.registered(), IsEmpty());
    vfs.heal();
    EXPECT_TRUE(archiving->step());
    EXPECT_LT(it.rows(journal_rows), rows);
}

TEST_F(ArchivingTest, ADirectoryThatCannotBeWrittenDeletesNothing) {
    it.grow(2 * tile);
    const std::int64_t rows = it.rows(journal_rows);
    std::ofstream(it.files.directory()) << "a file stands there";
    it.world.clock.advance(std::chrono::days{366});
    EXPECT_ANY_THROW(it.archiving()->step());
    EXPECT_EQ(it.rows(journal_rows), rows);
    fs::remove(it.files.directory());
    EXPECT_TRUE(it.archiving()->step());
}

void alter(const fs::path& file, std::streamoff at) {
    fs::permissions(file, fs::perms::owner_all);
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(at);
    const auto byte = static_cast<char>(bytes.get());
    bytes.seekp(at);
    bytes.put(static_cast<char>(byte ^ 1));
}

class FilesTest : public ArchivingTest {
protected:
    void SetUp() override {
        it.grow(3 * tile);
        size = it.sequenced();
        before = it.everything(size);
        it.archive(2);
    }
    // Never a shorter answer: an outage.
    void expect_away() {
        const auto me = it.subject(person::abai());
        it.world.look([&](store::ReadSession& session) {
            const records::Records& records = it.world.records;
            EXPECT_THROW(records.journal.each_after(session, 0, 10, [](const auto&) {}), records::ArchiveAway);
            EXPECT_THROW(records.journal.of_subject(session, me.id, 0, {}, [](const auto&) {}), records::ArchiveAway);
            EXPECT_THROW(records.journal.at(session, 3), records::ArchiveAway);
            EXPECT_THROW(records.ledger.tile(session, {.level = 0, .number = 0}), records::ArchiveAway);
            EXPECT_THROW(records.ledger.entry_of(session, 3), records::ArchiveAway);
            EXPECT_THROW(records.use_refusals.of(session, me.id, {}, 1000), records::ArchiveAway);
            EXPECT_THROW(records.own_looks.of(session, me.id, {}, 1000), records::ArchiveAway);
            const access::PageWanted all{.before = {}, .max = 1000};
            EXPECT_THROW(it.world.service->persons.cabinet.uses(session, me, all), records::ArchiveAway);
            // What does not need it is answered.
            EXPECT_EQ(records.ledger.tile(session, {.level = 0, .number = 1}).size(), 256U);
            return true;
        });
        EXPECT_EQ(it.files.damaged(), 1U);
        EXPECT_EQ(it.log.count("ARCHIVE_DAMAGED"), 1) << "told once";
    }

    std::int64_t size = 0;
    std::vector<std::string> before;
};

TEST_F(FilesTest, AMissingFileIsAnOutageUntilItIsBack) {
    const fs::path away = it.directory.path() / "elsewhere";
    fs::rename(it.files.path(1), away);
    expect_away();
    it.archiving()->scrub();
    EXPECT_EQ(it.files.damaged(), 1U);
    fs::rename(away, it.files.path(1));
    EXPECT_EQ(difference(it.everything(size), before), "");
    EXPECT_EQ(it.files.damaged(), 0U);
    EXPECT_EQ(it.log.count("ARCHIVE_HEALED"), 1);
}

TEST_F(FilesTest, AFlippedBitIsAnOutage) {
    EXPECT_EQ(difference(it.everything(size), before), "") << "while it was open and right";
    alter(it.files.path(1), static_cast<std::streamoff>(fs::file_size(it.files.path(1)) / 2));
    expect_away();
}

TEST_F(FilesTest, AnotherFileOfItsNameIsAnOutage) {
    fs::copy_file(it.files.path(2), it.files.path(1), fs::copy_options::overwrite_existing);
    expect_away();
}

TEST_F(FilesTest, TheScrubReadsEachFileInTurn) {
    const auto archiving = it.archiving();
    ASSERT_TRUE(archiving->scrub());
    EXPECT_EQ(it.files.damaged(), 0U);
    // As a disk does it: without a trace in the times.
    const auto time = fs::last_write_time(it.files.path(2));
    alter(it.files.path(2), 5000);
    fs::last_write_time(it.files.path(2), time);
    ASSERT_TRUE(archiving->scrub());
    EXPECT_EQ(it.files.damaged(), 1U);
    EXPECT_EQ(archiving->counts().checked, 2U);
    ASSERT_TRUE(archiving->scrub());
    EXPECT_EQ(archiving->counts().checked, 3U) << "from the first again";
}

TEST_F(FilesTest, NoFileIsOpenedWhereNobodyMayWait) {
    it.world.look([&](store::ReadSession& session) {
        const records::NoArchivesHere here;
        EXPECT_THROW(it.world.records.journal.at(session, 3), records::ArchiveNeeded);
        EXPECT_TRUE(it.world.records.journal.at(session, it.world.records.journal.last(session)));
        return true;
    });
    EXPECT_EQ(difference(it.everything(size), before), "");
}

TEST_F(FilesTest, TheVerifierFindsAnArchiveThatTheJournalDoesNotKnow) {
    static const std::vector<std::pair<store::Statement, std::string>> forgeries{
        {{"t_f1", "UPDATE archive SET manifest = zeroblob(32) WHERE number = 2"},
         "archive 2 is not what the journal says"},
        {{"t_f2", "UPDATE archive SET journal_seq = journal_seq - 1 WHERE number = 2"},
         "archive 2 is unknown to the journal"},
    };
    for (const auto& [forgery, finding] : forgeries) {
        it.world.store.tamper(forgery);
        EXPECT_THAT(it.world.verify().findings, ::testing::Contains(finding));
        it.world.store.tamper(store::Statement{"t_none", "UPDATE archive SET number = number WHERE number = 0"});
    }
}

TEST_F(FilesTest, ErasureLeavesRecordsOfAccessAndTheirArchives) {
    static const store::Statement erase{"t_erase", "DELETE FROM subject"};
    const auto id = it.world.look([&](store::ReadSession& session) {
        std::optional<consent::UseId> found;
        it.world.records.archives.read(it.registered().front(), [&](store::ReadSession& file) {
            static const store::Statement one{"t_one", "SELECT id FROM use_record LIMIT 1"};
            file.query(one, {}, [&](const store::Row& row) { found = consent::UseId::from_bytes(row.blob(0)); });
        });
        static_cast<void>(session);
        return found.value();
    });
    it.world.store.tamper(erase);
    it.world.look([&](store::ReadSession& session) {
        EXPECT_EQ(it.world.records.uses.record(session, id)->subject, person::abai().iin);
        return true;
    });
}

TEST_F(ArchivingTest, TheThreadArchivesWhenItIsRung) {
    it.grow(2 * tile);
    Archiver archiver(it.parts([] { return std::uint64_t{tile + 1}; }), {.tiles = 1});
    it.world.clock.advance(std::chrono::days{366});
    archiver.ring();
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (archiver.counts().sealed == 0 && std::chrono::steady_clock::now() < end) {
        archiver.ring();
        std::this_thread::yield();
    }
    EXPECT_EQ(archiver.counts().sealed, 1U);
}

}  // namespace
}  // namespace kelisim::archive
