// SPDX-License-Identifier: Apache-2.0
// The part of the contract suite about timers, their scheduler and the outbox: the same code runs on every engine.
#pragma once

#include <set>

#include "store/contract_suite.hpp"
#include "store/outbox.hpp"
#include "store/scheduler.hpp"

namespace kelisim::store::contract {

class HandClock final : public base::Clock {
public:
    base::Time now() const override { return base::from_micros(micros_); }
    void advance(base::Duration by) { micros_ += by.count(); }

private:
    std::atomic<std::int64_t> micros_{1'763'764'606'000'000};
};

class StoreTimers : public StoreContract {
protected:
    static constexpr base::Duration second = std::chrono::seconds{1};

    static TimerKey key(std::string_view kind, std::string_view entity) {
        return {kind, base::Bucket{7}, base::as_bytes(entity)};
    }
    void schedule(std::string_view kind, std::string_view entity, base::Time due, std::string_view payload = "") {
        run(writer(),
            [&](WriteSession& session) { timers_.schedule(session, key(kind, entity), due, base::as_bytes(payload)); });
    }
    std::unique_ptr<DueTimers> due_timers(TimerHandlers handlers, SchedulerOptions options = {}) {
        return std::make_unique<DueTimers>(writer(), engine_->readers(), clock_, std::move(handlers), options);
    }
    TimerHandler note() {
        return [this](WriteSession& session, const DueTimer& timer) {
            const std::string line = std::string(timer.key.kind) + " " + std::string(base::as_text(timer.key.entity)) +
                                     " " + std::string(base::as_text(timer.payload)) + " " +
                                     std::to_string(timer.attempt);
            session.after_commit([this, line] { fired_.push_back(line); });
        };
    }
    std::int64_t failed_timers() {
        std::int64_t count = 0;
        engine_->readers().read([&](ReadSession& session) { count = Timers::failed_count(session); });
        return count;
    }

