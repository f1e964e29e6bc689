// SPDX-License-Identifier: Apache-2.0
// What every engine must do, as tests. An engine includes this header in exactly one test source, makes an Engine, and
// says: INSTANTIATE_TEST_SUITE_P(Name, StoreContract, testing::Values(EngineFactory{...})).
#pragma once

#include "store/contract_support.hpp"

namespace kelisim::store::contract {

class StoreContract : public testing::TestWithParam<EngineFactory> {
protected:
    Writer& writer() { return engine_->writer(); }

    // Keeps the writer busy until the gate opens, so that what is submitted meanwhile is in the queue together.
    void hold_writer(Gate& gate) {
        auto holding = std::make_shared<Gate>();
        submit(
            writer(),
            [holding, &gate](WriteSession&) {
                holding->open();
                gate.wait();
            },
            [](auto) noexcept {});
        holding->wait();
    }
    void put(std::int64_t id, std::string_view value) {
        run(writer(), [&](WriteSession& session) { session.execute(insert_item, {id, value}); });
    }
    std::vector<std::int64_t> seen() {
        std::vector<std::int64_t> found;
        engine_->readers().read([&](ReadSession& session) { found = ids(session); });
        return found;
    }

    std::unique_ptr<Engine> engine_ = GetParam().make();
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

using testing::ElementsAre;
using testing::IsEmpty;
using AnswerKind = Answers::Kind;

// --- values -----------------------------------------------------------------------------------------------------------

TEST_P(StoreContract, AUnitReturnsItsValueAndReadersSeeWhatItWrote) {
    const int answer = run(writer(), [](WriteSession& session) {
        session.execute(insert_item, {1, "one"});
        return 42;
    });
    EXPECT_EQ(answer, 42);
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_P(StoreContract, ValuesComeBackAsTheyWere) {
    const base::Bytes bytes{0x00, 0xff, 0x27, 0x00};
    const std::string_view text = "Қазақ 'тілі' -- \"x\"; ?1 $1";
    run(writer(), [&](WriteSession& session) {
        session.execute(insert_all, {1, text, bytes, std::monostate{}, std::numeric_limits<std::int64_t>::min()});
        session.execute(insert_all, {2, "", base::BytesView{}, "", std::numeric_limits<std::int64_t>::max()});
        session.execute(insert_all, {3, std::string_view{}, std::monostate{}, std::monostate{}, std::monostate{}});
    });
    engine_->readers().read([&](ReadSession& session) {
        EXPECT_EQ(session.query(select_item, {1},
                                [&](const Row& row) {
                                    EXPECT_EQ(row.text(0), text);
                                    EXPECT_THAT(row.blob(1), testing::ElementsAreArray(bytes));
                                    EXPECT_TRUE(row.null(2));
                                    EXPECT_EQ(row.integer(3), std::numeric_limits<std::int64_t>::min());
                                }),
                  1U);
        session.query(select_item, {2}, [&](const Row& row) {
            EXPECT_EQ(row.text(0), "");
            EXPECT_FALSE(row.null(1)) << "an empty blob is a value";
            EXPECT_THAT(row.blob(1), IsEmpty());
            EXPECT_FALSE(row.null(2)) << "an empty text is a value";
            EXPECT_EQ(row.integer(3), std::numeric_limits<std::int64_t>::max());
        });
        session.query(select_item, {3}, [&](const Row& row) {
            EXPECT_EQ(row.text(0), "") << "a text view without data is an empty text, not NULL";
            EXPECT_TRUE(row.null(1) && row.null(2) && row.null(3));
        });
    });
}

TEST_P(StoreContract, ReadingAColumnAsWhatItIsNotIsADefect) {
    put(1, "one");
    const auto reading = [&](auto read_column) {
        return [this, read_column] {
            engine_->readers().read([&](ReadSession& session) { session.query(select_item, {1}, read_column); });
        };
    };
    EXPECT_THROW(reading([](const Row& row) { row.integer(0); })(), Defect);
    EXPECT_THROW(reading([](const Row& row) { row.blob(0); })(), Defect);
    EXPECT_THROW(reading([](const Row& row) { row.text(2); })(), Defect) << "NULL";
    EXPECT_THROW(reading([](const Row& row) { row.integer(3); })(), Defect) << "NULL";
    EXPECT_THROW(reading([](const Row& row) { row.text(4); })(), Defect) << "one column too far";
    EXPECT_THROW(reading([](const Row& row) { row.null(-1); })(), Defect);
    EXPECT_THAT(seen(), ElementsAre(1)) << "readers go on";
}

TEST_P(StoreContract, StatementsTellWhatTheyChanged) {
    run(writer(), [&](WriteSession& session) {
        EXPECT_EQ(session.execute(insert_or_keep, {1, "one"}), 1U);
        EXPECT_EQ(session.execute(insert_or_keep, {1, "other"}), 0U);
        EXPECT_EQ(session.execute(add_one, {7}), 0U);
        std::vector<std::string> returned;
        EXPECT_EQ(
            session.query(insert_returning, {2, "two"}, [&](const Row& row) { returned.emplace_back(row.text(1)); }),
            1U);
        EXPECT_THAT(returned, ElementsAre("two"));
    });
    EXPECT_THAT(seen(), ElementsAre(1, 2));
}

TEST_P(StoreContract, AFaultyStatementIsADefectOfItsUnitAlone) {
    static const Statement two{"contract_two", "SELECT 1; SELECT 2"};
    static const Statement none{"contract_none", "  "};
    const auto failing = [&](const Statement& statement, Params params) {
        run(writer(), [&](WriteSession& session) { session.query(statement, params, [](const Row&) {}); });
    };
    EXPECT_THROW(failing(nonsense, {1}), Defect);
    EXPECT_THROW(failing(two, {}), Defect);
    EXPECT_THROW(failing(none, {}), Defect);
    EXPECT_THROW(failing(select_item, {}), Defect) << "a parameter is missing";
    EXPECT_THROW(failing(select_item, {1, 2}), Defect) << "one parameter too many";
    EXPECT_THROW(run(writer(),
                     [](WriteSession& session) {
                         session.execute(insert_item, {1, std::monostate{}});
                     }),
                 Defect)
        << "a constraint other than uniqueness";
    EXPECT_THROW(run(writer(),
                     [](WriteSession& session) {
                         session.execute(insert_item, {"x", "text as id"});
                     }),
                 Defect);
    put(1, "one");
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_P(StoreContract, AStatementIsNotUsedInsideItsOwnVisit) {
    put(1, "one");
    EXPECT_THROW(run(writer(),
                     [](WriteSession& session) {
                         session.query(select_ids, {},
                                       [&](const Row&) { session.query(select_ids, {}, [](const Row&) {}); });
                     }),
                 Defect);
    EXPECT_THAT(seen(), ElementsAre(1)) << "and is free again afterwards";
}

// --- units and batches ------------------------------------------------------------------------------------------------

TEST_P(StoreContract, UnitsOfSeveralThreadsLoseNoUpdate) {
    constexpr int threads = 4, units = 100;
    run(writer(), [](WriteSession& session) {
        session.execute(insert_all, {1, "counter", std::monostate{}, std::monostate{}, 0});
    });
    std::vector<std::thread> callers;
    for (int i = 0; i < threads; ++i) {
        callers.emplace_back([&] {
            for (int j = 0; j < units; ++j) {
                run(writer(), [](WriteSession& session) { session.execute(add_one, {1}); });
            }
        });
    }
    for (auto& caller : callers)
        caller.join();
    std::int64_t count = 0;
    engine_->readers().read([&](ReadSession& session) {
        session.query(select_item, {1}, [&](const Row& row) { count = row.integer(3); });
    });
    EXPECT_EQ(count, threads * units);
}

TEST_P(StoreContract, FailingUnitsLeaveNoTraceBesideGoodOnes) {
    put(100, "taken");
    Gate gate;
    hold_writer(gate);
    Answers answers;
    const auto insert = [](std::int64_t id) {
        return [id](WriteSession& session) { session.execute(insert_item, {id, "x"}); };
    };
    answers.submit_to(writer(), "good", insert(1));
    answers.submit_to(writer(), "throws", [](WriteSession& session) {
        session.execute(insert_item, {2, "x"});
        throw std::runtime_error("a unit may throw");
    });
    answers.submit_to(writer(), "refuses", [](WriteSession& session) -> base::Result<int> {
        session.execute(insert_item, {3, "x"});
        return base::Refusal{not_today};
    });
    answers.submit_to(writer(), "duplicate", [](WriteSession& session) {
        session.execute(insert_item, {4, "x"});
        session.execute(insert_item, {100, "x"});
    });
    answers.submit_to(writer(), "decides", [](WriteSession& session) {
        session.execute(insert_item, {5, "x"});
        EXPECT_THROW(session.execute(insert_item, {100, "x"}), Duplicate);
        session.execute(insert_item, {6, "x"});
    });
    answers.submit_to(writer(), "defect", [](WriteSession& session) {
        session.execute(insert_item, {7, "x"});
        session.execute(nonsense, {1});
    });
    answers.submit_to(writer(), "good too", insert(8));
    gate.open();
    EXPECT_THAT(
        answers.wait_for(7),
        ElementsAre(Answers::Answer{"good", AnswerKind::done}, Answers::Answer{"throws", AnswerKind::other},
                    Answers::Answer{"refuses", AnswerKind::done}, Answers::Answer{"duplicate", AnswerKind::duplicate},
                    Answers::Answer{"decides", AnswerKind::done}, Answers::Answer{"defect", AnswerKind::defect},
                    Answers::Answer{"good too", AnswerKind::done}));
    EXPECT_THAT(seen(), ElementsAre(1, 5, 6, 8, 100));
}

TEST_P(StoreContract, ARefusalIsAnsweredAsAValueAndUndone) {
    const auto refused = run(writer(), [](WriteSession& session) -> base::Result<int> {
        session.execute(insert_item, {1, "x"});
        return base::Refusal{not_today};
    });
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().has(not_today));
    const auto granted = run(writer(), [](WriteSession& session) -> base::Result<int> {
        session.execute(insert_item, {2, "x"});
        return 2;
    });
    EXPECT_EQ(granted.value(), 2);
    EXPECT_THAT(seen(), ElementsAre(2));
}

TEST_P(StoreContract, AUnitSeesThoseBeforeItInTheBatchButNotTheUndone) {
    Gate gate;
    hold_writer(gate);
    Answers answers;
    std::vector<std::int64_t> found;
    answers.submit_to(writer(), "first", [](WriteSession& session) { session.execute(insert_item, {1, "x"}); });
    answers.submit_to(writer(), "undone", [](WriteSession& session) {
        session.execute(insert_item, {2, "x"});
        throw std::runtime_error("undone");
    });
    answers.submit_to(writer(), "looks", [&](WriteSession& session) { found = ids(session); });
    gate.open();
    answers.wait_for(3);
    EXPECT_THAT(found, ElementsAre(1));
}

TEST_P(StoreContract, AfterCommitRunsInOrderBeforeTheAnswerAndIsDroppedWithItsUnit) {
    Gate gate;
    hold_writer(gate);
    Answers answers;
    std::vector<std::string> order;  // the writer's thread alone until the answers are in
    const auto unit = [&](const std::string& name, bool fails) {
        submit(
            writer(),
            [&order, name, fails](WriteSession& session) {
                session.after_commit([&order, name] { order.push_back(name + " first"); });
                session.after_commit([&order, name] { order.push_back(name + " second"); });
                if (fails) throw std::runtime_error("undone");
            },
            [&, name](auto) noexcept {
                order.push_back(name + " answered");
                answers.add({name, AnswerKind::done});
            });
    };
    unit("a", false);
    unit("b", true);
    unit("c", false);
    gate.open();
    answers.wait_for(3);
    EXPECT_THAT(order,
                ElementsAre("a first", "a second", "a answered", "b answered", "c first", "c second", "c answered"));
}

TEST_P(StoreContract, AfterCommitIsNotRunForARefusal) {
    bool ran = false;
    const auto refused = run(writer(), [&](WriteSession& session) -> base::Result<int> {
        session.after_commit([&] { ran = true; });
        return base::Refusal{not_today};
    });
    EXPECT_FALSE(refused.has_value());
    EXPECT_FALSE(ran);
}

TEST_P(StoreContract, AfterCommitFindsItsUnitDurable) {
    std::vector<std::int64_t> found;
    run(writer(), [&](WriteSession& session) {
        session.execute(insert_item, {1, "x"});
        session.after_commit([&] { found = seen(); });
    });
    EXPECT_THAT(found, ElementsAre(1));
}

// --- the queue --------------------------------------------------------------------------------------------------------

TEST_P(StoreContract, AFullQueueIsBusyAndCallsNobody) {
    Gate gate;
    hold_writer(gate);
    Answers answers;
    const auto nothing = [](WriteSession&) {};
    for (std::size_t i = 0; i < engine_->queue_units_max(); ++i)
        answers.submit_to(writer(), "queued", nothing);
    Answers refused;
    EXPECT_THROW(refused.submit_to(writer(), "one over", nothing), Busy);
    gate.open();
    EXPECT_EQ(answers.wait_for(engine_->queue_units_max()).size(), engine_->queue_units_max());
    EXPECT_THAT(refused.wait_for(0), IsEmpty());
    put(1, "there is room again");
}

TEST_P(StoreContract, ClosingAnswersEachAcceptedUnitOnce) {
    constexpr std::size_t units = 50;
    Gate gate;
    hold_writer(gate);
    Answers answers;
    for (std::size_t i = 1; i <= units; ++i) {
        answers.submit_to(writer(), std::to_string(i), [i](WriteSession& session) {
            session.execute(insert_item, {static_cast<std::int64_t>(i), "x"});
            if (i % 2 == 0) throw std::runtime_error("undone");
        });
    }
    std::thread opener([&] { gate.open(); });
    engine_->close();
    opener.join();
    const auto all = answers.wait_for(0);
    ASSERT_EQ(all.size(), units);
    for (std::size_t i = 1; i <= units; ++i) {
        EXPECT_EQ(all[i - 1], (Answers::Answer{std::to_string(i), i % 2 == 0 ? AnswerKind::other : AnswerKind::done}));
    }
    engine_->open();
    EXPECT_EQ(seen().size(), units / 2);
}

TEST_P(StoreContract, WhatIsAcknowledgedOutlivesReopening) {
    put(1, "one");
    for (std::int64_t id = 2; id < 5; ++id) {
        engine_->close();
        engine_->open();
        put(id, "more");
    }
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3, 4));
}

// --- readers ----------------------------------------------------------------------------------------------------------

TEST_P(StoreContract, ReadersSeeEverythingAcknowledged) {
    for (std::int64_t id = 1; id <= 50; ++id) {
        put(id, "x");
        ASSERT_EQ(seen().size(), static_cast<std::size_t>(id));
    }
}

TEST_P(StoreContract, AReadIsOneSnapshot) {
    put(1, "one");
    engine_->readers().read([&](ReadSession& session) {
        EXPECT_THAT(ids(session), ElementsAre(1));
        put(2, "committed meanwhile");
        EXPECT_THAT(ids(session), ElementsAre(1));
    });
    EXPECT_THAT(seen(), ElementsAre(1, 2));
}

TEST_P(StoreContract, ReadersDoNotSeeWhatIsNotCommitted) {
    Gate written, look;
    std::thread caller([&] {
        run(writer(), [&](WriteSession& session) {
            session.execute(insert_item, {1, "x"});
            written.open();
            look.wait();
        });
    });
    written.wait();
    EXPECT_THAT(seen(), IsEmpty());
    look.open();
    caller.join();
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_P(StoreContract, ReadersCannotWrite) {
    static const Statement drop{"contract_drop", "DROP TABLE contract_item"};
    const auto trying = [&](const Statement& statement, Params params) {
        engine_->readers().read([&](ReadSession& session) { session.query(statement, params, [](const Row&) {}); });
    };
    EXPECT_THROW(trying(insert_returning, {1, "x"}), Defect);
    EXPECT_THROW(trying(insert_item, {1, "x"}), Defect);
    EXPECT_THROW(trying(drop, {}), Defect);
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_P(StoreContract, AVisitorThatThrowsFreesTheReader) {
    put(1, "one");
    for (int i = 0; i < 50; ++i) {  // more often than there are connections
        EXPECT_THROW(engine_->readers().read([&](ReadSession& session) {
            session.query(select_ids, {}, [](const Row&) { throw std::runtime_error("visitor"); });
        }),
                     std::runtime_error);
    }
    EXPECT_THAT(seen(), ElementsAre(1));
}

TEST_P(StoreContract, ReadersOfSeveralThreadsTakeTurns) {
    put(1, "one");
    std::vector<std::thread> callers;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&] {
            for (int j = 0; j < 50; ++j)
                good += seen().size() == 1 ? 1 : 0;
        });
    }
    for (auto& caller : callers)
        caller.join();
    EXPECT_EQ(good, 400);
}

