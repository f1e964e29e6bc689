// SPDX-License-Identifier: Apache-2.0
// Effects run at least once, people are written to at most twice about one thing, and a row that fails holds back no
// other.
#include "delivery/runner.hpp"

#include <gmock/gmock.h>

#include "base/limits.hpp"
#include "delivery/sandbox_phones.hpp"
#include "delivery/testing.hpp"

namespace kelisim::delivery {
namespace {

using namespace delivery::testing;
using namespace std::chrono_literals;
using access::testing::ask;
using access::testing::hear;
using consent::RequestState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace limits = base::limits;

const store::Statement break_notices{"t_break_notices",
                                     "UPDATE outbox SET payload = zeroblob(40) WHERE kind = 'sms.notice'"};
const store::Statement break_answers{"t_break_answers",
                                     "UPDATE outbox SET payload = zeroblob(40) WHERE kind = 'answer'"};
const store::Statement count_rows{"t_rows", "SELECT key FROM outbox WHERE failed = 0"};
const store::Statement count_questions{"t_questions", "SELECT slot FROM phone_question"};

class Delivery : public ::testing::Test {
protected:
    std::size_t rows_of(const store::Statement& statement) {
        return world.look(
            [&](store::ReadSession& session) { return session.query(statement, {}, [](const store::Row&) {}); });
    }
    std::int64_t parked(std::string_view kind) {
        return world.look([&](store::ReadSession& session) { return store::Outbox::failed_count(session, kind); });
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, IsEmpty()); }

    Desk desk;
    World& world = desk.world;
    FakeSms& sms = desk.sms;
};

// KDP-2.7
TEST_F(Delivery, AQuestionThatTheCarrierTookIsAsked) {
    const auto id = ask(world, person::abai());
    EXPECT_EQ(desk.effects->run_due(), std::nullopt) << "nothing is left to be due";
    EXPECT_EQ(world.state_of(id), RequestState::asked);
    const auto sent = sms.take();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].id, id.to_string());
    EXPECT_EQ(desk.effects->done(), 1U);
    EXPECT_EQ(desk.effects->parked(), 0U);
}

TEST_F(Delivery, AQuestionThatTheCarrierRejectsIsUndeliverableAndLeavesNoDigitsTaken) {
    sms.answer_with({Sent::rejected});
    const auto id = ask(world, person::abai());
    desk.run();
    EXPECT_EQ(world.state_of(id), RequestState::undeliverable);
    EXPECT_EQ(rows_of(count_questions), 0U);
    EXPECT_EQ(rows_of(count_rows), 0U);
    desk.advance(73h);
    EXPECT_EQ(world.state_of(id), RequestState::undeliverable);
    EXPECT_EQ(sms.take().size(), 1U) << "no receipt to a number that does not exist";
}

// Design section 2, Effects: "resend at most once with the same text and code".
TEST_F(Delivery, AQuestionOfUnknownOutcomeIsSentOnceMoreWithTheSameTextAndId) {
    sms.answer_with({Sent::unknown, Sent::unknown});
    const auto id = ask(world, person::abai());
    desk.run();
    EXPECT_EQ(world.state_of(id), RequestState::recorded);
    desk.advance(limits::sms_report_wait - 1s);
    EXPECT_EQ(sms.take().size(), 1U) << "the report is waited for";
    desk.restart();
    desk.advance(1s);
    const auto again = sms.take();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].id, id.to_string());
    for (int i = 0; i < 20; ++i)
        desk.advance(10min);
    EXPECT_THAT(sms.take(), IsEmpty());
    hear(world, person::abai(), "1", "mo");
    desk.run();
    EXPECT_EQ(world.state_of(id), RequestState::granted) << "an answer proves that the question arrived";
}

TEST_F(Delivery, TheResentTextIsTheFirstOne) {
    sms.answer_with({Sent::unknown});
    ask(world, person::abai());
    desk.run();
    const auto first = sms.take().at(0);
    ask(world, person::abai());
    desk.run();
    sms.take();
    desk.advance(limits::sms_report_wait);
    const auto again = sms.take();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].text, first.text);
    EXPECT_EQ(again[0].id, first.id);
    EXPECT_EQ(again[0].phone, first.phone);
}