    HandClock clock_;
    Timers timers_;
    std::vector<std::string> fired_;  // the writer's thread, read after its answer
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreTimers);

// --- timers -----------------------------------------------------------------------------------------------------------

TEST_P(StoreTimers, FireOnceWhenDueInTheirOrder) {
    const auto due = due_timers({{"a", note()}, {"b", note()}});
    schedule("b", "late", clock_.now() + 2 * second, "P");
    schedule("a", "soon", clock_.now() + second);
    EXPECT_EQ(due->run_due(), clock_.now() + second);
    EXPECT_THAT(fired_, IsEmpty()) << "nothing fires early";
    clock_.advance(second - base::Duration{1});
    due->run_due();
    EXPECT_THAT(fired_, IsEmpty()) << "not by a microsecond";
    clock_.advance(base::Duration{1} + second);
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_THAT(fired_, ElementsAre("a soon  1", "b late P 1"));
    due->run_due();
    EXPECT_EQ(fired_.size(), 2U) << "and not again";
    EXPECT_EQ(due->handled(), 2U);
}

TEST_P(StoreTimers, AreOnePerKindAndEntity) {
    const auto due = due_timers({{"a", note()}, {"b", note()}});
    schedule("a", "e", clock_.now() + second, "first");
    schedule("a", "e", clock_.now() + 3 * second, "moved");
    schedule("b", "e", clock_.now() + 3 * second, "other kind");
    clock_.advance(2 * second);
    EXPECT_EQ(due->run_due(), clock_.now() + second);
    EXPECT_THAT(fired_, IsEmpty());
    clock_.advance(second);
    due->run_due();
    EXPECT_THAT(fired_, testing::UnorderedElementsAre("a e moved 1", "b e other kind 1"));
}

TEST_P(StoreTimers, CanBeCancelledUntilTheyFire) {
    const auto due = due_timers({{"a", note()}});
    schedule("a", "e", clock_.now());
    const auto cancel = [&](const TimerKey& which) {
        return run(writer(), [&](WriteSession& session) { return timers_.cancel(session, which); });
    };
    EXPECT_FALSE(cancel(key("a", "other")));
    EXPECT_FALSE(cancel({"a", base::Bucket{8}, base::as_bytes("e")})) << "another bucket";
    EXPECT_TRUE(cancel(key("a", "e")));
    EXPECT_FALSE(cancel(key("a", "e")));
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_THAT(fired_, IsEmpty());
}

TEST_P(StoreTimers, GoWithTheirUnit) {
    const auto due = due_timers({{"a", note()}});
    EXPECT_THROW(run(writer(),
                     [&](WriteSession& session) {
                         timers_.schedule(session, key("a", "e"), clock_.now());
                         throw std::runtime_error("undone");
                     }),
                 std::runtime_error);
    EXPECT_EQ(due->run_due(), std::nullopt);
}

TEST_P(StoreTimers, OfAnUndeclaredKindAreADefect) {
    EXPECT_THROW(schedule("nobody", "e", clock_.now()), Defect);
}

TEST_P(StoreTimers, WithoutAHandlerAreADefectAtStart) {
    due_timers({{"a", note()}, {"retired", note()}});
    EXPECT_THROW(due_timers({{"a", note()}}), Defect);
}

TEST_P(StoreTimers, OutliveReopening) {
    due_timers({{"a", note()}});
    schedule("a", "e", clock_.now(), "kept");
    engine_->close();
    engine_->open();
    due_timers({{"a", note()}})->run_due();
    EXPECT_THAT(fired_, ElementsAre("a e kept 1"));
}

TEST_P(StoreTimers, AreTakenInRoundsOfBoundedSize) {
    const auto due = due_timers({{"a", note()}}, {.units_max = 4});
    for (char entity = 'a'; entity < 'a' + 10; ++entity)
        schedule("a", std::string(1, entity), clock_.now());
    EXPECT_EQ(due->run_due(), clock_.now());
    EXPECT_EQ(fired_.size(), 4U);
    EXPECT_EQ(due->run_due(), clock_.now());
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_EQ(fired_.size(), 10U);
}

TEST_P(StoreTimers, MayBeSetAgainByTheirHandler) {
    const auto due = due_timers({{"a", [this](WriteSession& session, const DueTimer& timer) {
                                      timers_.schedule(session, timer.key, timer.due + second, timer.payload);
                                  }}});
    schedule("a", "e", clock_.now());
    EXPECT_EQ(due->run_due(), clock_.now() + second);
    clock_.advance(second);
    EXPECT_EQ(due->run_due(), clock_.now() + second);
    EXPECT_EQ(due->handled(), 2U);
}

TEST_P(StoreTimers, AFailingHandlerIsTriedAgainLaterAndLaterThenGivenUp) {
    std::vector<int> attempts;
    const auto failing = [&](WriteSession& session, const DueTimer& timer) {
        // An engine may run a unit again, which is no attempt more.
        if (attempts.empty() || attempts.back() != timer.attempt) attempts.push_back(timer.attempt);
        session.execute(insert_item, {timer.attempt, "undone"});
        throw std::runtime_error("handler");
    };
    const auto due = due_timers({{"a", failing}, {"b", note()}}, {.attempts_max = 3, .retry_first = second});
    schedule("a", "e", clock_.now());
    schedule("b", "beside", clock_.now());
    EXPECT_EQ(due->run_due(), clock_.now() + second);
    EXPECT_EQ(fired_.size(), 1U) << "others are not held up";
    due->run_due();
    EXPECT_EQ(attempts.size(), 1U) << "not before its time";
    clock_.advance(second);
    EXPECT_EQ(due->run_due(), clock_.now() + 2 * second);
    clock_.advance(2 * second);
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_THAT(attempts, ElementsAre(1, 2, 3));
    EXPECT_EQ(due->retried(), 2U);
    EXPECT_EQ(due->failed(), 1U);
    EXPECT_EQ(failed_timers(), 1) << "never lost silently";
    EXPECT_THAT(seen(), IsEmpty()) << "what the handler wrote went with it";
    clock_.advance(std::chrono::hours{24});
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_EQ(attempts.size(), 3U);
}

TEST_P(StoreTimers, GivenUpOnesCanBeRevivedMovedAndCancelled) {
    bool healthy = false;
    const auto handler = [&](WriteSession& session, const DueTimer& timer) {
        if (!healthy) throw std::runtime_error("handler");
        note()(session, timer);
    };
    const auto due = due_timers({{"a", handler}}, {.attempts_max = 1});
    for (const auto* entity : {"revived", "moved", "cancelled"})
        schedule("a", entity, clock_.now());
    due->run_due();
    EXPECT_EQ(failed_timers(), 3);
    healthy = true;
    run(writer(), [&](WriteSession& session) { EXPECT_TRUE(timers_.cancel(session, key("a", "cancelled"))); });
    schedule("a", "moved", clock_.now());
    EXPECT_EQ(failed_timers(), 1);
    run(writer(), [&](WriteSession& session) {
        EXPECT_EQ(timers_.revive(session, "other", clock_.now()), 0U);
        EXPECT_EQ(timers_.revive(session, "a", clock_.now()), 1U);
    });
    due->run_due();
    EXPECT_THAT(fired_, testing::UnorderedElementsAre("a moved  1", "a revived  1"));
    EXPECT_EQ(failed_timers(), 0);
}

TEST_P(StoreTimers, TheStoresOwnFailureIsNoAttempt) {
    const auto due = due_timers({{"a", note()}});
    schedule("a", "e", clock_.now());
    engine_->fail_next_commit(CommitFault::failed_and_lost);
    EXPECT_THROW(due->run_due(), Unavailable);
    EXPECT_EQ(due->retried(), 0U);
    due->run_due();
    EXPECT_THAT(fired_, ElementsAre("a e  1"));
}

TEST_P(StoreTimers, AnAmbiguousCommitFiresOnceAllTheSame) {
    const auto due = due_timers({{"a", note()}});
    schedule("a", "e", clock_.now());
    engine_->fail_next_commit(CommitFault::reported_failed_though_durable);
    EXPECT_THROW(due->run_due(), Ambiguous);
    put(1, "answered after the engine has looked");
    EXPECT_EQ(due->run_due(), std::nullopt);
    EXPECT_THAT(fired_, ElementsAre("a e  1"));
}

TEST_P(StoreTimers, TheSchedulerFiresWhatIsScheduledAndWhatTheMovedClockMakesDue) {
    Answers fired;
    const auto tell = [&](WriteSession& session, const DueTimer& timer) {
        session.after_commit([&, entity = std::string(base::as_text(timer.key.entity))] {
            fired.add({entity, AnswerKind::done});
        });
    };
    const Scheduler scheduler(timers_, writer(), engine_->readers(), clock_, {{"a", tell}});
    schedule("a", "at once", clock_.now());
    fired.wait_for(1);
    schedule("a", "in an hour", clock_.now() + 3600 * second);
    clock_.advance(3600 * second);
    timers_.clock_moved();
    EXPECT_THAT(fired.wait_for(2), ElementsAre(Answers::Answer{"at once", AnswerKind::done},
                                               Answers::Answer{"in an hour", AnswerKind::done}));
}

TEST_P(StoreTimers, TheSchedulerOutlivesAnOutageOfTheStore) {
    Answers fired;
    const auto tell = [&](WriteSession& session, const DueTimer&) {
        session.after_commit([&] { fired.add({"fired", AnswerKind::done}); });
    };
    const Scheduler scheduler(timers_, writer(), engine_->readers(), clock_, {{"a", tell}},
                              {.outage_pause = base::Duration{0}});
    run(writer(), [&](WriteSession& session) {
        timers_.schedule(session, key("a", "e"), clock_.now());
        // The next commit is the handler's: after this one the scheduler is woken.
        session.after_commit([&] { engine_->fail_next_commit(CommitFault::failed_and_lost); });
    });
    EXPECT_EQ(fired.wait_for(1).size(), 1U);
    EXPECT_GE(scheduler.outages(), 1U);
}

TEST_P(StoreTimers, TheSchedulerEndsWithoutWaitingForWhatIsNotDue) {
    Scheduler scheduler(timers_, writer(), engine_->readers(), clock_, {{"a", note()}});
    schedule("a", "in a year", clock_.now() + std::chrono::hours{24 * 365});
}

// --- outbox -----------------------------------------------------------------------------------------------------------

class StoreOutbox : public StoreTimers {
protected:
    void put(std::string_view kind, std::string_view effect, base::Time due, std::string_view payload = "sealed") {
        run(writer(), [&](WriteSession& session) {
            outbox_.put(session, kind, base::as_bytes(effect), due, base::as_bytes(payload));
        });
    }
    std::vector<OutboxRow> take(std::string_view kind, std::size_t limit = 10) {
        return run(writer(), [&](WriteSession& session) {
            return Outbox::take_due(session, kind, clock_.now(), clock_.now() + 30 * second, limit);
        });
    }
    std::vector<OutboxRow> due(std::string_view kind) {
        std::vector<OutboxRow> rows;
        engine_->readers().read([&](ReadSession& session) { rows = Outbox::due(session, kind, clock_.now(), 10); });
        return rows;
    }
    bool take_seen(const OutboxRow& row) {
        return run(writer(),
                   [&](WriteSession& session) { return Outbox::take(session, row, clock_.now() + 30 * second); });
    }
    std::vector<std::string> taken(std::string_view kind, std::size_t limit = 10) {
        std::vector<std::string> keys;
        for (const auto& row : take(kind, limit)) {
            keys.push_back(std::string(base::as_text(row.key)) + " " + std::to_string(row.attempt));
        }
        return keys;
    }
    std::optional<base::Time> next(std::string_view kind) {
        std::optional<base::Time> due;
        engine_->readers().read([&](ReadSession& session) { due = Outbox::next_due(session, kind); });
        return due;
    }
    std::int64_t failed(std::string_view kind) {
        std::int64_t count = 0;
        engine_->readers().read([&](ReadSession& session) { count = Outbox::failed_count(session, kind); });
        return count;
    }
    bool put_off(const OutboxRow& row, base::Time until) {
        return run(writer(), [&](WriteSession& session) { return outbox_.put_off(session, row, until); });
    }
    bool park(const OutboxRow& row, std::string_view reason) {
        return run(writer(), [&](WriteSession& session) { return Outbox::park(session, row, reason); });
    }
    bool finish(std::string_view effect) {
        return run(writer(), [&](WriteSession& session) { return Outbox::done(session, base::as_bytes(effect)); });
    }

