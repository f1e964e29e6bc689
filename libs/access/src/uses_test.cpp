// SPDX-License-Identifier: Apache-2.0
// The use decision as a unit: what passes, what is counted, what a repeat gets, and what is left when nobody tells the
// outcome.
#include <gmock/gmock.h>

#include <condition_variable>
#include <thread>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::ConsentState;
using consent::UseState;
using ::testing::ElementsAre;

class UsesTest : public ::testing::Test {
protected:
    UseCommand call(std::string key = "") {
        UseCommand command = call_with(id_of(token), person::abai().iin);
        command.idempotency_key = std::move(key);
        return command;
    }
    consent::UseId reserved(const UseCommand& command) {
        const auto decision = reserve(world, command);
        if (const auto* objected = std::get_if<Objected>(&decision)) {
            ADD_FAILURE() << objected->refusal.first().code;
        }
        return std::get<Reserved>(decision).id;
    }
    std::vector<std::string> objections(const UseCommand& command) {
        const auto decision = reserve(world, command);
        std::vector<std::string> codes;
        if (const auto* objected = std::get_if<Objected>(&decision)) {
            for (const base::Reason* reason : objected->refusal.reasons())
                codes.emplace_back(reason->code);
        }
        return codes;
    }
    UseState state_of(consent::UseId id) {
        return world.look([&](store::ReadSession& session) { return world.records.uses.find(session, id)->use.state; });
    }
    consent::Consent consent() { return world.consent_of(request); }
    void sweep() {
        world.unit(
            [&](store::WriteSession& session) { access::sweep(world.service->parts, session, world.clock.now()); });
    }
    bool lives() { return world.service->index.find(id_of(token), world.clock.now()).has_value(); }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
    const consent::RequestId request = granted(world, person::abai());
    const IssuedToken token = redeem(world, request, world.bank()).value();
};

// KDP-2.3, LAW-40.2: recorded and counted before anything is forwarded.
TEST_F(UsesTest, AUseIsCountedAndRecordedBeforeItIsForwarded) {
    const auto decision = reserve(world, call());
    const auto& use = std::get<Reserved>(decision);
    EXPECT_EQ(use.subject, person::abai().iin);
    EXPECT_THAT(use.fields, ElementsAre("surname"));
    EXPECT_EQ(state_of(use.id), UseState::reserved);
    EXPECT_EQ(consent().uses, 1);
    EXPECT_EQ(consent().counted, 0);
    const auto record =
        world.look([&](store::ReadSession& session) { return world.records.uses.record(session, use.id).value(); });
    EXPECT_EQ(record.subject, person::abai().iin);
    EXPECT_EQ(record.receiver, "DEMOBANK");
    EXPECT_EQ(record.service, "GBDFLUniversal_token");
    EXPECT_EQ(record.purpose, "loan-application");
    EXPECT_EQ(record.employee, "Тексеруші Қызметкер");
    EXPECT_THAT(world.journal_of(use.id), ElementsAre("use.reserved"));
}

TEST_F(UsesTest, AllConsentedFieldsOfTheServiceAreAskedForWhereNoneIsNamed) {
    auto command = call();
    command.fields.clear();
    EXPECT_THAT(std::get<Reserved>(reserve(world, command)).fields, ElementsAre("surname", "name", "birthDate"));
    command.service = "GBDFL_FamilyInfoToken";
    EXPECT_THAT(std::get<Reserved>(reserve(world, command)).fields, ElementsAre("spouse", "children"));
}

// KDP-5.1, KDP-5.2, LAW-53: outside the consent nothing passes, and the attempt is on record.
TEST_F(UsesTest, WhatIsOutsideTheConsentIsObjectedToWithEveryReasonAndRecorded) {
    auto command = call();
    command.receiver = "DEMOINS";
    command.purpose = "insurance-contract";
    command.fields = {"salary"};
    command.acts = {"publication"};
    command.persons = {person::abai().iin, person::ybyrai().iin};
    EXPECT_THAT(objections(command),
                ::testing::UnorderedElementsAre("use_receiver_differs", "use_purpose_outside", "use_fields_outside",
                                                "use_acts_outside", "use_person_differs"));
    auto unknown_service = call();
    unknown_service.service = "NOTHING";
    EXPECT_THAT(objections(unknown_service), ElementsAre(std::string(registry::unknown_service.code)));
    EXPECT_EQ(consent().uses, 0);
    EXPECT_THAT(world.journal_of(consent().id), ElementsAre("consent.granted", "use.refused", "use.refused"));
}