// --- COMMIT that fails ------------------------------------------------------------------------------------------------

class FailingCommit {
public:
    explicit FailingCommit(Engine& engine) : engine_(engine) {}

    // Three units in one batch, whose COMMIT goes wrong.
    void happen(CommitFault fault, Gate& gate) {
        answers.submit_to(engine_.writer(), "writes", [this](WriteSession& session) {
            session.execute(insert_item, {1, "x"});
            session.after_commit([this] { indexed.push_back(1); });
        });
        answers.submit_to(engine_.writer(), "throws",
                          [](WriteSession&) { throw std::runtime_error("decided on a lost batch"); });
        answers.submit_to(engine_.writer(), "refuses",
                          [](WriteSession&) -> base::Result<int> { return base::Refusal{not_today}; });
        answers.submit_to(engine_.writer(), "writes too", [this](WriteSession& session) {
            session.execute(insert_item, {2, "x"});
            session.after_commit([this] { indexed.push_back(2); });
        });
        engine_.fail_next_commit(fault);
        gate.open();
        answers.wait_for(4);
    }

    Answers answers;
    std::vector<std::int64_t> indexed;  // the writer's thread; a later unit that was answered orders the access

private:
    Engine& engine_;
};

inline auto all_ambiguous() {
    return ElementsAre(
        Answers::Answer{"writes", AnswerKind::ambiguous}, Answers::Answer{"throws", AnswerKind::ambiguous},
        Answers::Answer{"refuses", AnswerKind::ambiguous}, Answers::Answer{"writes too", AnswerKind::ambiguous});
}

