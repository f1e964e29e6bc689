// SPDX-License-Identifier: Apache-2.0
// One fault at a time: what callers are told, and that the store works once the disk does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <fstream>

#include "store/contract_workload.hpp"
#include "store_sqlite/fault_vfs.hpp"
#include "test_support.hpp"

namespace kelisim::store_sqlite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const store::Statement remove_all{"fault_remove_all", "DELETE FROM contract_item"};

class Fault : public testing::Test {
protected:
    Fault() {
        options_ = test::contract_options(directory_.path() / "data");
        options_.test_hooks.refuse_reopen = [this] { return refuse_reopen_.load(); };
        init(options_);
        options_.test_hooks.vfs = disk_.name();
        database_ = Database::open(options_);
    }
    ~Fault() override {
        database_.reset();
        // The VFS goes after its last connection.
    }

    void put(std::int64_t id, std::string_view value = "x") {
        store::run(database_->writer(), [&](store::WriteSession& session) {
            session.execute(store::contract::insert_item, {id, value});
        });
    }
    std::vector<std::int64_t> seen() {
        std::vector<std::int64_t> ids;
        database_->readers().read([&](store::ReadSession& session) { ids = store::contract::ids(session); });
        return ids;
    }
    void power_failure(FaultVfs::Survival survival = FaultVfs::Survival::synced_only) {
        disk_.crash();
        database_.reset();
        disk_.power_on(survival);
        database_ = Database::open(options_);
    }

    test::TemporaryDirectory directory_;
    FaultVfs disk_{"fault-one", 1};
    std::atomic<bool> refuse_reopen_{false};
    std::vector<std::int64_t> acknowledged_;
    Options options_;
    std::unique_ptr<Database> database_;  // last: its connections close before the disk goes
};

TEST_F(Fault, ThePowerFailsAfterAnAcknowledgement) {
    put(1);
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_F(Fault, ThePowerFailsAfterACheckpointAndAReset) {
    options_.log_checkpoint_bytes = 1;
    power_failure();
    for (std::int64_t id = 1; id <= 20; ++id)
        put(id);
    power_failure();
    EXPECT_EQ(seen().size(), 20U);
}

TEST_F(Fault, AFailedSyncThatLostTheDataIsAmbiguousAndHarmsNothingLater) {
    put(1);
    disk_.fail_sync(1, FaultVfs::Failed::lost);
    EXPECT_THROW(put(2), store::Ambiguous);
    put(3);
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3)) << "it was still in the page cache, and is written again";
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3));
}

TEST_F(Fault, AFailedSyncThatStoredTheDataIsAmbiguousAndHarmsNothingLater) {
    put(1);
    disk_.fail_sync(1, FaultVfs::Failed::stored);
    EXPECT_THROW(put(2), store::Ambiguous);
    put(3);
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3));
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3));
}

TEST_F(Fault, AFailedSyncAndThenNoPowerLeavesAllOrNothing) {
    put(1);  // a new log has its header synced on its own
    disk_.fail_sync(1, FaultVfs::Failed::stored);
    EXPECT_THROW(put(2), store::Ambiguous);
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1, 2)) << "it reached the disk, so the crash brings it back: ambiguous indeed";
}

TEST_F(Fault, SyncsThatKeepFailingKeepFailingUnitsUntilTheyWorkAgain) {
    for (const auto how : {FaultVfs::Failed::pending, FaultVfs::Failed::lost}) {
        disk_.fail_every_sync(how);
        for (std::int64_t id = 1; id <= 5; ++id)
            EXPECT_THROW(put(id), store::Unavailable);
        disk_.heal();
        put(10);
        power_failure(FaultVfs::Survival::random_sectors);
        EXPECT_THAT(seen(), testing::IsSupersetOf({10}));
        EXPECT_THAT(seen(), testing::IsSubsetOf({1, 10})) << "the first was ambiguous, the others not";
        store::run(database_->writer(), [](store::WriteSession& session) { session.execute(remove_all, {}); });
    }
}

TEST_F(Fault, AFullDiskFailsUnitsUntilThereIsSpace) {
    put(1);
    disk_.limit_space(0);
    EXPECT_THROW(put(2), store::Unavailable);
    EXPECT_THROW(put(3), store::Unavailable);
    EXPECT_THAT(seen(), ElementsAre(1)) << "reading goes on";
    disk_.heal();
    put(4);
    EXPECT_THAT(seen(), ElementsAre(1, 4));
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1, 4));
}

