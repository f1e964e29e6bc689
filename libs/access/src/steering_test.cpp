// SPDX-License-Identifier: Apache-2.0
#include "access/steering.hpp"

#include <gmock/gmock.h>

#include "access/erasure.hpp"
#include "access/party.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::ConsentState;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Whether the outcome is the refusal with this reason.
bool is(const base::Result<void>& outcome, const base::Reason& reason) {
    return outcome.has_error() && outcome.error().has(reason);
}
bool is(const std::optional<base::Refusal>& outcome, const base::Reason& reason) {
    return outcome && outcome->has(reason);
}

// The six digits of the newest SMS.
std::string code_in(const std::vector<Sms>& sent) {
    const std::string& text = sent.back().text;
    const auto at = text.find_first_of("0123456789");
    return text.substr(at, 6);
}

class SteeringTest : public ::testing::Test {
protected:
    consent::SubjectId subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin)->id; });
    }
    Acting self(const people::Person& person) {
        const auto id = subject(person);
        return {.by = id, .whose = id};
    }
    using Step = base::Result<void> (Steering::*)(store::WriteSession&, const Acting&, consent::ConsentId,
                                                  base::Time) const;
    base::Result<void> take(Step step) { return take(step, self(person::abai()), consent); }
    base::Result<void> take(Step step, const Acting& acting, consent::ConsentId id) {
        return world.unit(
            [&](store::WriteSession& session) { return (steering().*step)(session, acting, id, world.clock.now()); });
    }
    base::Result<void> object(std::string_view initiator = "DEMOBANK", std::string reason = "шарт",
                              std::string evidence = "№ 17") {
        return world.unit([&](store::WriteSession& session) {
            return steering().object(session, initiator, consent, {std::move(reason), std::move(evidence)},
                                     world.clock.now());
        });
    }
    base::Result<void> confirm_deletion(std::string_view initiator = "DEMOBANK") {
        return world.unit([&](store::WriteSession& session) {
            return steering().confirm_deletion(session, initiator, consent, world.clock.now());
        });
    }
    std::optional<base::Refusal> extend(base::Time until, std::string_view code) {
        return world.unit([&](store::WriteSession& session) {
            return steering().extend(session, self(person::abai()), consent, until, code, world.clock.now());
        });
    }
    std::string extension_code() {
        world.unit([&](store::WriteSession& session) {
            world.service->persons.confirming
                .send_for_extension(session, self(person::abai()), consent, world.clock.now())
                .value();
        });
        return code_in(deliver(world));
    }
    std::vector<records::PartyNotice> told(std::string_view initiator) {
        deliver(world);
        return world.look([&](store::ReadSession& session) {
            return world.records.party_notices.of(session, initiator, {}, 0, 100);
        });
    }
    std::vector<std::string_view> changes_told() {
        std::vector<std::string_view> names;
        for (const auto& notice : told("DEMOBANK")) {
            EXPECT_EQ(notice.entity, base::RawId(consent));
            names.push_back(name_of(notice.kind));
        }
        return names;
    }
    void expire() {
        world.unit([&](store::WriteSession& session) {
            world.service->answers.expire_consent(session, consent, world.clock.now());
        });
    }
    const Steering& steering() const { return world.service->persons.steering; }
    consent::Consent now_is() { return world.consent_of(request); }
    bool lives(const IssuedToken& one) { return world.service->index.find(id_of(one), world.clock.now()).has_value(); }
    bool passes(const IssuedToken& one) {
        return std::holds_alternative<Reserved>(reserve(world, call_with(id_of(one), person::abai().iin)));
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
    consent::RequestId request = granted(world, person::abai());
    consent::ConsentId consent = world.consent_of(request).id;
    IssuedToken token = redeem(world, request, world.bank()).value();
};

