// SPDX-License-Identifier: Apache-2.0
// What people write back, and what it does: to requests, to consents, and to the phone.
#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::RequestState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Replies : public ::testing::Test {
protected:
    consent::RequestId asked(const people::Person& person) {
        const auto id = ask(world, person);
        deliver(world);
        return id;
    }
    // What the person gets back for a message; texts only.
    std::vector<std::string> say(std::string_view text, const people::Person& person = person::abai()) {
        hear(world, person, text, "mo-" + std::to_string(++messages));
        std::vector<std::string> texts;
        for (const Sms& sms : deliver(world))
            texts.push_back(sms.text);
        return texts;
    }
    void expire(consent::RequestId id) {
        world.unit([&](store::WriteSession& session) { world.service->asking.expire(session, id, world.clock.now()); });
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
    int messages = 0;
};

// KDP-2.3, KDP-7.1, LAW-36.2, LAW-36.3b: a reply SMS from the registered number is the consent.
TEST_F(Replies, AYesBringsAConsentOnTheTermsThatWereAsked) {
    const auto id = asked(person::abai());
    world.clock.advance(1h);
    EXPECT_THAT(say("1"), ElementsAre(HasSubstr("келісім бердіңіз")));
    EXPECT_EQ(world.state_of(id), RequestState::granted);
    const auto consent = world.consent_of(id);
    EXPECT_EQ(consent.state, consent::ConsentState::active);
    EXPECT_EQ(consent.terms, world.request(id).terms);
    EXPECT_EQ(consent.means, consent::Means::sms_reply);
    EXPECT_EQ(consent.granted, world.clock.now());
    EXPECT_EQ(consent.expires, world.clock.now() + 30 * 24h);
    EXPECT_EQ(consent.employee, "Тексеруші Қызметкер");
    EXPECT_THAT(world.journal_of(id), ElementsAre("request.recorded", "request.asked", "request.granted"));
    EXPECT_THAT(world.journal_of(consent.id), ElementsAre("consent.granted"));
}