    Outbox outbox_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreOutbox);

TEST_P(StoreOutbox, GivesDueRowsByKindInTheirOrder) {
    put("sms", "b", clock_.now(), "second");
    put("sms", "a", clock_.now() - second, "first");
    put("sms", "later", clock_.now() + second);
    put("push", "c", clock_.now());
    const auto rows = take("sms");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(base::as_text(rows[0].payload), "first");
    EXPECT_EQ(base::as_text(rows[1].payload), "second");
    EXPECT_EQ(rows[0].kind, "sms");
    EXPECT_THAT(taken("mail"), IsEmpty());
    EXPECT_THAT(taken("push"), ElementsAre("c 1"));
}

TEST_P(StoreOutbox, RecordsTheAttemptAndHoldsTheRow) {
    put("sms", "a", clock_.now());
    EXPECT_THAT(taken("sms"), ElementsAre("a 1"));
    EXPECT_THAT(taken("sms"), IsEmpty()) << "held";
    EXPECT_EQ(next("sms"), clock_.now() + 30 * second);
    engine_->close();
    engine_->open();
    clock_.advance(30 * second);
    EXPECT_THAT(taken("sms"), ElementsAre("a 2")) << "after a crash it comes again, and tells of the first attempt";
}

TEST_P(StoreOutbox, LookingAtDueRowsRecordsNothing) {
    put("sms", "a", clock_.now());
    put("sms", "later", clock_.now() + second);
    for (int i = 0; i < 2; ++i) {
        const auto rows = due("sms");
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].attempt, 1) << "the next one";
        EXPECT_EQ(base::as_text(rows[0].payload), "sealed");
    }
    EXPECT_THAT(due("push"), IsEmpty());
}

