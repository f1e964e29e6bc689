// SPDX-License-Identifier: Apache-2.0
// What only this engine has: checkpoints, readers that hold the log, statistics.
#include "store_sqlite/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/contract_support.hpp"
#include "test_support.hpp"

namespace kelisim::store_sqlite {
namespace {

using store::contract::ids;
using store::contract::insert_item;

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest() {
        options_ = test::contract_options(directory_.path() / "data");
        init(options_);
    }
    void open() { database_ = Database::open(options_); }
    // About 8 KiB of log each.
    void put(std::int64_t id) {
        store::run(database_->writer(), [&](store::WriteSession& session) {
            session.execute(insert_item, {id, std::string(3'000, 'x')});
        });
    }
    // Writes until the condition holds; every unit lets the checkpointer go on.
    void put_until(const std::function<bool(const store::Statistics&)>& condition) {
        for (int i = 0; i < 100'000; ++i) {
            if (condition(database_->statistics())) return;
            put(++last_id_);
        }
        FAIL() << "it did not happen in 100000 units";
    }
    std::size_t count() {
        std::size_t found = 0;
        database_->readers().read([&](store::ReadSession& session) { found = ids(session).size(); });
        return found;
    }

    test::TemporaryDirectory directory_;
    Options options_;
    std::unique_ptr<Database> database_;
    std::int64_t last_id_ = 0;
};

TEST_F(DatabaseTest, TheLogBeginsAgainWhileUnitsStreamIn) {
    options_.log_checkpoint_bytes = 200'000;
    open();
    put_until([](const auto& statistics) { return statistics.log_resets >= 3; });
    EXPECT_LT(std::filesystem::file_size(options_.directory / "kelisim.db-wal"), 100'000'000U);
    EXPECT_EQ(count(), static_cast<std::size_t>(last_id_));
    EXPECT_EQ(database_->statistics().failed_checkpoints, 0U);
}

// A unit that is taken back without a savepoint has its batch run again; then savepoints are there for a while.
TEST_F(DatabaseTest, AUnitThatIsTakenBackHasItsBatchRunAgainOnce) {
    options_.batches.batch_units_max = 1;
    open();
    const auto runs_of_a_failing_unit = [&] {
        int runs = 0;
        EXPECT_THROW(store::run(database_->writer(),
                                [&](store::WriteSession& session) {
                                    ++runs;
                                    session.execute(insert_item, {std::int64_t{1'000'000}, "undone"});
                                    throw std::runtime_error("undone");
                                }),
                     std::runtime_error);
        return runs;
    };
    EXPECT_EQ(runs_of_a_failing_unit(), 2);
    EXPECT_EQ(runs_of_a_failing_unit(), 1) << "by its savepoint";
    for (int i = 0; i < 70; ++i)
        put(++last_id_);
    EXPECT_EQ(runs_of_a_failing_unit(), 2) << "without savepoints again";
    EXPECT_EQ(count(), static_cast<std::size_t>(last_id_));
}

TEST_F(DatabaseTest, AUnitThatWroteNothingIsTakenBackWithoutMoreAdo) {
    open();
    int runs = 0;
    EXPECT_THROW(store::run(database_->writer(),
                            [&](store::WriteSession&) {
                                ++runs;
                                throw std::runtime_error("undone");
                            }),
                 std::runtime_error);
    EXPECT_EQ(runs, 1);
}

TEST_F(DatabaseTest, AReaderThatHoldsTheLogTooLongIsCutOff) {
    options_.log_checkpoint_bytes = 100'000;
    options_.log_bytes_max = 400'000;
    options_.reader_patience = std::chrono::milliseconds{0};
    open();
    put(++last_id_);
    EXPECT_THROW(database_->readers().read([&](store::ReadSession& session) {
        // Holds its snapshot, and the log with it, while others write.
        while (ids(session).size() == 1)
            put(++last_id_);
    }),
                 store::Unavailable);
    put_until([](const auto& statistics) { return statistics.log_resets >= 1; });
    EXPECT_EQ(count(), static_cast<std::size_t>(last_id_));
}

TEST_F(DatabaseTest, AReaderInTimeIsNotCutOff) {
    options_.log_checkpoint_bytes = 100'000;
    open();
    put(++last_id_);
    database_->readers().read([&](store::ReadSession& session) {
        EXPECT_EQ(ids(session).size(), 1U);
        for (int i = 0; i < 50; ++i)
            put(++last_id_);
        EXPECT_EQ(ids(session).size(), 1U) << "and keeps its snapshot through checkpoints";
    });
}

TEST_F(DatabaseTest, StatisticsCountUnitsBatchesAndFailures) {
    std::atomic<bool> fail{false};
    options_.test_hooks.on_commit = [&] { return fail ? CommitFault::fails_and_is_lost : CommitFault::none; };
    open();
    for (int i = 0; i < 3; ++i)
        put(++last_id_);
    fail = true;
    EXPECT_THROW(put(++last_id_), store::Ambiguous);
    fail = false;
    put(++last_id_);
    const auto statistics = database_->statistics();
    // The last unit is answered before it is counted.
    EXPECT_GE(statistics.units, 4U);
    EXPECT_EQ(statistics.batches, 5U);
    EXPECT_EQ(statistics.failed_batches, 1U);
    EXPECT_EQ(statistics.reopens, 1U);
    EXPECT_EQ(statistics.commit.count, 4U) << "failed ones are not timed";
    EXPECT_GT(statistics.log_bytes, 4'096U);
    EXPECT_EQ(statistics.queue_units, 0U);
}

TEST_F(DatabaseTest, ABatchIsClosedAtItsLargestSize) {
    options_.batches.batch_units_max = 4;
    open();
    store::contract::Gate gate, holding;
    store::contract::Answers answers;
    answers.submit_to(database_->writer(), "holds", [&](store::WriteSession&) {
        holding.open();
        gate.wait();
    });
    holding.wait();
    for (std::int64_t id = 1; id <= 11; ++id) {
        answers.submit_to(database_->writer(), "unit", [id](store::WriteSession& session) {
            session.execute(insert_item, {id, "x"});
        });
    }
    gate.open();
    answers.wait_for(12);
    EXPECT_EQ(database_->statistics().batches, 3U);
    EXPECT_EQ(database_->statistics().commit.count, 3U);
}

TEST_F(DatabaseTest, ABatchIsClosedWhenItsTimeIsOver) {
    options_.batches.batch_time_max = std::chrono::milliseconds{0};
    open();
    store::contract::Gate gate, holding;
    store::contract::Answers answers;
    answers.submit_to(database_->writer(), "holds", [&](store::WriteSession&) {
        holding.open();
        gate.wait();
    });
    holding.wait();
    for (int i = 0; i < 3; ++i)
        answers.submit_to(database_->writer(), "unit", [](store::WriteSession&) {});
    gate.open();
    answers.wait_for(4);
    EXPECT_EQ(database_->statistics().batches, 4U);
}

TEST_F(DatabaseTest, AStatementWhoseMemoryWasReusedIsADefect) {
    open();
    store::Statement statement{"short_lived", "SELECT 1"};
    const auto look = [&](store::WriteSession& session) { session.query(statement, {}, [](const store::Row&) {}); };
    store::run(database_->writer(), look);
    statement.sql = "SELECT 2";
    EXPECT_THROW(store::run(database_->writer(), look), store::Defect);
}

TEST_F(DatabaseTest, DurabilityIsNotAMatterOfConfiguration) {
    open();
    static const store::Statement synchronous{"pragma_synchronous", "PRAGMA synchronous"};
    static const store::Statement foreign_keys{"pragma_foreign_keys", "PRAGMA foreign_keys"};
    static const store::Statement journal{"pragma_journal_mode", "PRAGMA journal_mode"};
    store::run(database_->writer(), [](store::WriteSession& session) {
        session.query(synchronous, {}, [](const store::Row& row) { EXPECT_EQ(row.integer(0), 2) << "FULL"; });
        session.query(foreign_keys, {}, [](const store::Row& row) { EXPECT_EQ(row.integer(0), 1); });
        session.query(journal, {}, [](const store::Row& row) { EXPECT_EQ(row.text(0), "wal"); });
    });
}

}  // namespace
}  // namespace kelisim::store_sqlite
