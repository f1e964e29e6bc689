// SPDX-License-Identifier: Apache-2.0
#include "access/exchanges.hpp"

#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using records::Exchange;
using records::ExchangeState;
using ::testing::ElementsAre;

// INT-2.15, MON-9a
class ExchangesTest : public ::testing::Test {
protected:
    Incoming message(std::string_view id = "m-1", std::string_view text = "text",
                     std::string_view sender = "DEMOBANK") {
        return {.sender = std::string(sender),
                .service = "SERVICE",
                .message_id = std::string(id),
                .digest = crypto::sha256(base::as_bytes(text)),
                .bytes = text.size(),
                .received = world.clock.now()};
    }
    Exchanges::Decision begin(const Incoming& incoming) {
        return world.unit([&](store::WriteSession& session) {
            return Exchanges(world.service->parts).begin(session, incoming, world.clock.now());
        });
    }
    void conclude(const Exchange& exchange, ExchangeState state, std::string kept = {}) {
        world.unit([&](store::WriteSession& session) {
            Exchanges(world.service->parts)
                .conclude(session, exchange,
                          {.state = state,
                           .forwarded = world.clock.now(),
                           .replied = world.clock.now(),
                           .response = crypto::sha256(base::as_bytes("answer")),
                           .response_bytes = 6,
                           .kept = std::move(kept)},
                          world.clock.now());
        });
    }
    static bool is_new(const Exchanges::Decision& decision) { return std::holds_alternative<Exchange>(decision); }
    static const base::Reason* refused(const Exchanges::Decision& decision) {
        const auto* refusal = std::get_if<base::Refusal>(&decision);
        return refusal == nullptr ? nullptr : &refusal->first();
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

TEST_F(ExchangesTest, ARepeatGetsWhatWasAnsweredAlsoAfterARestart) {
    conclude(std::get<Exchange>(begin(message())), ExchangeState::answered, "the answer");
    world.clock.advance(301s);
    world.restart();
    EXPECT_EQ(std::get<Exchanges::Answered>(begin(message())).kept, "the answer");
    EXPECT_EQ(world.store.raw_bytes().find("the answer"), std::string::npos) << "sealed";
    EXPECT_EQ(world.store.raw_bytes().find("m-1"), std::string::npos) << "ids may name persons";
}

TEST_F(ExchangesTest, OtherBytesOrAnotherServiceUnderTheSameIdAreRefused) {
    conclude(std::get<Exchange>(begin(message())), ExchangeState::answered);
    EXPECT_EQ(refused(begin(message("m-1", "other text"))), &message_id_reused);
    Incoming elsewhere = message();
    elsewhere.service = "OTHER";
    EXPECT_EQ(refused(begin(elsewhere)), &message_id_reused);
}

TEST_F(ExchangesTest, IdsOfOneSenderSayNothingOfAnother) {
    EXPECT_TRUE(is_new(begin(message())));
    EXPECT_TRUE(is_new(begin(message("m-1", "other text", "DEMOINS"))));
}

TEST_F(ExchangesTest, NothingIsDoneTwiceAtOnce) {
    EXPECT_TRUE(is_new(begin(message())));
    EXPECT_EQ(refused(begin(message())), &message_in_progress);
    // What was cut off by the end of a process may be tried again.
    world.clock.advance(base::limits::owner_deadline + 30s);
    EXPECT_TRUE(is_new(begin(message())));
}

TEST_F(ExchangesTest, WhatWasCutOffHasItsFactTooWhoeverFindsIt) {
    const auto swept = std::get<Exchange>(begin(message("swept"))), repeated = std::get<Exchange>(begin(message()));
    const auto give_up = [&] {
        world.unit([&](store::WriteSession& session) {
            Exchanges(world.service->parts).give_up(session, world.clock.now());
            return true;
        });
    };
    give_up();
    EXPECT_THAT(world.journal_of(swept.id), ElementsAre()) << "it may still be under way";
    world.clock.advance(base::limits::owner_deadline + 30s);
    EXPECT_TRUE(is_new(begin(message())));
    EXPECT_THAT(world.journal_of(repeated.id), ElementsAre("exchange.concluded"));
    world.clock.advance(1s);
    give_up();
    give_up();
    EXPECT_THAT(world.journal_of(swept.id), ElementsAre("exchange.concluded"));
    EXPECT_TRUE(is_new(begin(message("swept"))));
}

TEST_F(ExchangesTest, WhatCameToNothingMayComeAgain) {
    for (const auto state : {ExchangeState::refused, ExchangeState::failed}) {
        conclude(std::get<Exchange>(begin(message())), state);
        EXPECT_EQ(refused(begin(message("m-1", "other text"))), &message_id_reused);
    }
    EXPECT_TRUE(is_new(begin(message())));
}

TEST_F(ExchangesTest, AnIdIsFreeWhenTheDateCouldNotLetItInAnyMore) {
    conclude(std::get<Exchange>(begin(message())), ExchangeState::answered, "the answer");
    world.clock.advance(base::limits::message_remembered);
    EXPECT_TRUE(is_new(begin(message("m-1", "other text"))));
}

TEST_F(ExchangesTest, TheJournalTiesRequestAndAnswerTogether) {
    const auto exchange = std::get<Exchange>(begin(message()));
    conclude(exchange, ExchangeState::answered);
    EXPECT_THAT(world.journal_of(exchange.id), ElementsAre("exchange.concluded"));
}

}  // namespace
}  // namespace kelisim::access
