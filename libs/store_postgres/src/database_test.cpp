// SPDX-License-Identifier: Apache-2.0
// What only this engine has: statements that end a transaction when they fail, other sessions, a lock of the database.
#include "store_postgres/database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connection.hpp"
#include "store/contract_support.hpp"
#include "test_support.hpp"

namespace kelisim::store_postgres {
namespace {

using store::contract::ids;
using store::contract::insert_all;
using store::contract::insert_item;
using store::contract::select_item;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const store::Statement update_number{"t_update", "UPDATE contract_item SET number = ?2 WHERE id = ?1"};
const store::Statement insert_and_tell{"t_insert_returning",
                                       "INSERT INTO contract_item (id, value) VALUES (?1, ?2) RETURNING value"};

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest() { init(options_); }

    void open() { database_ = Database::open(options_); }
    store::Writer& writer() { return database_->writer(); }
    void put(std::int64_t id, std::int64_t number = 0) {
        store::run(writer(), [&](store::WriteSession& session) {
            session.execute(insert_all, {id, "x", std::monostate{}, std::monostate{}, number});
        });
    }
    std::vector<std::int64_t> seen() {
        std::vector<std::int64_t> found;
        database_->readers().read([&](store::ReadSession& session) { found = ids(session); });
        return found;
    }
    static std::int64_t number_of(store::ReadSession& session, std::int64_t id) {
        std::int64_t number = -1;
        session.query(select_item, {id}, [&](const store::Row& row) { number = row.integer(3); });
        return number;
    }
    std::int64_t number_of(std::int64_t id) {
        std::int64_t number = -1;
        database_->readers().read([&](store::ReadSession& session) { number = number_of(session, id); });
        return number;
    }
    std::string name() const {
        const std::string text = options_.connection.reveal();
        return text.substr(text.rfind('=') + 1);
    }
    // Another session of the service's user, for as long as the result lives.
    std::unique_ptr<Connection> another() const {
        return std::make_unique<Connection>(options_.connection, "somebody else");
    }
    void terminate(const std::string& program) {
        test::shared_server().administer(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + name() +
            "' AND application_name = '" + program + "'");
    }
    std::string message_of_failing(const store::Statement& statement, store::Params params) {
        try {
            store::run(writer(), [&](store::WriteSession& session) { session.query(statement, params, nullptr); });
        } catch (const std::exception& failure) {
            return failure.what();
        }
        return "no failure";
    }

    Options options_ = test::contract_options(test::shared_server());
    std::unique_ptr<Database> database_;
};

// --- statements that fail -----------------------------------------------------------------------------------------

TEST_F(DatabaseTest, AUnitThatCatchesADuplicateKeepsEverythingBefore) {
    open();
    put(1);
    const base::Bytes bytes{0x00, 0xff};
    store::run(writer(), [&](store::WriteSession& session) {
        session.execute(insert_all, {2, "Қазақ", bytes, std::monostate{}, -5});
        session.execute(update_number, {1, 7});
        session.query(insert_and_tell, {3, ""}, [](const store::Row& row) { EXPECT_EQ(row.text(0), ""); });
        EXPECT_THROW(session.execute(insert_item, {1, "taken"}), store::Duplicate);
        EXPECT_THROW(session.query(insert_and_tell, {2, "taken"}, [](const store::Row&) {}), store::Duplicate);
        session.execute(insert_item, {4, "x"});
        EXPECT_EQ(number_of(session, 1), 7);
    });
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3, 4));
    database_->readers().read([&](store::ReadSession& session) {
        session.query(select_item, {2}, [&](const store::Row& row) {
            EXPECT_EQ(row.text(0), "Қазақ");
            EXPECT_THAT(row.blob(1), testing::ElementsAreArray(bytes));
            EXPECT_TRUE(row.null(2));
            EXPECT_EQ(row.integer(3), -5);
        });
    });
}

TEST_F(DatabaseTest, AUnitThatCatchesADefectMayGoOn) {
    open();
    static const store::Statement nonsense{"t_nonsense", "SELECT nothing FROM nowhere"};
    store::run(writer(), [&](store::WriteSession& session) {
        session.execute(insert_item, {1, "x"});
        EXPECT_THROW(session.query(nonsense, {}, [](const store::Row&) {}), store::Defect);
        EXPECT_THROW(session.execute(insert_item, {2}), store::Defect) << "a parameter too few";
        EXPECT_THROW(session.execute(select_item, {1}), store::Defect) << "answers rows";
        session.execute(insert_item, {3, "x"});
    });
    EXPECT_THAT(seen(), ElementsAre(1, 3));
}

TEST_F(DatabaseTest, AReaderGoesOnAfterADefect) {
    open();
    put(1);
    EXPECT_THROW(database_->readers().read([](store::ReadSession& session) {
        session.query(insert_and_tell, {2, "x"}, nullptr);
    }),
                 store::Defect);
    EXPECT_THAT(seen(), ElementsAre(1));
}