TEST_F(UsesTest, AConnectionThatEndedStopsUsesOfConsentsThatStillLive) {
    auto entries = records::testing::entries();
    entries.connections.front().valid_to = "2026-11-01";
    const registry::Registry changed(entries);
    Parts parts{.registry = changed,
                .records = world.records,
                .timers = world.service->timers,
                .outbox = world.service->outbox,
                .entropy = world.entropy,
                .zone = world.zone,
                .tokens = world.service->index,
                .script = channel::Script::cyrillic};
    const auto decision = world.unit(
        [&](store::WriteSession& session) { return Uses(parts).reserve(session, call(), world.clock.now()); });
    EXPECT_TRUE(std::get<Objected>(decision).refusal.has(consent::use_connection_ended));
}

TEST_F(UsesTest, ATokenThatEndedOpensNothing) {
    auto foreign = call();
    foreign.token = consent::TokenId::make(world.clock.now(), {}, world.entropy);
    EXPECT_THAT(objections(foreign), ElementsAre("use_token_ended"));
    world.clock.advance(base::limits::access_token_life);
    EXPECT_THAT(objections(call()), ElementsAre("use_token_ended"));
    const auto second = redeem(world, request, world.bank()).value();
    world.unit([&](store::WriteSession& session) {
        world.service->tokens.revoke(session, id_of(second), world.bank(), world.clock.now());
    });
    auto revoked = call();
    revoked.token = id_of(second);
    EXPECT_THAT(objections(revoked), ElementsAre("use_token_ended"));
}

TEST_F(UsesTest, ARefreshTokenIsNoAccessToken) {
    auto command = call();
    const auto stored = world.look(
        [&](store::ReadSession& session) { return world.service->tokens.find_refresh(session, *token.refresh_token); });
    command.token = stored->id;
    EXPECT_THAT(objections(command), ElementsAre("use_token_ended"));
}

TEST_F(UsesTest, TheLastCountedUseExhaustsTheConsentAndEndsItsTokens) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(lives());
        conclude(world, reserved(call()), i == 1 ? UseState::unknown : UseState::delivered);
    }
    EXPECT_EQ(consent().state, ConsentState::exhausted);
    EXPECT_FALSE(lives());
    EXPECT_FALSE(redeem(world, request, world.bank()));
    EXPECT_THAT(objections(call()), ::testing::Contains("use_consent_exhausted"));
    world.restart();
    EXPECT_FALSE(lives());
}

// A walk of the simulation found it: the outcome of the last use came when the token was over, the clock was set right, and
// a restart read the token as a live one.
TEST_F(UsesTest, WhatWasAnsweredElsewhereIsOnlyAnsweredAgain) {
    UseCommand command = call();
    command.idempotency_key = "answered elsewhere";
    command.takes = Takes::repeat_alone;
    EXPECT_THAT(objections(command), ElementsAre("use_answered_before"));
    EXPECT_EQ(consent().uses, 0);
    command.takes = Takes::first_or_repeat;
    conclude(world, reserved(command), UseState::not_sent);
    command.takes = Takes::repeat_alone;
    EXPECT_THAT(objections(command), ElementsAre("use_answered_before")) << "and nothing is given that was not";
}

TEST_F(UsesTest, ATokenOfAnExhaustedConsentStaysDeadWhenTheClockIsSetBack) {
    std::vector<consent::UseId> uses;
    for (int i = 0; i < 3; ++i)
        uses.push_back(reserved(call()));
    world.clock.advance(token.claims.expires - world.clock.now() + 5s);
    for (const auto use : uses)
        conclude(world, use, UseState::delivered);
    ASSERT_EQ(consent().state, ConsentState::exhausted);
    world.clock.advance(-90s);
    world.restart();
    EXPECT_FALSE(lives());
}