TEST_F(Delivery, AnAnswerToAQuestionOfUnknownOutcomeEndsItsResend) {
    sms.answer_with({Sent::unknown});
    const auto id = ask(world, person::abai());
    desk.run();
    hear(world, person::abai(), "2", "mo");
    desk.advance(1s);
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    EXPECT_EQ(sms.take().size(), 2U);
    desk.advance(1h);
    EXPECT_THAT(sms.take(), IsEmpty());
    EXPECT_EQ(rows_of(count_questions), 0U);
}

TEST_F(Delivery, AnAnswerThatComesWhileTheCarrierIsStillAskedCounts) {
    const auto id = ask(world, person::abai());
    bool replied = false;
    sms.during_send = [&] {
        if (!std::exchange(replied, true)) hear(world, person::abai(), "1", "quick");
    };
    desk.run();
    EXPECT_EQ(world.state_of(id), RequestState::granted);
    EXPECT_EQ(rows_of(count_questions), 0U);
    EXPECT_EQ(rows_of(count_rows), 0U);
}

// The process ends between the send and the booking, twice: the outcome of both is unknown.
TEST_F(Delivery, NoNumberOfCrashesSendsAQuestionAThirdTime) {
    const auto id = ask(world, person::abai());
    for (int crash = 0; crash < 2; ++crash) {
        world.unit([&](store::WriteSession& session) {
            const auto now = world.clock.now();
            const auto rows =
                store::Outbox::take_due(session, access::outbox_question, now, now + limits::sms_report_wait, 10);
            ASSERT_EQ(rows.size(), 1U);
            world.service->contact.prepare_question(session, rows[0], now);
        });
        desk.restart();
        world.clock.advance(limits::sms_report_wait);
    }
    desk.run();
    EXPECT_THAT(sms.take(), IsEmpty());
    EXPECT_EQ(rows_of(count_rows), 0U);
    hear(world, person::abai(), "1", "mo");
    desk.run();
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(Delivery, ANoticeOfUnknownOutcomeIsSentOnceMore) {
    ask(world, person::abai());
    desk.run();
    hear(world, person::abai(), "2", "mo");
    sms.take();
    sms.answer_with({Sent::unknown, Sent::unknown});
    desk.run();
    const auto first = sms.take();
    ASSERT_EQ(first.size(), 1U);
    desk.advance(limits::sms_report_wait);
    const auto again = sms.take();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].id, first[0].id);
    EXPECT_EQ(again[0].text, first[0].text);
    desk.advance(1h);
    EXPECT_THAT(sms.take(), IsEmpty());
    EXPECT_EQ(rows_of(count_rows), 0U);
}

TEST_F(Delivery, ARejectedNoticeIsNotTriedAgain) {
    ask(world, person::abai());
    desk.run();
    hear(world, person::abai(), "2", "mo");
    sms.answer_with({Sent::rejected});
    desk.run();
    EXPECT_EQ(rows_of(count_rows), 0U);
}

TEST_F(Delivery, ANoticeThatDoesNotOpenHoldsBackNoOtherAndIsParkedAtLast) {
    hear(world, person::abai(), "?", "a");
    world.store.tamper(break_notices);
    hear(world, person::ybyrai(), "?", "b");
    desk.run();
    EXPECT_EQ(sms.take().size(), 1U);
    std::vector<std::int64_t> delays;
    for (auto next = desk.effects->run_due(); next; next = desk.effects->run_due()) {
        delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(*next - world.clock.now()).count());
        world.clock.advance(*next - world.clock.now());
        ASSERT_LE(delays.size(), std::size_t{limits::effect_attempts_max});
    }
    EXPECT_THAT(delays, ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900));
    EXPECT_EQ(parked(access::outbox_notice), 1);
    EXPECT_EQ(desk.effects->parked(), 1U);
    EXPECT_THAT(sms.take(), IsEmpty());
}

