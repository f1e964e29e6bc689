// SPDX-License-Identifier: Apache-2.0
// What counts of refused messages promise on every engine: a flood is a handful of rows, nothing is lost or counted twice, and what
// strangers say is stored nowhere.
#include "gateway/refusals.hpp"

#include <gmock/gmock.h>

#include "base/limits.hpp"
#include "records/testing.hpp"
#include "store_postgres/contract_engine.hpp"
#include "store_postgres/temporary_server.hpp"
#include "store_sqlite/contract_engine.hpp"

namespace kelisim::gateway {
namespace {

using namespace std::chrono_literals;
using records::Door;
using records::RefusedFilter;
using records::RefusedMessage;
using records::Standing;
using store::contract::CommitFault;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const base::Reason wrong{"wrong", base::Kind::invalid, "", {"қате", "неверно", "wrong"}};
const base::Reason unknown{"unknown", base::Kind::unauthenticated, "", {"белгісіз", "неизвестно", "unknown"}};

std::unique_ptr<store::contract::Engine> make_sqlite() {
    store_sqlite::Options options;
    options.batches.reopen_pause = 0ms;
    options.test_hooks.synchronous = store_sqlite::TestHooks::Synchronous::off;
    return std::make_unique<store_sqlite::ContractEngine>(options);
}

std::unique_ptr<store::contract::Engine> make_postgres() {
    static store_postgres::test::TemporaryServer server({"fsync=off", "full_page_writes=off"});
    store_postgres::Options options;
    options.connection = base::Secret<std::string>(server.make_database());
    options.batches.reopen_pause = 0ms;
    options.test_hooks.durability = store_postgres::TestHooks::Durability::not_needed;
    return std::make_unique<store_postgres::ContractEngine>(options);
}

registry::System system(std::string key) {
    registry::System made;
    made.key = std::move(key);
    return made;
}

// MON/INT-2.18
class RefusalsTest : public ::testing::TestWithParam<store::contract::EngineFactory> {
protected:
    void count(Door door, const KnownSender& sender, const base::Reason& why, int times = 1) {
        for (int i = 0; i < times; ++i)
            refusals->count(door, sender, why, clock.now());
    }
    // As many as there are, each from another system.
    void count_of_many(std::size_t systems) {
        for (std::size_t i = 0; i < systems; ++i) {
            const registry::System one = system("SYSTEM" + std::to_string(i));
            count(Door::rest, {.system = &one, .proven = true}, wrong);
        }
    }
    std::vector<RefusedMessage> found(RefusedFilter filter = {}) {
        if (filter.to == base::Time{}) filter.to = clock.now() + 1h;
        if (filter.from == base::Time{}) filter.from = clock.now() - 24h;
        std::vector<RefusedMessage> all;
        engine->readers().read([&](store::ReadSession& session) {
            std::optional<base::RawId> before;
            do {
                auto page = messages.search(session, filter, before, 400);
                all.insert(all.end(), page.items.begin(), page.items.end());
                before = page.next;
            } while (before);
        });
        return all;
    }
    static std::int64_t times(const std::vector<RefusedMessage>& rows) {
        std::int64_t sum = 0;
        for (const RefusedMessage& each : rows)
            sum += each.times;
        return sum;
    }
    static std::vector<std::string> words(const std::vector<RefusedMessage>& rows) {
        std::vector<std::string> words;
        for (const RefusedMessage& each : rows) {
            words.push_back(std::string(boost::describe::enum_to_string(each.kind.door, "")) + " " +
                            boost::describe::enum_to_string(each.kind.standing, "") + " " + each.kind.sender + " " +
                            each.kind.code + " " + std::to_string(each.times));
        }
        std::sort(words.begin(), words.end());
        return words;
    }