TEST_F(Replies, ANoIsRecordedAndOpensNothing) {
    const auto id = asked(person::abai());
    EXPECT_THAT(say("2"), ElementsAre(HasSubstr("бас тарттыңыз")));
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    EXPECT_FALSE(world.request(id).consent);
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

TEST_F(Replies, WordsAnswerTheOneQuestionThatIsOpen) {
    const std::vector<std::pair<std::string, RequestState>> words = {
        {"иә", RequestState::granted}, {" Да! ", RequestState::granted}, {"yes", RequestState::granted},
        {"１", RequestState::granted}, {"жоқ", RequestState::refused},   {"НЕТ", RequestState::refused},
        {" 2.", RequestState::refused}};
    for (const auto& [word, state] : words) {
        const auto id = asked(person::abai());
        EXPECT_EQ(say(word).size(), 1U);
        EXPECT_EQ(world.state_of(id), state) << word;
    }
}

TEST_F(Replies, TheFirstAnswerWinsAndTheSecondFindsNothingOpen) {
    const auto id = asked(person::abai());
    say("2");
    EXPECT_THAT(say("1"), ElementsAre(HasSubstr("Ештеңе өзгерген жоқ")));
    EXPECT_EQ(world.state_of(id), RequestState::refused);
}

TEST_F(Replies, TwoAnswersHeardBeforeEitherWasActedOnAreOneAnswer) {
    const auto id = asked(person::abai());
    hear(world, person::abai(), "1", "first");
    hear(world, person::abai(), "2", "second");
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(Replies, AMessageThatTheCarrierDoublesIsHeardOnce) {
    const auto id = asked(person::abai());
    hear(world, person::abai(), "maybe", "mo-x");
    EXPECT_EQ(deliver(world).size(), 1U);
    hear(world, person::abai(), "1", "mo-x");
    EXPECT_TRUE(deliver(world).empty());
    EXPECT_EQ(world.state_of(id), RequestState::asked);
}

// KDP-7.1: never a guess.
TEST_F(Replies, AnUnclearReplyBringsOneClarifyingSmsAndNoMore) {
    const auto id = asked(person::abai());
    EXPECT_THAT(say("кімсіз?"), ElementsAre(HasSubstr("түсініксіз")));
    for (const char* unclear : {"?", "3", "1 2", "да нет", "", "12", "\xff\xfe"})
        EXPECT_TRUE(say(unclear).empty()) << unclear;
    EXPECT_EQ(world.state_of(id), RequestState::asked);
    EXPECT_EQ(world.request(id).expires, world.request(id).created + base::limits::request_life_default)
        << "a clarifying SMS restarts no term";
    EXPECT_THAT(say("1"), ElementsAre(HasSubstr("келісім бердіңіз")));
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(Replies, TwoOpenQuestionsHaveTheirOwnDigits) {
    const auto first = ask(world, person::abai());
    deliver(world);
    const auto second = ask(world, person::abai());
    EXPECT_THAT(deliver(world).at(0).text, ::testing::AllOf(HasSubstr("3"), HasSubstr("4")));
    say("4");
    EXPECT_EQ(world.state_of(first), RequestState::asked);
    EXPECT_EQ(world.state_of(second), RequestState::refused);
    say("1");
    EXPECT_EQ(world.state_of(first), RequestState::granted);
    EXPECT_THAT(say("3"), ElementsAre(HasSubstr("Ештеңе өзгерген жоқ")));
    EXPECT_EQ(world.state_of(second), RequestState::refused);
}

TEST_F(Replies, AWordIsUnclearWhileTwoQuestionsAreOpen) {
    const auto first = asked(person::abai());
    const auto second = asked(person::abai());
    const auto clarifying = say("иә");
    ASSERT_EQ(clarifying.size(), 1U);
    for (const char* part : {"келісу - 1", "бас тарту - 2", "келісу - 3", "бас тарту - 4"})
        EXPECT_THAT(clarifying[0], HasSubstr(part));
    EXPECT_EQ(world.state_of(first), RequestState::asked);
    EXPECT_EQ(world.state_of(second), RequestState::asked);
    say("1");
    say("жоқ");
    EXPECT_EQ(world.state_of(first), RequestState::granted);
    EXPECT_EQ(world.state_of(second), RequestState::refused) << "with one open, the word is clear again";
}

TEST_F(Replies, AnotherPhoneAnswersNothingHere) {
    const auto id = asked(person::abai());
    EXPECT_THAT(say("1", person::ybyrai()), ElementsAre(HasSubstr("Ничего не изменилось")));
    EXPECT_EQ(world.state_of(id), RequestState::asked);
}

TEST_F(Replies, ALateAnswerRevivesNothing) {
    const auto id = asked(person::abai());
    world.clock.advance(base::limits::request_life_default);
    EXPECT_TRUE(say("1").empty()) << "the end of the request is told by its expiry";
    EXPECT_EQ(world.state_of(id), RequestState::asked) << "nothing moved it yet";
    expire(id);
    EXPECT_EQ(say("1").size(), 2U) << "the receipt of the expiry, and that nothing is open";
    EXPECT_EQ(world.state_of(id), RequestState::expired);
    EXPECT_FALSE(redeem(world, id, world.bank()));
}

TEST_F(Replies, AnAnswerInTimeCountsHoweverLongItWaitedInOurQueue) {
    const auto id = asked(person::abai());
    world.clock.advance(base::limits::request_life_default - 1us);
    hear(world, person::abai(), "1", "just in time");
    world.clock.advance(5min);
    deliver(world);
    EXPECT_EQ(world.state_of(id), RequestState::granted);
}

TEST_F(Replies, AnExpiredQuestionFreesItsDigits) {
    const auto first = asked(person::abai());
    world.clock.advance(base::limits::request_life_default);
    expire(first);
    deliver(world);
    const auto second = asked(person::abai());
    say("1");
    EXPECT_EQ(world.state_of(second), RequestState::granted);
    EXPECT_EQ(world.state_of(first), RequestState::expired);
}

TEST_F(Replies, AFifthQuestionWaitsForDigits) {
    std::vector<consent::RequestId> open;
    for (int i = 0; i < records::phone_slots; ++i)
        open.push_back(asked(person::abai()));
    const auto fifth = ask(world, person::abai());
    const auto row = store::OutboxRow{
        .key = base::Bytes(fifth.bytes().begin(), fifth.bytes().end()), .kind = "", .attempt = 1, .payload = {}};
    const bool waits = world.unit([&](store::WriteSession& session) {
        const auto due =
            store::Outbox::take_due(session, outbox_question, world.clock.now(), world.clock.now() + 1min, 10);
        return std::holds_alternative<Contact::NoFreeSlot>(
            world.service->contact.prepare_question(session, due.at(0), world.clock.now()));
    });
    EXPECT_TRUE(waits);
    say("8");
    EXPECT_EQ(world.state_of(open[3]), RequestState::refused);
    world.clock.advance(2min);
    deliver(world);
    say("7");
    EXPECT_EQ(world.state_of(fifth), RequestState::granted) << "it took the digits of the one that ended";
}

// KDP-5.3: a consent ends with its connection.
TEST_F(Replies, AConsentNeverOutlivesItsTermNorItsConnection) {
    world.clock.advance(395 * 24h);  // 2027-12-18: the connection ends on the last day of the year
    const auto id = asked(person::abai());
    say("1");
    EXPECT_EQ(world.consent_of(id).expires, world.zone.end_of_day("2027-12-31"));
}

TEST_F(Replies, TheTimerOfAConsentExpiresItOnce) {
    const auto id = granted(world, person::abai());
    const auto consent = world.consent_of(id);
    const auto expire_consent = [&] {
        world.unit([&](store::WriteSession& session) {
            world.service->answers.expire_consent(session, consent.id, world.clock.now());
        });
    };
    expire_consent();
    EXPECT_EQ(world.consent_of(id).state, consent::ConsentState::active) << "too early";
    world.clock.advance(30 * 24h);
    expire_consent();
    expire_consent();
    EXPECT_EQ(world.consent_of(id).state, consent::ConsentState::expired);
    EXPECT_THAT(world.journal_of(consent.id), ElementsAre("consent.granted", "consent.expired"));
}

TEST_F(Replies, AQuestionThatWasAnsweredIsNotAskedAgain) {
    const auto id = ask(world, person::abai());
    // The carrier may have taken the question, and it did: the reply is here before the row is booked or sent again.
    const auto row = world.unit([&](store::WriteSession& session) {
        auto due = store::Outbox::take_due(session, outbox_question, world.clock.now(), world.clock.now() + 2min, 1);
        world.service->contact.prepare_question(session, due.at(0), world.clock.now());
        return due.at(0);
    });
    say("2");
    EXPECT_EQ(world.state_of(id), RequestState::refused);
    world.clock.advance(3min);
    EXPECT_TRUE(deliver(world).empty());
    EXPECT_THAT(say("1"), ElementsAre(HasSubstr("Ештеңе өзгерген жоқ"))) << "no question was left open";
}

}  // namespace
}  // namespace kelisim::access