TEST_F(Delivery, AnAnswerThatDoesNotOpenIsParkedAndTheOthersGoOn) {
    const auto broken = ask(world, person::abai());
    const auto good = ask(world, person::ybyrai());
    desk.run();
    hear(world, person::abai(), "1", "a");
    world.store.tamper(break_answers);
    hear(world, person::ybyrai(), "1", "b");
    for (int i = 0; i < limits::effect_attempts_max + 2; ++i)
        desk.advance(15min);
    EXPECT_EQ(world.state_of(good), RequestState::granted);
    EXPECT_EQ(world.state_of(broken), RequestState::asked);
    EXPECT_EQ(parked(access::outbox_answer), 1);
}

TEST_F(Delivery, AFifthQuestionIsPutOffUntilDigitsAreFree) {
    for (int i = 0; i < records::phone_slots; ++i)
        ask(world, person::abai());
    desk.run();
    const auto fifth = ask(world, person::abai());
    desk.run();
    EXPECT_EQ(world.state_of(fifth), RequestState::recorded);
    for (int i = 0; i < 3 * limits::effect_attempts_max; ++i)
        desk.advance(1min);
    EXPECT_EQ(parked(access::outbox_question), 0) << "waiting for digits is no failure";
    hear(world, person::abai(), "6", "mo");
    sms.take();
    sms.answer_with({Sent::unknown});
    desk.advance(1min);
    desk.advance(limits::sms_report_wait);
    std::vector<std::string> texts;
    for (const auto& message : sms.take()) {
        if (message.id == fifth.to_string()) texts.push_back(message.text);
    }
    ASSERT_EQ(texts.size(), 2U) << "and no attempt either: what may have been lost is sent again";
    EXPECT_EQ(texts[0], texts[1]);
    EXPECT_THAT(texts[0], HasSubstr("5"));
    EXPECT_EQ(world.state_of(fifth), RequestState::asked);
}

TEST_F(Delivery, AQuestionThatNobodyCouldBeAskedInTimeIsNotAskedLater) {
    for (int i = 0; i <= records::phone_slots; ++i)
        ask(world, person::abai());
    desk.run();
    sms.take();
    world.clock.advance(limits::request_life_default);
    desk.effects->run_due();
    EXPECT_THAT(sms.take(), IsEmpty());
    desk.run();
    EXPECT_EQ(sms.take().size(), std::size_t{records::phone_slots}) << "receipts go to those who were asked";
    EXPECT_EQ(rows_of(count_rows), 0U);
    EXPECT_EQ(rows_of(count_questions), 0U);
}

TEST_F(Delivery, WhatIsHeldIsNotTakenTwice) {
    sms.answer_with({Sent::unknown});
    ask(world, person::abai());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(desk.effects->run_due(), world.clock.now() + limits::sms_report_wait);
    EXPECT_EQ(sms.take().size(), 1U);
}

TEST_F(Delivery, TheSandboxPhoneHasEachMessageOnce) {
    SandboxPhones phones(world.store.writer(), world.records, world.clock);
    const access::Sms message{"id", *person::abai().phone, "мәтін"};
    EXPECT_THAT(phones.send({message, message}), ElementsAre(Sent::accepted, Sent::accepted));
    EXPECT_THAT(phones.send({message}), ElementsAre(Sent::accepted));
    EXPECT_THAT(phones.send({}), IsEmpty());
    world.store.readers().read([&](store::ReadSession& session) {
        const auto all = world.records.sandbox_messages.all(session, message.phone);
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0].text, "мәтін");
        EXPECT_TRUE(all[0].outgoing);
    });
}

TEST_F(Delivery, ItsThreadWakesForWhatIsPutIntoTheOutboxAndEndsWhenItIsTold) {
    Runner runner(desk.parts());
    const auto id = ask(world, person::abai());
    const auto sent = sms.wait_for(1);
    EXPECT_EQ(sent[0].id, id.to_string());
    EXPECT_EQ(runner.outages(), 0U);
}

}  // namespace
}  // namespace kelisim::delivery