// KDP-2.3: the gateway and introspection close at once, and open for new tokens only.
TEST_F(SteeringTest, APauseClosesAndAResumptionOpensForNewTokens) {
    EXPECT_TRUE(passes(token));
    ASSERT_TRUE(take(&Steering::pause).has_value());
    EXPECT_EQ(now_is().state, ConsentState::paused);
    EXPECT_FALSE(lives(token));
    EXPECT_FALSE(passes(token));
    EXPECT_FALSE(redeem(world, request, world.bank())) << "no new token while it is paused";
    ASSERT_TRUE(take(&Steering::resume).has_value());
    EXPECT_FALSE(lives(token)) << "tokens of before the pause stay dead";
    EXPECT_FALSE(passes(token));
    const auto refreshed = world.unit([&](store::WriteSession& session) {
        return world.service->tokens.refresh(session, *token.refresh_token, world.bank(), world.clock.now());
    });
    ASSERT_TRUE(refreshed.has_value()) << "the refresh token outlives a pause";
    EXPECT_TRUE(lives(*refreshed));
    EXPECT_TRUE(passes(*refreshed));
    EXPECT_THAT(world.journal_of(consent), ElementsAre("consent.granted", "consent.paused", "consent.resumed"));
}

TEST_F(SteeringTest, APauseSurvivesARestart) {
    ASSERT_TRUE(take(&Steering::pause).has_value());
    world.restart();
    EXPECT_FALSE(lives(token));
    EXPECT_EQ(now_is().state, ConsentState::paused);
    EXPECT_TRUE(take(&Steering::resume).has_value());
    world.restart();
    EXPECT_FALSE(lives(token));
}

TEST_F(SteeringTest, AWithdrawalEndsEverythingAndIsTold) {
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    EXPECT_EQ(now_is().state, ConsentState::withdrawn);
    EXPECT_FALSE(lives(token));
    EXPECT_FALSE(passes(token));
    EXPECT_TRUE(world
                    .unit([&](store::WriteSession& session) {
                        return world.service->tokens.refresh(session, *token.refresh_token, world.bank(),
                                                             world.clock.now());
                    })
                    .has_error());
    EXPECT_FALSE(redeem(world, request, world.bank()));
    const auto sent = deliver(world);
    ASSERT_EQ(sent.size(), 1U) << "a receipt";
    EXPECT_THAT(sent.front().text, HasSubstr("Оқу банкі"));
    const auto notices = told("DEMOBANK");
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices.front().kind, records::PartyNoticeKind::withdrawal);
    EXPECT_EQ(notices.front().entity, base::RawId(consent));
    EXPECT_TRUE(notices.front().due);
    for (const Step step : {&Steering::pause, &Steering::resume, &Steering::withdraw}) {
        EXPECT_TRUE(is(take(step), consent::consent_ended)) << "nothing follows a withdrawal";
    }
}

TEST_F(SteeringTest, AnObjectionInTimeBeginsANewVersionAndRevivesNoToken) {
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    deliver(world);
    ASSERT_TRUE(object().has_value());
    EXPECT_EQ(now_is().state, ConsentState::active);
    EXPECT_EQ(now_is().version, 2);
    EXPECT_FALSE(lives(token));
    EXPECT_FALSE(passes(token));
    const auto fresh = redeem(world, request, world.bank());
    ASSERT_TRUE(fresh);
    EXPECT_TRUE(passes(*fresh));
    const auto sent = deliver(world);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_THAT(sent.front().text, HasSubstr("уәкілетті орган")) << "where to complain";
    const auto history = world.look([&](store::ReadSession& session) {
        const auto key = world.records.subjects.find(session, person::abai().iin)->data_key;
        return world.records.consent_events.all(session, consent, key);
    });
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history.back().kind, "consent.restored");
    EXPECT_EQ(history.back().details.at("reason"), "шарт");
}

// The term is limits::objection_working_days working days: from Wednesday 18 November 2026 to the end of Monday 23.
TEST_F(SteeringTest, AnObjectionIsRefusedFromTheFirstInstantAfterItsTerm) {
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    const base::Time end = world.zone.end_of_day("2026-11-23");
    world.clock.advance(end - world.clock.now() - base::Duration{1});
    EXPECT_TRUE(is(object("DEMOBANK", ""), objection_reason_missing));
    EXPECT_TRUE(is(object("DEMOBANK", "шарт", ""), objection_reason_missing));
    EXPECT_TRUE(is(object("DEMOINS"), cabinet_not_found)) << "as if there were none";
    world.clock.advance(base::Duration{1});
    EXPECT_TRUE(is(object(), consent::objection_late));
    EXPECT_EQ(now_is().state, ConsentState::withdrawn);
}

