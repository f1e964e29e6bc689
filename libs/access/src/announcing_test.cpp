// SPDX-License-Identifier: Apache-2.0
#include "announcing.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "access/security_events.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"
#include "token/jws.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::UseState;
using records::EventStatus;
using records::SecurityEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace limits = base::limits;

class AnnouncingTest : public ::testing::Test {
protected:
    const records::SecurityEvents& events() { return world.records.security_events; }
    std::vector<SecurityEvent> waiting(std::string_view receiver) {
        return world.look([&](store::ReadSession& session) { return events().waiting(session, receiver, 1'000'000); });
    }
    std::vector<std::string> changes(std::string_view receiver) {
        std::vector<std::string> names;
        for (const SecurityEvent& event : waiting(receiver))
            names.push_back(event.change);
        return names;
    }
    std::int64_t count(std::string_view receiver) {
        return world.look([&](store::ReadSession& session) { return events().stream(session, receiver)->waiting; });
    }
    template <class F>
    void steer(F step) {
        const consent::Consent consent = world.consent_of(request);
        world
            .unit([&](store::WriteSession& session) {
                return (world.service->persons.steering.*step)(
                    session, {.by = consent.subject, .whose = consent.subject}, consent.id, world.clock.now());
            })
            .value();
        deliver(world);
    }
    IssuedToken issued() { return redeem(world, request, world.bank()).value(); }
    void use(const IssuedToken& token, UseState outcome) {
        const auto decision = reserve(world, call_with(id_of(token), person::abai().iin));
        conclude(world, std::get<Reserved>(decision).id, outcome);
    }
    SecurityEvent event(base::Time at) {
        return {.id = base::RawId::make(at, {}, world.entropy),
                .receiver = "GBDFL",
                .txn = base::RawId::make(at, {}, world.entropy),
                .consent = consent::ConsentId::make(at, {}, world.entropy),
                .token = consent::TokenId::make(at, {}, world.entropy),
                .change = "consent.paused",
                .state = consent::ConsentState::paused,
                .at = at};
    }
    void add(const SecurityEvent& event) {
        world.unit([&](store::WriteSession& session) {
            events().add(session, event, world.clock.now());
            return true;
        });
    }

    World world;
    const consent::RequestId request = granted(world, person::abai());
};

TEST_F(AnnouncingTest, WhoSawNoTokenHearsNothing) {
    steer(&Steering::pause);
    EXPECT_THAT(changes("DEMOBANK"), IsEmpty()) << "it had none yet";
    steer(&Steering::resume);
    const auto token = issued();
    use(token, UseState::not_sent);
    steer(&Steering::pause);
    EXPECT_THAT(changes("DEMOBANK"), ElementsAre("consent.paused"));
    EXPECT_THAT(changes("GBDFL"), IsEmpty()) << "nothing was forwarded to it";
}

TEST_F(AnnouncingTest, AnOwnerThatMayHaveActedHearsOfTheTokenThatItSaw) {
    const auto seen = issued();
    use(seen, UseState::unknown);
    world.clock.advance(1s);
    const auto newer = issued();
    steer(&Steering::withdraw);
    ASSERT_THAT(waiting("GBDFL"), SizeIs(1));
    ASSERT_THAT(waiting("DEMOBANK"), SizeIs(1));
    EXPECT_EQ(waiting("GBDFL").front().token, id_of(seen));
    EXPECT_EQ(waiting("DEMOBANK").front().token, id_of(newer));
    EXPECT_EQ(waiting("GBDFL").front().txn, waiting("DEMOBANK").front().txn);
    EXPECT_TRUE(waiting("DEMOBANK").front().due);
    EXPECT_THAT(world.verify().findings, IsEmpty());
}

TEST_F(AnnouncingTest, ExpiryAndExhaustionAreTold) {
    const auto uses_max = world.consent_of(request).terms.uses_max;
    const auto token = issued();
    for (std::int64_t i = 0; i < uses_max; ++i)
        use(token, UseState::delivered);
    deliver(world);
    EXPECT_THAT(changes("GBDFL"), ElementsAre("consent.exhausted"));
    EXPECT_EQ(waiting("GBDFL").front().state, consent::ConsentState::exhausted);

    const auto other = granted(world, person::ybyrai());
    redeem(world, other, world.bank()).value();
    const consent::Consent consent = world.consent_of(other);
    world.clock.advance(consent.expires - world.clock.now());
    world.unit([&](store::WriteSession& session) {
        world.service->answers.expire_consent(session, consent.id, world.clock.now());
        return true;
    });
    deliver(world);
    EXPECT_THAT(changes("DEMOBANK"), ElementsAre("consent.exhausted", "consent.expired"));
}