TEST_F(Fault, ADiskThatFillsInTheMiddleOfAUnitLeavesNothingOfIt) {
    const std::string big(3'000'000, 'x');
    disk_.limit_space(1'000'000);
    EXPECT_THROW(put(1, big), store::Unavailable);
    disk_.heal();
    put(2);
    EXPECT_THAT(seen(), ElementsAre(2));
}

TEST_F(Fault, AShortWriteLeavesNothing) {
    disk_.fail_write(2);
    EXPECT_THROW(put(1), store::Unavailable);
    put(2);
    EXPECT_THAT(seen(), ElementsAre(2));
    power_failure(FaultVfs::Survival::random_sectors);
    EXPECT_THAT(seen(), ElementsAre(2));
}

TEST_F(Fault, AReaderThatCannotReadIsReplaced) {
    for (std::int64_t id = 1; id <= 20; ++id)
        put(id, std::string(4'000, 'x'));
    power_failure();  // nothing is cached
    disk_.fail_read(2);
    EXPECT_THROW(seen(), store::Unavailable);
    EXPECT_EQ(seen().size(), 20U);
}

TEST_F(Fault, AWriterThatCannotReadFailsItsBatchAlone) {
    for (std::int64_t id = 1; id <= 20; ++id)
        put(id, std::string(4'000, 'x'));
    power_failure();
    disk_.fail_read(4);
    const auto look = [](store::WriteSession& session) { return store::contract::ids(session).size(); };
    EXPECT_THROW(store::run(database_->writer(), look), store::Unavailable);
    EXPECT_EQ(store::run(database_->writer(), look), 20U);
}

TEST_F(Fault, AUnitCannotHideThatTheEngineFailed) {
    disk_.limit_space(0);
    const auto swallowing = [](store::WriteSession& session, std::int64_t id) {
        try {
            session.execute(store::contract::insert_item, {id, std::string(3'000'000, 'x')});
        } catch (const store::Unavailable&) {
            // What the unit believes about its transaction is wrong now.
        }
    };
    const auto small_cache = [&](store::WriteSession& session) {
        for (std::int64_t id = 1; id <= 40; ++id)
            swallowing(session, id);  // more than the cache holds: written before COMMIT
    };
    EXPECT_THROW(store::run(database_->writer(), small_cache), store::Unavailable);
    disk_.heal();
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(Fault, EverythingIsUnavailableUntilTheDatabaseIsOpenAgain) {
    bool indexed = false;
    refuse_reopen_ = true;
    disk_.fail_sync(1, FaultVfs::Failed::lost);
    EXPECT_THROW(put(1), store::Ambiguous);
    for (std::int64_t id = 2; id <= 5; ++id)
        EXPECT_THROW(put(id), store::Unavailable);
    EXPECT_THROW(store::run(database_->writer(), [&](store::WriteSession&) { indexed = true; }), store::Unavailable);
    EXPECT_FALSE(indexed) << "no unit runs meanwhile";
    // The first unit was answered Ambiguous: it may be there. Those that were refused may not.
    EXPECT_THAT(seen(), testing::IsSubsetOf({1})) << "reading goes on";
    refuse_reopen_ = false;
    put(6);
    EXPECT_THAT(seen(), testing::AllOf(testing::IsSubsetOf({1, 6}), testing::Contains(6)));
    EXPECT_EQ(database_->statistics().reopens, 1U);
}

TEST_F(Fault, AfterAFailedReopeningThereIsAPause) {
    options_.batches.reopen_pause = std::chrono::hours{1};
    power_failure();
    refuse_reopen_ = true;
    disk_.fail_sync(1, FaultVfs::Failed::lost);
    EXPECT_THROW(put(1), store::Ambiguous);
    EXPECT_THROW(put(2), store::Unavailable);
    refuse_reopen_ = false;
    EXPECT_THROW(put(3), store::Unavailable) << "no attempt per request";
}

TEST_F(Fault, ADiskThatFailsWhileOpeningIsAnOutage) {
    put(1);
    database_.reset();
    for (std::uint64_t read = 1; read <= 5; ++read) {
        disk_.fail_read(read);
        EXPECT_THROW(Database::open(options_), base::Outage) << "read " << read;
        disk_.heal();
    }
    database_ = Database::open(options_);
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_F(Fault, AFailedCheckpointLosesNothing) {
    options_.log_checkpoint_bytes = 1;
    power_failure();
    for (std::int64_t id = 1; id <= 30; ++id) {
        // The second sync from here is mostly the checkpoint's; whichever it is, the answer says so.
        disk_.fail_sync(2, FaultVfs::Failed::lost);
        try {
            put(id);
        } catch (const store::Unavailable&) {
            continue;
        }
        acknowledged_.push_back(id);
    }
    disk_.heal();
    power_failure();
    EXPECT_THAT(seen(), testing::IsSupersetOf(acknowledged_));
}

// While the writer syncs, everybody waits.
TEST_F(Fault, TheWriterIsLeftASmallRestOfTheCheckpointWhileUnitsStreamIn) {
    constexpr std::uint64_t log_bytes = 8U << 20U, sector_bytes = 512;
    options_.log_checkpoint_bytes = log_bytes;
    power_failure();
    std::thread::id writer;
    store::run(database_->writer(), [&](store::WriteSession&) { writer = std::this_thread::get_id(); });
    std::atomic<std::int64_t> id{0};
    std::vector<std::thread> streams;
    for (int i = 0; i < 4; ++i) {
        streams.emplace_back([&] {
            while (database_->statistics().log_resets < 3 && id < 100'000)
                put(++id, std::string(3'000, 'x'));
        });
    }
    for (std::thread& stream : streams)
        stream.join();
    ASSERT_LT(id, 100'000) << "the log did not begin again";
    EXPECT_LT(disk_.most_synced_by(writer), log_bytes / sector_bytes / 2);
}

TEST_F(Fault, AFileSystemThatBecomesReadOnlyFailsUnitsUntilItCanBeWritten) {
    put(1);
    disk_.refuse_writes();
    for (std::int64_t id = 2; id <= 4; ++id)
        EXPECT_THROW(put(id), store::Unavailable);
    EXPECT_THAT(seen(), ElementsAre(1)) << "reading goes on";
    disk_.heal();
    put(5);
    EXPECT_THAT(seen(), ElementsAre(1, 5));
    power_failure();
    EXPECT_THAT(seen(), ElementsAre(1, 5));
}

TEST_F(Fault, ADatabaseThatCannotBeWrittenDoesNotOpen) {
    put(1);
    database_.reset();
    disk_.refuse_writes();
    EXPECT_THROW(Database::open(options_), base::Outage);
    disk_.heal();
    database_ = Database::open(options_);
    EXPECT_THAT(seen(), ElementsAre(1));
}

// Moves everything from the log into the database. Nobody has it open.
void empty_log(const std::filesystem::path& file) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);
}

// Page after page is written over; the others stay. What is there is given as it was, or not at all.
TEST_F(Fault, ADamagedPageIsAnOutageAndNeverAWrongAnswer) {
    std::vector<std::int64_t> all;
    for (std::int64_t id = 1; id <= 60; ++id) {
        put(id, std::string(2'000, static_cast<char>('a' + id % 26)));
        all.push_back(id);
    }
    database_.reset();
    const std::filesystem::path file = options_.directory / "kelisim.db";
    empty_log(file);
    constexpr std::size_t page = 4'096, begin_of_tree = 16;
    const std::size_t pages = std::filesystem::file_size(file) / page;
    std::size_t outages = 0;
    for (std::size_t number = 0; number < pages; ++number) {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        std::array<char, begin_of_tree> kept{}, damage{};
        damage.fill('\xff');
        bytes.seekg(static_cast<std::streamoff>(number * page)).read(kept.data(), kept.size());
        bytes.seekp(static_cast<std::streamoff>(number * page)).write(damage.data(), damage.size()).flush();
        try {
            database_ = Database::open(options_);
            EXPECT_EQ(seen(), all) << "page " << number;
        } catch (const base::Outage&) {
            ++outages;
        }
        database_.reset();
        bytes.seekp(static_cast<std::streamoff>(number * page)).write(kept.data(), kept.size());
    }
    EXPECT_GE(outages, all.size() / 2) << "two rows fill a page";
    database_ = Database::open(options_);
    EXPECT_EQ(seen(), all);
    put(61);
}

}  // namespace
}  // namespace kelisim::store_sqlite