TEST_F(SteeringTest, AnObjectionInTheLastInstantCounts) {
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    world.clock.advance(world.zone.end_of_day("2026-11-23") - world.clock.now() - base::Duration{1});
    EXPECT_TRUE(object().has_value());
}

TEST_F(SteeringTest, AnObjectionOpensNoMoreThanWasOpenBeforeTheWithdrawal) {
    ASSERT_TRUE(take(&Steering::pause).has_value());
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    ASSERT_TRUE(object().has_value());
    EXPECT_EQ(now_is().state, ConsentState::paused);
    EXPECT_EQ(now_is().version, 2);
}

TEST_F(SteeringTest, ToOneConsentThereIsOneObjection) {
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    ASSERT_TRUE(object().has_value());
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    EXPECT_TRUE(is(object(), objection_made_before));
    EXPECT_EQ(now_is().state, ConsentState::withdrawn);
}

TEST_F(SteeringTest, NobodyObjectsToWhatIsNotWithdrawn) {
    EXPECT_TRUE(is(object(), consent::step_wrong_state));
    ASSERT_TRUE(take(&Steering::pause).has_value());
    EXPECT_TRUE(is(object(), consent::step_wrong_state));
}

TEST_F(SteeringTest, ADeletionIsConfirmedOnceAndOnlyAfterTheEnd) {
    EXPECT_TRUE(is(confirm_deletion(), consent::step_wrong_state));
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    EXPECT_TRUE(is(confirm_deletion("DEMOINS"), cabinet_not_found));
    EXPECT_TRUE(confirm_deletion().has_value());
    EXPECT_TRUE(is(confirm_deletion(), deletion_confirmed_before));
    EXPECT_TRUE(is(object(), deletion_confirmed_before)) << "who deleted has no obligation left";
}

TEST_F(SteeringTest, ADeletionIsConfirmedWhenTheTermIsOverEvenBeforeTheTimer) {
    world.clock.advance(31 * 24h);
    EXPECT_TRUE(confirm_deletion().has_value());
    EXPECT_EQ(now_is().state, ConsentState::expired);
}

// LAW-36.3a: what widens a consent takes a code.
TEST_F(SteeringTest, AnExtensionTakesAFreshCode) {
    const base::Time until = now_is().expires + 10 * 24h;
    EXPECT_TRUE(is(extend(until, "000000"), code_wrong));
    const std::string code = extension_code();
    EXPECT_FALSE(extend(until, code));
    EXPECT_EQ(now_is().expires, until);
    EXPECT_TRUE(is(extend(until + 24h, code), code_wrong)) << "a code is valid once";
    world.clock.advance(31 * 24h);
    EXPECT_EQ(state_at(now_is(), world.clock.now()), ConsentState::active) << "it outlives its first term";
}

// KDP-5.3, KDP-5.4: the connection ends on 2027-12-31, the storage term is a year from the grant.
TEST_F(SteeringTest, AnExtensionBeyondItsBoundsSpendsNoCode) {
    const std::string code = extension_code();
    const base::Time storage_end = *storage_ends(now_is());
    EXPECT_TRUE(is(extend(storage_end + base::Duration{1}, code), consent::extension_out_of_bounds));
    EXPECT_TRUE(is(extend(now_is().expires, code), consent::extension_not_later));
    EXPECT_FALSE(extend(storage_end, code));
    EXPECT_EQ(now_is().expires, storage_end);
}

TEST_F(SteeringTest, CodesOfOtherThingsExtendNothing) {
    const std::string code = extension_code();
    world.clock.advance(base::limits::code_life);
    EXPECT_TRUE(is(extend(now_is().expires + 24h, code), code_wrong)) << "expired";
    world.clock.advance(1h);
    const std::string fresh = extension_code();
    for (int i = 0; i < base::limits::code_attempts_max; ++i)
        EXPECT_TRUE(is(extend(now_is().expires + 24h, fresh == "111111" ? "222222" : "111111"), code_wrong));
    EXPECT_TRUE(is(extend(now_is().expires + 24h, fresh), code_wrong)) << "too many guesses before";
}

