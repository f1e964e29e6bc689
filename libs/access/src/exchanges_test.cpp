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

class KeptBodiesTest : public ExchangesTest {
protected:
    const records::Messages said{"<request/>", "<forwarded/>", "<reply/>", "<answer/>"};

    records::ExchangeId conclude_keeping(base::Duration term) {
        const auto exchange = std::get<Exchange>(begin(message()));
        Conclusion conclusion{.state = ExchangeState::answered};
        for (std::size_t i = 0; i < said.size(); ++i)
            conclusion.wire.at(i) = crypto::sha256(base::as_bytes(said.at(i)));
        conclusion.bodies = world.records.exchange_bodies.seal(exchange.id, world.clock.now() + term, said);
        world.unit([&](store::WriteSession& session) {
            Exchanges(world.service->parts).conclude(session, exchange, conclusion, world.clock.now());
        });
        return exchange.id;
    }
    std::optional<records::SealedBodies> find(records::ExchangeId id) {
        return world.look([&](store::ReadSession& session) {
            return world.records.exchange_bodies.find(session, id, world.clock.now());
        });
    }
    void sweep() {
        world.unit([&](store::WriteSession& session) {
            Exchanges(world.service->parts).sweep_bodies(session, world.clock.now());
        });
    }
};

TEST_F(KeptBodiesTest, WhatWasSaidIsSealedAndReadAgain) {
    const auto id = conclude_keeping(24h);
    world.restart();
    const auto kept = find(id);
    ASSERT_TRUE(kept);
    EXPECT_EQ(world.records.exchange_bodies.open(*kept), said);
    for (const std::string& each : said)
        EXPECT_EQ(world.store.raw_bytes().find(each), std::string::npos) << each;
    const auto recorded =
        world.look([&](store::ReadSession& session) { return world.records.exchanges.recorded(session, id); });
    ASSERT_TRUE(recorded);
    for (std::size_t i = 0; i < said.size(); ++i)
        EXPECT_EQ(recorded->wire.at(i), crypto::sha256(base::as_bytes(said.at(i))));
}

TEST_F(KeptBodiesTest, TheirTimeIsOverByTheClockAndTheSweepDestroysThem) {
    const auto id = conclude_keeping(24h);
    world.clock.advance(24h - 1s);
    sweep();
    EXPECT_TRUE(find(id));
    world.clock.advance(1s);
    EXPECT_FALSE(find(id)) << "before the sweep too";
    sweep();
    world.clock.advance(-1h);
    EXPECT_FALSE(find(id)) << "there is nothing left to find";
}

TEST_F(KeptBodiesTest, AMessageInThePlaceOfAnotherDoesNotOpen) {
    auto kept = *find(conclude_keeping(24h));
    std::swap(kept.sealed[0], kept.sealed[3]);
    EXPECT_THROW(world.records.exchange_bodies.open(kept), records::Damaged);
    kept.exchange = records::ExchangeId::make(world.clock.now(), {}, world.entropy);
    EXPECT_THROW(world.records.exchange_bodies.open(kept), records::Damaged);
}

TEST_F(KeptBodiesTest, WhereNothingIsKeptNothingIsFound) {
    const auto exchange = std::get<Exchange>(begin(message()));
    conclude(exchange, ExchangeState::answered);
    EXPECT_FALSE(find(exchange.id));
}

// MON-9a: a call over REST, whose decision stands elsewhere.
TEST_F(ExchangesTest, ACallIsNotedOnceAndForgottenLikeTheOthers) {
    const base::Time now = world.clock.now();
    records::Exchange call{.id = records::ExchangeId::make(now, {}, world.entropy),
                           .sender = "DEMOBANK",
                           .service = "GBDFLUniversal_token",
                           .message = world.records.exchanges.message_of("DEMOBANK", "key"),
                           .request = crypto::sha256(base::as_bytes("call")),
                           .request_bytes = 4,
                           .received = now,
                           .state = ExchangeState::failed,
                           .forwarded = now,
                           .replied = now,
                           .came_over = records::ExchangeWire::rest};
    call.wire[0] = crypto::sha256(base::as_bytes("content"));
    world.clock.advance(1s);
    world.unit([&](store::WriteSession& session) {
        Exchanges(world.service->parts).note(session, call, world.clock.now());
        return true;
    });
    world.restart();
    const auto recorded = world.look([&](store::ReadSession& session) {
        EXPECT_FALSE(world.records.exchanges.find(session, "DEMOBANK", call.message))
            << "nothing that a repeat is held against";
        return world.records.exchanges.recorded(session, call.id);
    });
    ASSERT_TRUE(recorded);
    EXPECT_EQ(recorded->came_over, records::ExchangeWire::rest);
    EXPECT_EQ(recorded->owner, "GBDFL");
    EXPECT_EQ(recorded->state, ExchangeState::failed);
    EXPECT_EQ(recorded->concluded, world.clock.now());
    EXPECT_EQ(recorded->wire, call.wire);
    EXPECT_THAT(world.journal_of(call.id), ElementsAre("exchange.concluded"));
}

}  // namespace
}  // namespace kelisim::access