TEST_F(UsesTest, AUseThatWasNotSentIsGivenBack) {
    std::vector<consent::UseId> uses;
    for (int i = 0; i < 3; ++i)
        uses.push_back(reserved(call()));
    EXPECT_THAT(objections(call()), ElementsAre("use_consent_exhausted"));
    EXPECT_EQ(consent().state, ConsentState::active) << "reserved is not yet counted";
    conclude(world, uses[0], UseState::not_sent);
    EXPECT_EQ(consent().uses, 2);
    reserved(call());
}

TEST_F(UsesTest, AnOutcomeIsBookedOnce) {
    const auto use = reserved(call());
    conclude(world, use, UseState::delivered);
    conclude(world, use, UseState::not_sent);
    EXPECT_EQ(state_of(use), UseState::delivered);
    EXPECT_EQ(consent().uses, 1);
    EXPECT_EQ(consent().counted, 1);
    EXPECT_THAT(world.journal_of(use), ElementsAre("use.reserved", "use.delivered"));
}

TEST_F(UsesTest, ARepeatGetsTheKeptAnswerAndCountsNothing) {
    const auto use = reserved(call("key"));
    EXPECT_THAT(objections(call("key")), ElementsAre("use_in_progress"));
    conclude(world, use, UseState::delivered, records::StoredAnswer{.status = 200, .body = "{\"surname\":\"x\"}"});
    for (int i = 0; i < 2; ++i) {
        const auto repeated = reserve(world, call("key"));
        ASSERT_TRUE(std::holds_alternative<Repeated>(repeated));
        EXPECT_EQ(std::get<Repeated>(repeated).answer.status, 200);
        EXPECT_EQ(std::get<Repeated>(repeated).answer.body, "{\"surname\":\"x\"}");
        world.restart();
    }
    EXPECT_EQ(consent().uses, 1);
    world.unit([&](store::WriteSession& session) { world.service->uses.forget_answer(session, use); });
    EXPECT_THAT(objections(call("key")), ElementsAre("use_answered_before"));
    EXPECT_EQ(consent().uses, 1);
}

TEST_F(UsesTest, TheSameKeyWithOtherBytesIsRefused) {
    auto other = call("key");
    other.digest = crypto::sha256(base::as_bytes("other call"));
    const auto use = reserved(call("key"));
    EXPECT_THAT(objections(other), ElementsAre("use_key_reused"));
    conclude(world, use, UseState::not_sent);
    EXPECT_THAT(objections(other), ElementsAre("use_key_reused")) << "also when nothing was sent";
    EXPECT_EQ(consent().uses, 0);
}

TEST_F(UsesTest, AfterNotSentTheSameKeyIsANewAttempt) {
    const auto first = reserved(call("key"));
    conclude(world, first, UseState::not_sent);
    const auto second = reserved(call("key"));
    EXPECT_NE(first, second);
    EXPECT_EQ(consent().uses, 1);
    conclude(world, second, UseState::unknown);
    EXPECT_THAT(objections(call("key")), ElementsAre("use_outcome_unknown"));
    EXPECT_EQ(state_of(first), UseState::not_sent) << "the record of the first attempt stays";
}

// LAW-53: a stolen token and key give nobody the answer that another system got.
TEST_F(UsesTest, AKeptAnswerIsForTheReceiverWhoGotIt) {
    conclude(world, reserved(call("key")), UseState::delivered,
             records::StoredAnswer{.status = 200, .body = "{\"surname\":\"x\"}"});
    auto stolen = call("key");
    stolen.receiver = "DEMOINS";
    EXPECT_THAT(objections(stolen), ElementsAre("use_receiver_differs"));
}

TEST_F(UsesTest, CallsWithoutAKeyAreUsesOfTheirOwn) {
    EXPECT_NE(reserved(call()), reserved(call()));
    EXPECT_EQ(consent().uses, 2);
}