TEST_F(AnnouncingTest, TheSetNamesNobodyAndPassesForNoOtherToken) {
    const token::SigningKey key{crypto::PrivateKey::generate_p256()};
    const token::KeySet keys({key.verification()});
    issued();
    steer(&Steering::withdraw);
    const SecurityEvent event = waiting("DEMOBANK").front();
    const std::string text = sign_event(event, issuer, key);
    const auto payload = token::verify(text, keys, security_event_type);
    ASSERT_TRUE(payload.has_value());
    EXPECT_FALSE(payload->contains("sub"));
    EXPECT_EQ(payload->at("jti"), event.id.to_string().c_str());
    EXPECT_EQ(payload->at("sub_id").at("id"), event.token.to_string().c_str());
    EXPECT_TRUE(payload->at("events").as_object().contains("urn:kelisim:event:consent:withdrawn"));
    EXPECT_EQ(boost::json::serialize(*payload).find(person::abai().iin.reveal()), std::string::npos);
    EXPECT_TRUE(token::verify(text, keys, token::access_token_type).has_error());
    EXPECT_TRUE(token::verify(text, keys, token::id_token_type).has_error());
}

TEST_F(AnnouncingTest, AnEventIsTakenInOnceAndEndedOnce) {
    const SecurityEvent one = event(world.clock.now());
    add(one);
    add(one);
    EXPECT_EQ(count("GBDFL"), 1);
    const auto end = [&](std::string_view receiver, EventStatus status) {
        return world.unit([&](store::WriteSession& session) {
            return events().end(session, receiver, one.id, status, "", world.clock.now());
        });
    };
    EXPECT_FALSE(end("DEMOBANK", EventStatus::confirmed)) << "of another";
    EXPECT_TRUE(end("GBDFL", EventStatus::confirmed));
    EXPECT_FALSE(end("GBDFL", EventStatus::refused)) << "a confirmation stands";
    EXPECT_EQ(count("GBDFL"), 0);
    add(one);
    EXPECT_EQ(count("GBDFL"), 0) << "the outbox delivers at least once";
}

TEST_F(AnnouncingTest, AQueueIsBoundedAndItsOldestIsGivenUp) {
    const SecurityEvent first = event(world.clock.now());
    add(first);
    world.unit([&](store::WriteSession& session) {
        for (std::int64_t i = 1; i < limits::events_waiting_max; ++i)
            events().add(session, event(world.clock.now() + 1s), world.clock.now());
        return true;
    });
    EXPECT_EQ(count("GBDFL"), limits::events_waiting_max);
    EXPECT_EQ(waiting("GBDFL").front().id, first.id);
    add(event(world.clock.now() + 2s));
    EXPECT_EQ(count("GBDFL"), limits::events_waiting_max);
    EXPECT_NE(waiting("GBDFL").front().id, first.id);
    EXPECT_EQ(
        world.look([&](store::ReadSession& session) { return events().about(session, first.consent); }).front().error,
        "queue_full");
}

TEST_F(AnnouncingTest, WhatWaitsTooLongIsGivenUpAndWaitsAgainWhenAnOperatorSaysSo) {
    add(event(world.clock.now()));
    const auto give_up = [&] {
        return world.unit([&](store::WriteSession& session) {
            return events().give_up_before(session, world.clock.now() - limits::events_wait, world.clock.now());
        });
    };
    world.clock.advance(limits::events_wait);
    EXPECT_EQ(give_up(), 0U);
    world.clock.advance(1us);
    EXPECT_EQ(give_up(), 1U);
    EXPECT_EQ(count("GBDFL"), 0);
    const auto replay = [&](std::string_view receiver) {
        return world.unit(
            [&](store::WriteSession& session) { return events().replay(session, receiver, world.clock.now()); });
    };
    EXPECT_EQ(replay("DEMOBANK"), 0U);
    EXPECT_EQ(replay(""), 1U);
    EXPECT_EQ(replay(""), 0U);
    EXPECT_EQ(count("GBDFL"), 1);
}

}  // namespace
}  // namespace kelisim::access