TEST_F(SteeringTest, WhatBelongsToAnotherIsNotThere) {
    for (const Step step : {&Steering::pause, &Steering::resume, &Steering::withdraw}) {
        EXPECT_TRUE(is(take(step, self(person::ybyrai()), consent), cabinet_not_found));
        EXPECT_TRUE(is(take(step, {.by = subject(person::ybyrai()), .whose = subject(person::abai())}, consent),
                       cabinet_not_found))
            << "nobody's representative";
        base::SeededEntropy entropy(9);
        EXPECT_TRUE(is(take(step, self(person::abai()), consent::ConsentId::make(world.clock.now(), {}, entropy)),
                       cabinet_not_found));
    }
    EXPECT_EQ(now_is().state, ConsentState::active);
    EXPECT_TRUE(lives(token));
}

TEST_F(SteeringTest, TheInitiatorIsToldOfWhatOthersChangeAndNotOfItsOwnSteps) {
    ASSERT_TRUE(take(&Steering::pause).has_value());
    ASSERT_TRUE(take(&Steering::resume).has_value());
    ASSERT_FALSE(extend(now_is().expires + 24h, extension_code()));
    ASSERT_TRUE(take(&Steering::withdraw).has_value());
    ASSERT_TRUE(object().has_value());
    world.clock.advance(40 * 24h);
    expire();
    ASSERT_TRUE(confirm_deletion().has_value());
    EXPECT_THAT(changes_told(), ElementsAre("consent.paused", "consent.resumed", "consent.extended",
                                            "consent.withdrawn", "consent.expired"));
    EXPECT_THAT(told("DEMOINS"), ElementsAre()) << "another's consent";
}

TEST_F(SteeringTest, TheInitiatorIsToldOnceOfATermThatWasOverBeforeItsTimer) {
    world.clock.advance(31 * 24h);
    ASSERT_TRUE(confirm_deletion().has_value());
    expire();
    EXPECT_THAT(changes_told(), ElementsAre("consent.expired"));
    const auto history = world.look([&](store::ReadSession& session) {
        const auto key = world.records.subjects.find(session, person::abai().iin)->data_key;
        return world.records.consent_events.all(session, consent, key);
    });
    ASSERT_EQ(history.size(), 2U) << "and the person sees both";
    EXPECT_EQ(history.front().kind, "consent.expired");
}

TEST_F(SteeringTest, TheInitiatorIsToldOfExhaustionInvalidationAndErasure) {
    const std::int64_t most = now_is().terms.uses_max;
    for (std::int64_t i = 0; i < most; ++i) {
        const auto use = reserve(world, call_with(id_of(token), person::abai().iin));
        conclude(world, std::get<Reserved>(use).id, consent::UseState::delivered);
    }
    EXPECT_EQ(now_is().state, ConsentState::exhausted);
    EXPECT_THAT(changes_told(), ElementsAre("consent.exhausted"));
    const auto other = world.consent_of(granted(world, person::abai())).id;
    const registry::Connection standing = *world.registry.connection("bank-loans");
    registry::Connection over = standing;
    over.ended = base::to_iso8601(world.clock.now());
    world.registry.replace(over);
    world.unit([&](store::WriteSession& session) { steering().invalidate(session, other, world.clock.now()); });
    world.registry.replace(standing);
    const auto last = world.consent_of(granted(world, person::abai())).id;
    world.unit([&](store::WriteSession& session) {
        erase_person(world.service->parts, session, subject(person::abai()), world.clock.now());
    });
    const auto all = told("DEMOBANK");
    ASSERT_EQ(all.size(), 3U) << "of the ended ones nothing new";
    EXPECT_EQ(all[1].entity, base::RawId(other));
    EXPECT_EQ(name_of(all[1].kind), "consent.invalidated");
    EXPECT_EQ(all[2].entity, base::RawId(last));
    EXPECT_EQ(name_of(all[2].kind), "consent.erased");
}

}  // namespace
}  // namespace kelisim::access