TEST_F(UsesTest, AnExpiredConsentIsOverByTheClockAlone) {
    world.clock.advance(consent().expires - world.clock.now() - 1min);
    const auto last = redeem(world, request, world.bank()).value();
    auto command = call();
    command.token = id_of(last);
    const auto before = reserved(command);
    world.clock.advance(1min);
    EXPECT_EQ(consent().state, ConsentState::active) << "no timer has run";
    EXPECT_THAT(objections(command), ElementsAre("use_token_ended"));
    conclude(world, before, UseState::delivered);
    EXPECT_EQ(consent().counted, 1) << "what was under way is still booked";
}

// LAW-40.2: a use whose process died is kept as unknown, and counted.
TEST_F(UsesTest, ASweepMakesForgottenUsesUnknownAndPlansItself) {
    const auto forgotten = reserved(call("key"));
    world.restart();
    world.clock.advance(base::limits::owner_deadline + 60s);
    sweep();
    EXPECT_EQ(state_of(forgotten), UseState::reserved) << "it may still be under way";
    const auto fresh = reserved(call());
    world.clock.advance(1s);
    sweep();
    EXPECT_EQ(state_of(forgotten), UseState::unknown);
    EXPECT_EQ(state_of(fresh), UseState::reserved);
    EXPECT_EQ(consent().uses, 2);
    EXPECT_EQ(consent().counted, 1);
    EXPECT_THAT(objections(call("key")), ElementsAre("use_outcome_unknown"));
    static const store::Statement planned{"t_planned", "SELECT due FROM timer WHERE kind = 'sweep'"};
    store::Readers& readers = world.store.readers();
    readers.read(
        [&](store::ReadSession& session) { EXPECT_EQ(session.query(planned, {}, [](const store::Row&) {}), 1U); });
}

TEST_F(UsesTest, ASweepForgetsAssertionsAndTokensThatArePast) {
    const auto jti = crypto::sha256(base::as_bytes("jti"));
    const auto use_assertion = [&] {
        return world.unit([&](store::WriteSession& session) {
            return world.records.tokens.use_assertion(session, "demo-bank", jti, world.clock.now() + 5min);
        });
    };
    EXPECT_TRUE(use_assertion());
    world.clock.advance(base::limits::access_token_life);
    EXPECT_FALSE(use_assertion());
    sweep();
    EXPECT_TRUE(use_assertion());
    EXPECT_EQ(world.service->index.forget_expired(world.clock.now()), 0U);
}

// A thousand calls at once on three uses: units of several threads share batches, and none sees a stale count.
TEST_F(UsesTest, AThousandCallsAtOnceReserveExactlyTheUsesThatThereAre) {
    constexpr int threads = 4, calls = 250;
    std::mutex mutex;
    std::condition_variable changed;
    int answered = 0, passed = 0, exhausted = 0;
    const auto book = [&](store::Outcome<UseDecision> outcome) noexcept {
        const std::lock_guard lock(mutex);
        ++answered;
        if (outcome.index() == 0) {
            const UseDecision& decision = std::get<0>(outcome);
            passed += std::holds_alternative<Reserved>(decision);
            const auto* objected = std::get_if<Objected>(&decision);
            exhausted += objected != nullptr && objected->refusal.has(consent::use_consent_exhausted);
        }
        changed.notify_one();
    };
    std::vector<std::thread> callers;
    for (int i = 0; i < threads; ++i) {
        callers.emplace_back([&] {
            for (int j = 0; j < calls; ++j) {
                store::submit(
                    world.store.writer(),
                    [this, command = call()](store::WriteSession& session) {
                        return world.service->uses.reserve(session, command, world.clock.now());
                    },
                    book);
            }
        });
    }
    for (auto& caller : callers)
        caller.join();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answered == threads * calls; });
    EXPECT_EQ(passed, 3);
    EXPECT_EQ(exhausted, threads * calls - 3);
    EXPECT_EQ(consent().uses, 3);
}

}  // namespace
}  // namespace kelisim::access