class Streams : public DatabaseTest {
protected:
    Streams() {
        open();
        put(1);
        another()->script(
            "INSERT INTO contract_item (id, value) SELECT id, repeat('x', 100) FROM generate_series(2, 20000) id");
    }
    template <class Look>
    void read(Look look) {
        database_->readers().read(look);
    }

    const store::Statement& all_ = store::contract::select_ids;
};

TEST_F(Streams, RowsComeWhileOthersAreStillOnTheirWay) {
    static const store::Statement failing{
        "t_late_failure", "SELECT 1 / (15000 - id) FROM (SELECT id FROM contract_item ORDER BY id) AS i"};
    read([&](store::ReadSession& session) {
        std::int64_t rows = 0;
        EXPECT_THROW(session.query(failing, {}, [&](const store::Row&) { ++rows; }), store::Defect);
        EXPECT_EQ(rows, 14'999) << "what was visited was not waited for to the end";
    });
    read([&](store::ReadSession& session) { EXPECT_EQ(session.query(all_, {}, [](const store::Row&) {}), 20'000U); });
}

TEST_F(Streams, AVisitorMayAskAndGoesOnWhereItWas) {
    read([&](store::ReadSession& session) {
        std::int64_t expected = 0;
        const auto rows = session.query(all_, {}, [&](const store::Row& row) {
            ASSERT_EQ(row.integer(0), ++expected);
            if (expected % 5'000 != 1) return;
            EXPECT_EQ(session.query(select_item, {row.integer(0)}, [](const store::Row&) {}), 1U);
            EXPECT_THROW(session.query(all_, {}, [](const store::Row&) {}), store::Defect) << "inside its own visit";
        });
        EXPECT_EQ(rows, 20'000U);
    });
}

TEST_F(Streams, AVisitorThatThrowsInTheMiddleHarmsNoLaterRead) {
    for (const std::int64_t last : {1, 5'000, 20'000}) {
        EXPECT_THROW(read([&](store::ReadSession& session) {
                         session.query(all_, {}, [&](const store::Row& row) {
                             if (row.integer(0) == last) throw std::runtime_error("visitor");
                         });
                     }),
                     std::runtime_error);
        EXPECT_EQ(seen().size(), 20'000U);
    }
}

TEST_F(Streams, AReadThatCatchesWhatItsVisitorThrewCannotGoOnUnnoticed) {
    read([&](store::ReadSession& session) {
        try {
            session.query(all_, {}, [](const store::Row&) { throw std::runtime_error("visitor"); });
        } catch (const std::runtime_error&) {
            // Most of the rows are still to come, and nobody will read them.
        }
        EXPECT_THROW(session.query(select_item, {1}, [](const store::Row&) {}), store::Unavailable);
    });
    EXPECT_EQ(seen().size(), 20'000U);
}

TEST_F(DatabaseTest, MessagesNameConstraintsAndNoValues) {
    open();
    put(1);
    EXPECT_THAT(message_of_failing(insert_item, {1, "x"}), HasSubstr("contract_item_pkey"));
    EXPECT_THAT(message_of_failing(insert_item, {123'456, std::monostate{}}), Not(HasSubstr("123456")));
    const std::string broken = message_of_failing(insert_item, {2, "\xd0hidden"});
    EXPECT_THAT(broken, HasSubstr("22021"));
    EXPECT_THAT(broken, Not(HasSubstr("0x")));
    const std::string zero = message_of_failing(insert_item, {2, std::string_view("a\0b", 3)});
    EXPECT_THAT(zero, HasSubstr("22021")) << "text holds no U+0000";
}

TEST_F(DatabaseTest, AMissingRightIsNoMistakeOfOurs) {
    open();
    auto owner = another();
    owner->script("REVOKE INSERT ON contract_item FROM kelisim");
    EXPECT_THROW(put(1), store::Unavailable);
    owner->script("GRANT INSERT ON contract_item TO kelisim");
    put(1);
}

// --- other sessions -----------------------------------------------------------------------------------------------

TEST_F(DatabaseTest, ABatchInWhoseWayAnotherWriterWasRunsAgain) {
    open();
    put(1, 1);
    auto stranger = another();
    store::contract::Gate gate, holding;
    store::contract::Answers answers;
    answers.submit_to(writer(), "holds", [&](store::WriteSession& session) {
        session.execute(insert_item, {2, "in the same batch"});
        session.after_commit([&] { answers.add({"indexed", store::contract::Answers::Kind::done}); });
        holding.open();
        gate.wait();
    });
    holding.wait();
    int runs = 0;
    answers.submit_to(writer(), "doubles", [&](store::WriteSession& session) {
        const std::int64_t before = number_of(session, 1);
        if (++runs == 1) stranger->script("UPDATE contract_item SET number = 10 WHERE id = 1");
        session.execute(update_number, {1, before * 2});
    });
    gate.open();
    const auto all = answers.wait_for(3);
    EXPECT_EQ(all[0].unit, "indexed") << "once";
    EXPECT_EQ(all[1], (store::contract::Answers::Answer{"holds", store::contract::Answers::Kind::done}));
    EXPECT_EQ(all[2], (store::contract::Answers::Answer{"doubles", store::contract::Answers::Kind::done}));
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(number_of(1), 20) << "no update is lost";
    EXPECT_THAT(seen(), ElementsAre(1, 2));
    EXPECT_EQ(answers.wait_for(0).size(), 3U);
    EXPECT_EQ(database_->statistics().failed_batches, 0U);
}

TEST_F(DatabaseTest, ABatchThatIsAlwaysInTheWayIsGivenUp) {
    open();
    put(1, 1);
    auto stranger = another();
    int runs = 0;
    EXPECT_THROW(store::run(writer(),
                            [&](store::WriteSession& session) {
                                ++runs;
                                number_of(session, 1);
                                stranger->script("UPDATE contract_item SET number = number + 1 WHERE id = 1");
                                session.execute(update_number, {1, 0});
                            }),
                 store::Unavailable);
    EXPECT_GT(runs, 1);
    EXPECT_LT(runs, 20);
    EXPECT_EQ(number_of(1), runs + 1);
    put(2);
}

TEST_F(DatabaseTest, ADeadlockIsSolvedByRunningAgain) {
    open();
    put(1, 1);
    put(2, 1);
    // An administrator may say that it is not his session that looks for the deadlock first and gives way.
    const std::string place = test::shared_server().administrator();
    Connection stranger(base::Secret<std::string>(place.substr(0, place.rfind('=') + 1) + name()), "administrator");
    stranger.script("SET deadlock_timeout = '1min'; BEGIN; UPDATE contract_item SET number = 5 WHERE id = 2");
    std::thread crossing;
    int runs = 0;
    store::run(writer(), [&](store::WriteSession& session) {
        session.execute(update_number, {1, 7});
        if (++runs == 1) {
            crossing =
                std::thread([&] { stranger.script("UPDATE contract_item SET number = 5 WHERE id = 1; COMMIT"); });
        }
        session.execute(update_number, {2, 7});
    });
    crossing.join();
    EXPECT_GE(runs, 2);
    EXPECT_EQ(number_of(1), 7);
    EXPECT_EQ(number_of(2), 7);
}

TEST_F(DatabaseTest, ASessionThatEndsDuringABatchTakesAllOfItAlong) {
    open();
    put(1);
    bool indexed = false;
    EXPECT_THROW(store::run(writer(),
                            [&](store::WriteSession& session) {
                                session.execute(insert_item, {2, "x"});
                                session.after_commit([&] { indexed = true; });
                                terminate("kelisim writer");
                                try {
                                    session.execute(insert_item, {3, "x"});
                                } catch (const std::exception&) {
                                    // A unit that goes on regardless.
                                }
                            }),
                 store::Unavailable);
    put(4);
    EXPECT_THAT(seen(), ElementsAre(1, 4));
    EXPECT_FALSE(indexed);
    EXPECT_EQ(database_->statistics().reopens, 1U);
}

TEST_F(DatabaseTest, SessionsThatEndWhileNobodyUsesThemCostNoRequest) {
    open();
    put(1);
    EXPECT_THAT(seen(), ElementsAre(1));
    terminate("kelisim writer");
    terminate("kelisim reader");
    EXPECT_THAT(seen(), ElementsAre(1));
    put(2);
    EXPECT_THAT(seen(), ElementsAre(1, 2));
    EXPECT_EQ(database_->statistics().failed_batches, 0U);
}

TEST_F(DatabaseTest, AReadThatLosesItsSessionIsUnavailableAndTheNextOneWorks) {
    open();
    put(1);
    EXPECT_THROW(database_->readers().read([&](store::ReadSession& session) {
        ids(session);
        terminate("kelisim reader");
        ids(session);
    }),
                 store::Unavailable);
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_F(DatabaseTest, NoTransactionStaysOpenBehindAReadOrABatch) {
    open();
    put(1);
    seen();
    store::run(writer(), [](store::WriteSession& session) { ids(session); });
    EXPECT_THROW(database_->readers().read([](store::ReadSession& session) {
        ids(session);
        throw std::runtime_error("visitor");
    }),
                 std::runtime_error);
    // The last COMMIT or ROLLBACK of each is sent and not waited for: the next exchange comes after it.
    store::run(writer(), [](store::WriteSession&) {});
    auto stranger = another();
    static const store::Statement open_ones{"t_open",
                                            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                            " AND application_name IN ('kelisim writer', 'kelisim reader')"
                                            " AND state LIKE 'idle in%'"};
    std::int64_t count = 1;
    for (int look = 0; look < 1'000 && count != 0; ++look)
        count = stranger->integer(open_ones);
    EXPECT_EQ(count, 0);
}

// --- one process --------------------------------------------------------------------------------------------------

TEST_F(DatabaseTest, ASecondProcessIsRefusedUntilTheFirstEnds) {
    options_.lock_patience = std::chrono::milliseconds{1};
    open();
    EXPECT_THROW(Database::open(options_), base::Outage);
    put(1);
    database_.reset();
    options_.lock_patience = std::chrono::seconds{5};  // the server needs a moment
    open();
    EXPECT_THAT(seen(), ElementsAre(1));
}

class TakenOver : public DatabaseTest {
protected:
    TakenOver() {
        options_.lock_patience = std::chrono::milliseconds{50};
        options_.on_taken_over = [this] { ++taken_over_; };
        open();
        put(1);
    }
    void expect_refused() {
        EXPECT_THROW(put(10), store::Unavailable);
        EXPECT_THROW(put(11), store::Unavailable);
        EXPECT_EQ(taken_over_, 1);
    }

    std::atomic<int> taken_over_{0};
};

TEST_F(TakenOver, ByOneThatHoldsTheLock) {
    terminate("kelisim writer");
    Options theirs = options_;
    theirs.on_taken_over = nullptr;
    const auto other = Database::open(theirs);
    expect_refused();
    store::run(other->writer(), [](store::WriteSession& session) { session.execute(insert_item, {2, "theirs"}); });
    EXPECT_THROW(put(12), store::Unavailable) << "for good";
}

TEST_F(TakenOver, ByOneThatWroteAndIsGone) {
    terminate("kelisim writer");
    {
        const auto other = Database::open(options_);
        store::run(other->writer(), [](store::WriteSession& session) { session.execute(insert_item, {2, "theirs"}); });
    }
    options_.lock_patience = std::chrono::seconds{5};
    expect_refused();
}

TEST_F(TakenOver, NotByOneThatOnlyLooked) {
    terminate("kelisim writer");
    Database::open(options_).reset();
    // Its session may still be ending: until then the lock is somebody else's.
    std::int64_t others = 1;
    for (auto stranger = another(); others != 0;) {
        static const store::Statement count{"t_writers",
                                            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                            " AND application_name = 'kelisim writer'"};
        others = stranger->integer(count);
    }
    put(2);
    EXPECT_EQ(taken_over_, 0);
}

// --- batches ------------------------------------------------------------------------------------------------------

TEST_F(DatabaseTest, BatchesAreRepeatableReadAndReadersReadOnly) {
    open();
    static const store::Statement level{"t_level", "SELECT current_setting('transaction_isolation')"};
    static const store::Statement read_only{"t_read_only", "SELECT current_setting('transaction_read_only')"};
    const auto expect = [](std::string_view text) {
        return [text](const store::Row& row) { EXPECT_EQ(row.text(0), text); };
    };
    store::run(writer(), [&](store::WriteSession& session) { session.query(level, {}, expect("repeatable read")); });
    database_->readers().read([&](store::ReadSession& session) {
        session.query(level, {}, expect("repeatable read"));
        session.query(read_only, {}, expect("on"));
    });
}

TEST_F(DatabaseTest, StatisticsCountUnitsBatchesAndFailures) {
    std::atomic<bool> fail{false};
    options_.test_hooks.on_commit = [&] { return fail ? CommitFault::fails_and_is_lost : CommitFault::none; };
    open();
    for (int i = 1; i <= 3; ++i)
        put(i);
    fail = true;
    EXPECT_THROW(put(4), store::Ambiguous);
    fail = false;
    put(5);
    const auto statistics = database_->statistics();
    EXPECT_GE(statistics.units, 4U) << "the last unit is answered before it is counted";
    EXPECT_EQ(statistics.batches, 5U);
    EXPECT_EQ(statistics.failed_batches, 1U);
    EXPECT_EQ(statistics.reopens, 1U);
    EXPECT_EQ(statistics.commit.count, 4U) << "failed ones are not timed";
}

TEST_F(DatabaseTest, AStatementWhoseMemoryWasReusedIsADefect) {
    open();
    store::Statement statement{"short_lived", "SELECT 1"};
    const auto look = [&](store::WriteSession& session) { session.query(statement, {}, [](const store::Row&) {}); };
    store::run(writer(), look);
    statement.sql = "SELECT 2";
    EXPECT_THROW(store::run(writer(), look), store::Defect);
}

}  // namespace
}  // namespace kelisim::store_postgres