TEST_P(StoreOutbox, ARowThatWasSeenIsTakenOnce) {
    put("sms", "a", clock_.now());
    const auto seen = due("sms").at(0);
    EXPECT_TRUE(take_seen(seen));
    EXPECT_FALSE(take_seen(seen)) << "its attempt is recorded already";
    EXPECT_THAT(due("sms"), IsEmpty()) << "held";
    clock_.advance(30 * second);
    EXPECT_EQ(due("sms").at(0).attempt, 2);
}

TEST_P(StoreOutbox, WhatWasFinishedOrParkedSinceIsNotTaken) {
    put("sms", "a", clock_.now());
    const auto seen = due("sms").at(0);
    EXPECT_FALSE(park(seen, "early")) << "an attempt that is not recorded parks nothing";
    EXPECT_TRUE(finish("a"));
    EXPECT_FALSE(take_seen(seen));
    put("sms", "b", clock_.now());
    const auto parked = take("sms").at(0);
    EXPECT_TRUE(park(parked, "gone"));
    OutboxRow next = parked;
    ++next.attempt;
    EXPECT_FALSE(take_seen(next));
}

TEST_P(StoreOutbox, TakesNoMoreThanTheLimit) {
    for (const auto* effect : {"a", "b", "c"})
        put("sms", effect, clock_.now());
    EXPECT_EQ(taken("sms", 2).size(), 2U);
    EXPECT_EQ(taken("sms", 2).size(), 1U);
    EXPECT_THAT(taken("sms", 0), IsEmpty());
}

