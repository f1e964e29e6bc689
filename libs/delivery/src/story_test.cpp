// SPDX-License-Identifier: Apache-2.0
// Stories from the question to their end, with delivery and scheduler, and the store held against the ledger after each.
#include <gmock/gmock.h>

#include "base/limits.hpp"
#include "delivery/testing.hpp"

namespace kelisim::delivery {
namespace {

using namespace delivery::testing;
using namespace std::chrono_literals;
using access::testing::ask;
using access::testing::hear;
using access::testing::redeem;
using consent::ConsentState;
using consent::RequestState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Story : public ::testing::Test {
protected:
    std::vector<std::string> texts() {
        std::vector<std::string> said;
        for (const auto& message : desk.sms.take())
            said.push_back(message.text);
        return said;
    }
    std::vector<std::string> reply(std::string_view text) {
        texts();
        hear(world, person::abai(), text, "mo-" + std::to_string(++messages));
        desk.run();
        return texts();
    }
    consent::RequestId asked() {
        const auto id = ask(world, person::abai());
        desk.run();
        return id;
    }
    void TearDown() override {
        EXPECT_THAT(world.verify().findings, IsEmpty());
        desk.restart();
        EXPECT_THAT(world.verify().findings, IsEmpty());
    }

    Desk desk;
    World& world = desk.world;
    int messages = 0;
};

// KDP-2.3, KDP-2.7, KDP-2.8, KDP-7.1: asked by SMS, answered by SMS, a token, a use, the end.
TEST_F(Story, FromTheQuestionToTheEndOfTheConsent) {
    const auto id = asked();
    EXPECT_THAT(texts(), ElementsAre(HasSubstr("Оқу банкі")));
    EXPECT_THAT(reply("1"), ElementsAre(HasSubstr("келісім бердіңіз")));
    const auto token = redeem(world, id, world.bank()).value();
    const auto call = access::testing::call_with(access::testing::id_of(token), person::abai().iin);
    const auto use = std::get<access::Reserved>(access::testing::reserve(world, call));
    desk.restart();
    access::testing::conclude(world, use.id, consent::UseState::delivered);
    EXPECT_EQ(world.consent_of(id).counted, 1);
    desk.advance(30 * 24h - 1s);
    EXPECT_EQ(world.consent_of(id).state, ConsentState::active);
    desk.advance(1s);
    EXPECT_EQ(world.consent_of(id).state, ConsentState::expired);
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

TEST_F(Story, ARefusal) {
    const auto id = asked();
    EXPECT_THAT(reply("жоқ"), ElementsAre(HasSubstr("бас тарттыңыз")));
    desk.advance(73h);
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    EXPECT_THAT(texts(), IsEmpty()) << "the timer of its expiry went with the answer";
}

TEST_F(Story, SilenceUntilTheExpiryAndALateAnswer) {
    const auto id = asked();
    texts();
    desk.advance(base::limits::request_life_default - 1s);
    EXPECT_EQ(world.state_of(id), RequestState::asked);
    EXPECT_THAT(texts(), IsEmpty());
    desk.restart();
    desk.advance(1s);
    EXPECT_EQ(world.state_of(id), RequestState::expired);
    EXPECT_THAT(texts(), ElementsAre(HasSubstr("жауап келмеді")));
    EXPECT_THAT(reply("1"), ElementsAre(HasSubstr("Ештеңе өзгерген жоқ")));
    EXPECT_EQ(world.state_of(id), RequestState::expired);
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

TEST_F(Story, AnUnclearReplyThenAClearOne) {
    const auto id = asked();
    EXPECT_THAT(reply("бұл кім?"), ElementsAre(HasSubstr("түсініксіз")));
    EXPECT_THAT(reply("???"), IsEmpty());
    EXPECT_THAT(reply("иә"), ElementsAre(HasSubstr("келісім бердіңіз")));
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(Story, AConsentThatExpiresWhileNothingRunsIsExpiredAtTheNextStart) {
    const auto id = asked();
    reply("1");
    world.clock.advance(31 * 24h);
    EXPECT_FALSE(redeem(world, id, world.bank())) << "by the clock alone";
    desk.restart();
    desk.run();
    EXPECT_EQ(world.consent_of(id).state, ConsentState::expired);
}

TEST_F(Story, AKeptAnswerIsForgottenAfterTheWindowOfRepeats) {
    const auto id = asked();
    reply("1");
    const auto token = redeem(world, id, world.bank()).value();
    auto call = access::testing::call_with(access::testing::id_of(token), person::abai().iin);
    call.idempotency_key = "key";
    const auto use = std::get<access::Reserved>(access::testing::reserve(world, call));
    access::testing::conclude(world, use.id, consent::UseState::delivered,
                              records::StoredAnswer{.status = 200, .body = "{}"});
    const auto kept = [&] {
        return world.look([&](store::ReadSession& session) {
            const auto subject = world.records.subjects.find(session, person::abai().iin).value();
            return world.records.uses.answer(session, use.id, subject.data_key).has_value();
        });
    };
    desk.advance(base::limits::idempotency_window - 1s);
    EXPECT_TRUE(kept());
    desk.advance(1s);
    EXPECT_FALSE(kept());
}

TEST_F(Story, TheSweepRunsEveryMinuteOnceItIsPlanned) {
    world.unit([&](store::WriteSession& session) {
        access::plan_sweep(world.service->parts, session, world.clock.now());
        access::plan_sweep(world.service->parts, session, world.clock.now());
    });
    const auto handled = desk.timers->handled();
    for (int i = 0; i < 3; ++i)
        desk.advance(60s);
    EXPECT_EQ(desk.timers->handled(), handled + 3);
}

}  // namespace
}  // namespace kelisim::delivery