    records::testing::TestClock clock;
    records::testing::LockedEntropy entropy{11};
    records::RefusedMessages messages{entropy};
    std::unique_ptr<store::contract::Engine> engine = GetParam().make();
    std::unique_ptr<Refusals> refusals = std::make_unique<Refusals>(messages, engine->writer(), clock);
    const registry::System bank = system("DEMOBANK");
};

TEST_P(RefusalsTest, AFloodIsOneRowAndOneUnit) {
    count(Door::soap_sync, {}, wrong, 10'000);
    EXPECT_THAT(found(), IsEmpty()) << "nobody waits for a write";
    refusals->write();
    EXPECT_THAT(words(found()), ElementsAre("soap_sync unknown  wrong 10000"));
    EXPECT_EQ(refusals->units(), 1U);
    refusals->write();
    EXPECT_EQ(refusals->units(), 1U) << "where nothing was counted nothing is written";
}

TEST_P(RefusalsTest, WhoIsClaimedAndWhoIsProvenStandApart) {
    count(Door::soap_sync, {.system = &bank, .proven = false}, unknown);
    count(Door::soap_sync, {.system = &bank, .proven = true}, wrong);
    count(Door::soap_async, {.system = &bank, .proven = true}, wrong);
    count(Door::rest, {}, unknown);
    refusals->write();
    EXPECT_THAT(words(found()),
                ElementsAre("rest unknown  unknown 1", "soap_async proven DEMOBANK wrong 1",
                            "soap_sync claimed DEMOBANK unknown 1", "soap_sync proven DEMOBANK wrong 1"));
}

TEST_P(RefusalsTest, OfOneMinuteCountsAddUpAndEachMinuteHasItsOwn) {
    count(Door::rest, {}, wrong, 2);
    refusals->write();
    count(Door::rest, {}, wrong, 3);
    refusals->write();
    EXPECT_THAT(words(found()), ElementsAre("rest unknown  wrong 5"));
    clock.advance(1min);
    count(Door::rest, {}, wrong);
    refusals->write();
    const auto rows = found();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].times, 1) << "the newest first";
    EXPECT_EQ(rows[0].kind.minute - rows[1].kind.minute, 1min);
    EXPECT_EQ(rows[1].kind.minute, std::chrono::floor<std::chrono::minutes>(rows[1].kind.minute));
}

TEST_P(RefusalsTest, WhatIsMoreThanIsToldApartIsCountedTogetherAndNotLost) {
    count_of_many(refused_kinds_max + 500);
    refusals->write();
    EXPECT_EQ(found().size(), refused_kinds_max + 1);
    EXPECT_EQ(times(found()), static_cast<std::int64_t>(refused_kinds_max) + 500);
    EXPECT_EQ(found({.from = {}, .to = {}, .code = "wrong"}).size(), refused_kinds_max);
    count_of_many(refused_kinds_max + 500);
    count(Door::soap_sync, {}, unknown);
    refusals->write();
    EXPECT_EQ(found().size(), refused_kinds_max + 2) << "the bound is of the minute, not of what was written last";
    EXPECT_EQ(times(found()), 2 * (static_cast<std::int64_t>(refused_kinds_max) + 500) + 1);
    clock.advance(1min);
    count(Door::rest, {.system = &bank, .proven = true}, unknown);
    refusals->write();
    EXPECT_EQ(found({.from = {}, .to = {}, .sender = "DEMOBANK"}).size(), 1U) << "the next minute tells apart anew";
}

TEST_P(RefusalsTest, RowsOfAnHourAreBounded) {
    for (int minute = 0; minute < 7; ++minute) {
        count_of_many(refused_kinds_max);
        refusals->write();
        clock.advance(1min);
    }
    EXPECT_EQ(found().size(), refused_rows_hour_max + 2) << "the last two minutes are counted together";
    EXPECT_EQ(times(found()), 7 * static_cast<std::int64_t>(refused_kinds_max));
    clock.advance(1h);
    count(Door::rest, {.system = &bank, .proven = true}, unknown);
    refusals->write();
    EXPECT_EQ(found({.from = {}, .to = {}, .sender = "DEMOBANK"}).size(), 1U);
}

TEST_P(RefusalsTest, WhatCouldNotBeWrittenIsWrittenLaterAndOnce) {
    count(Door::rest, {}, wrong, 7);
    engine->fail_next_commit(CommitFault::failed_and_lost);
    EXPECT_THROW(refusals->write(), store::Unavailable);
    EXPECT_THAT(found(), IsEmpty());
    count(Door::rest, {}, wrong, 3);
    clock.advance(2min);
    refusals->write();
    EXPECT_THAT(words(found()), ElementsAre("rest unknown  wrong 10"));
}

TEST_P(RefusalsTest, TheLastIsWrittenWhenItStops) {
    count(Door::soap_async, {}, wrong, 4);
    refusals->stop();
    EXPECT_THAT(words(found()), ElementsAre("soap_async unknown  wrong 4"));
    refusals->stop();
    EXPECT_EQ(refusals->units(), 1U);
}

TEST_P(RefusalsTest, SearchedByWayInSenderCodeAndTime) {
    count(Door::rest, {.system = &bank, .proven = true}, wrong);
    clock.advance(2h);
    count(Door::soap_sync, {.system = &bank, .proven = false}, unknown);
    refusals->write();
    const base::Time between = clock.now() - 1h;
    EXPECT_EQ(words(found({.from = {}, .to = {}, .door = Door::rest})).size(), 1U);
    EXPECT_THAT(found({.from = {}, .to = {}, .door = Door::soap_async}), IsEmpty());
    EXPECT_EQ(found({.from = {}, .to = {}, .sender = "DEMOBANK"}).size(), 2U);
    EXPECT_THAT(found({.from = {}, .to = {}, .sender = "DEMOINS"}), IsEmpty());
    EXPECT_EQ(found({.from = {}, .to = {}, .code = "unknown"}).size(), 1U);
    EXPECT_THAT(found({.from = {}, .to = {}, .door = Door::rest, .code = "unknown"}), IsEmpty()) << "all of it counts";
    EXPECT_THAT(words(found({.from = between, .to = {}})), ElementsAre("soap_sync claimed DEMOBANK unknown 1"));
    EXPECT_THAT(words(found({.from = {}, .to = between})), ElementsAre("rest proven DEMOBANK wrong 1"));
    EXPECT_THAT(found({.from = {}, .to = {}, .sender = "' OR 1 = 1"}), IsEmpty());
}

TEST_P(RefusalsTest, OldOnesAreForgotten) {
    count(Door::rest, {}, wrong);
    refusals->write();
    clock.advance(2h);
    count(Door::rest, {}, unknown);
    refusals->write();
    store::run(engine->writer(), [&](store::WriteSession& session) {
        messages.forget_before(session, clock.now() - 1h);
        return true;
    });
    EXPECT_THAT(words(found()), ElementsAre("rest unknown  unknown 1"));
}

INSTANTIATE_TEST_SUITE_P(Engines, RefusalsTest,
                         ::testing::Values(store::contract::EngineFactory{"sqlite", make_sqlite},
                                           store::contract::EngineFactory{"postgres", make_postgres}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace kelisim::gateway