TEST_P(StoreOutbox, ForgetsWhatIsDone) {
    put("sms", "a", clock_.now());
    take("sms");
    EXPECT_TRUE(finish("a"));
    EXPECT_FALSE(finish("a"));
    EXPECT_FALSE(finish("never there"));
    EXPECT_EQ(next("sms"), std::nullopt);
}

TEST_P(StoreOutbox, PutsOff) {
    put("sms", "a", clock_.now());
    const auto row = take("sms").at(0);
    EXPECT_TRUE(put_off(row, clock_.now() + 5 * second));
    EXPECT_EQ(next("sms"), clock_.now() + 5 * second);
    clock_.advance(5 * second);
    EXPECT_THAT(taken("sms"), ElementsAre("a 2"));
}

TEST_P(StoreOutbox, ALateRunnerDoesNotMoveWhatAnotherTook) {
    put("sms", "a", clock_.now());
    const auto late = take("sms").at(0);
    clock_.advance(30 * second);
    const auto current = take("sms").at(0);
    EXPECT_FALSE(put_off(late, clock_.now()));
    EXPECT_FALSE(park(late, "late"));
    EXPECT_TRUE(put_off(current, clock_.now()));
}

TEST_P(StoreOutbox, ParksForAnOperatorWhoRevives) {
    put("sms", "a", clock_.now());
    const auto row = take("sms").at(0);
    EXPECT_TRUE(park(row, "delivery_receiver_gone"));
    EXPECT_FALSE(park(row, "twice"));
    EXPECT_FALSE(put_off(row, clock_.now()));
    EXPECT_EQ(failed("sms"), 1);
    EXPECT_EQ(failed("push"), 0);
    EXPECT_EQ(next("sms"), std::nullopt);
    clock_.advance(std::chrono::hours{24});
    EXPECT_THAT(taken("sms"), IsEmpty());
    run(writer(), [&](WriteSession& session) {
        EXPECT_EQ(outbox_.revive(session, "push", clock_.now()), 0U);
        EXPECT_EQ(outbox_.revive(session, "sms", clock_.now()), 1U);
    });
    EXPECT_EQ(failed("sms"), 0);
    EXPECT_THAT(taken("sms"), ElementsAre("a 1"));
}

TEST_P(StoreOutbox, RefusesAKeyThatIsTaken) {
    put("sms", "a", clock_.now());
    EXPECT_THROW(put("sms", "a", clock_.now()), Duplicate);
    EXPECT_THROW(put("push", "a", clock_.now()), Duplicate) << "an effect has one kind";
}

TEST_P(StoreOutbox, GoesWithItsUnit) {
    EXPECT_THROW(run(writer(),
                     [&](WriteSession& session) {
                         outbox_.put(session, "sms", base::as_bytes("a"), clock_.now(), {});
                         throw std::runtime_error("undone");
                     }),
                 std::runtime_error);
    EXPECT_EQ(next("sms"), std::nullopt);
}

TEST_P(StoreOutbox, WakesItsRunnerAfterTheCommit) {
    std::thread runner([&] { EXPECT_TRUE(outbox_.alarm().sleep(clock_, std::nullopt)); });
    put("sms", "a", clock_.now());
    runner.join();
    EXPECT_THAT(taken("sms"), ElementsAre("a 1"));
}

}  // namespace kelisim::store::contract