TEST_P(StoreContract, AFailedCommitFailsTheWholeBatch) {
    Gate gate;
    hold_writer(gate);
    FailingCommit commit(*engine_);
    commit.happen(CommitFault::failed_and_lost, gate);
    EXPECT_THAT(commit.answers.wait_for(4), all_ambiguous());
    put(3, "the store works again");
    EXPECT_THAT(seen(), ElementsAre(3));
    EXPECT_THAT(commit.indexed, IsEmpty()) << "no index may tell of what is not stored";
}

TEST_P(StoreContract, ACommitReportedFailedThoughDurableShowsAllOfIt) {
    Gate gate;
    hold_writer(gate);
    FailingCommit commit(*engine_);
    commit.happen(CommitFault::reported_failed_though_durable, gate);
    EXPECT_THAT(commit.answers.wait_for(4), all_ambiguous());
    put(3, "the store works again");
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3));
    EXPECT_THAT(commit.indexed, ElementsAre(1, 2)) << "indexes must tell what is stored";
}

TEST_P(StoreContract, FailedCommitsDoNotAddUp) {
    for (std::int64_t id = 1; id <= 10; ++id) {
        engine_->fail_next_commit(id % 2 == 0 ? CommitFault::failed_and_lost
                                              : CommitFault::reported_failed_though_durable);
        EXPECT_THROW(put(id, "x"), Ambiguous);
    }
    put(11, "x");
    EXPECT_THAT(seen(), ElementsAre(1, 3, 5, 7, 9, 11));
    engine_->close();
    engine_->open();
    EXPECT_THAT(seen(), ElementsAre(1, 3, 5, 7, 9, 11));
}

TEST_P(StoreContract, ABatchThatWroteNothingNeedsNoCommit) {
    put(1, "one");
    engine_->fail_next_commit(CommitFault::failed_and_lost);
    run(writer(), [](WriteSession& session) { EXPECT_THAT(ids(session), ElementsAre(1)); });
    EXPECT_THROW(put(2, "the fault was for the next that writes"), Ambiguous);
}

}  // namespace kelisim::store::contract
