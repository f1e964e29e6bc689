// SPDX-License-Identifier: Apache-2.0
// Who may ask whom for what, and what a request leaves in the store.
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

std::int64_t count(World& world, const store::Statement& statement) {
    return world.look([&](store::ReadSession& session) {
        std::int64_t number = -1;
        session.query(statement, {}, [&](const store::Row& row) { number = row.integer(0); });
        return number;
    });
}
const store::Statement count_requests{"t_count_requests", "SELECT count(*) FROM access_request"};
const store::Statement count_outbox{"t_count_outbox", "SELECT count(*) FROM outbox"};
const store::Statement count_journal{"t_count_journal", "SELECT count(*) FROM journal"};
const store::Statement count_timers{"t_count_timers", "SELECT count(*) FROM timer"};

// KDP-2.2, KDP-5.1, KDP-7.1: a request names an initiator, is of one услуга, and goes to the contact centre.
TEST(Asking, RecordsARequestAndAsksThePersonWhoWhatForHowLongAndHowToAnswer) {
    World world;
    const auto recorded = try_ask(world, ask_for(person::abai().iin)).value();
    EXPECT_EQ(recorded.expires, world.clock.now() + base::limits::request_life_default);
    EXPECT_EQ(world.state_of(recorded.id), RequestState::recorded);
    EXPECT_EQ(world.request(recorded.id).terms.initiator, "DEMOBANK");
    EXPECT_EQ(world.request(recorded.id).employee, "Тексеруші Қызметкер");
    const auto sms = deliver(world);
    ASSERT_EQ(sms.size(), 1U);
    EXPECT_EQ(sms[0].id, recorded.id.to_string());
    EXPECT_EQ(sms[0].phone, *person::abai().phone);
    for (const char* part : {"Оқу банкі", "000140000353", "Жеке тұлға туралы мәліметтер", "Отбасы туралы мәліметтер",
                             "Несие өтінімін қарау", "30 күн", "3 рет", "1", "2"}) {
        EXPECT_THAT(sms[0].text, HasSubstr(part));
    }
    EXPECT_EQ(world.state_of(recorded.id), RequestState::asked);
    EXPECT_THAT(world.journal_of(recorded.id), ElementsAre("request.recorded", "request.asked"));
    EXPECT_TRUE(world.verify().findings.empty());
}

TEST(Asking, WritesInTheLanguageOfThePerson) {
    World world;
    ask(world, person::ybyrai());
    EXPECT_THAT(deliver(world).at(0).text, HasSubstr("Учебный банк"));
}

struct Refused {
    std::string name;
    std::function<void(AskCommand&)> change;
    const base::Reason* reason;
};
void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.name;
}

class RefusedAsk : public ::testing::TestWithParam<Refused> {};

// KDP-2.2, KDP-5.1, KDP-5.2, KDP-5.3, KDP-5.4, KDP-7.0: nothing of a refused ask is stored.
TEST_P(RefusedAsk, SaysWhyAndStoresNothing) {
    World world;
    AskCommand command = ask_for(person::abai().iin);
    GetParam().change(command);
    const auto refused = try_ask(world, command);
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().has(*GetParam().reason)) << refused.error().first().code;
    EXPECT_EQ(count(world, count_requests), 0);
    EXPECT_EQ(count(world, count_outbox), 0);
    EXPECT_EQ(count(world, count_journal), 0);
    EXPECT_EQ(count(world, count_timers), 0);
}

const std::vector<Refused> refused_asks = {
    {"UnknownInitiator", [](AskCommand& c) { c.initiator = "NOBODY"; }, &registry::no_connection},
    {"InitiatorWithoutConnection", [](AskCommand& c) { c.initiator = "GBDFL"; }, &registry::no_connection},
    {"PurposeOutsideTheConnection", [](AskCommand& c) { c.ask.purpose = "resale"; },
     &registry::purpose_outside_connection},
    {"PurposeOfAnotherParty", [](AskCommand& c) { c.ask.purpose = "insurance-contract"; },
     &registry::purpose_outside_connection},
    {"UnknownService", [](AskCommand& c) { c.ask.services = {"NOTHING"}; }, &registry::unknown_service},
    {"ServiceOutsideThePurpose",
     [](AskCommand& c) {
         c.initiator = "DEMOINS";
         c.ask.purpose = "insurance-contract";
     },
     &registry::service_outside_purpose},
    {"NoService", [](AskCommand& c) { c.ask.services.clear(); }, &consent::services_missing},
    {"FieldOutsideTheServices", [](AskCommand& c) { c.ask.fields = {"salary"}; }, &consent::fields_outside_service},
    {"ActOutsideTheConnection", [](AskCommand& c) { c.ask.acts = {"publication"}; }, &consent::acts_outside_connection},
    {"TermOverTheProcessingTime", [](AskCommand& c) { c.ask.term = base::parse_period("P31D").value(); },
     &consent::term_too_long},
    {"OneUseTooMany", [](AskCommand& c) { c.ask.uses_max = 4; }, &consent::uses_out_of_bounds},
    {"ConnectionThatHasEnded", [](AskCommand& c) { c.ask.purpose = "card-issue"; },
     &registry::connection_not_valid_today},
    {"OwnMeansWithoutAProof", [](AskCommand& c) { c.ask.purpose = "account-opening"; }, &consent::proof_missing},
    {"AGroundWhereThePersonIsAsked", [](AskCommand& c) { c.ask.ground = "94-V:9(5)"; },
     &consent::ground_not_for_channel},
    {"ChannelThatTheConnectionHasNot", [](AskCommand& c) { c.ask.channel = registry::Channel::logging; },
     &registry::no_connection},
    {"LifeTooShort", [](AskCommand& c) { c.life_seconds = 59; }, &consent::request_life_out_of_bounds},
    {"LifeTooLong", [](AskCommand& c) { c.life_seconds = 72 * 3600 + 1; }, &consent::request_life_out_of_bounds},
    {"DeadPerson", [](AskCommand& c) { c.subject = person::dead().iin; }, &people::not_askable},
    {"MissingPerson", [](AskCommand& c) { c.subject = person::missing().iin; }, &people::not_askable},
    {"UnknownPerson", [](AskCommand& c) { c.subject = person::unknown(); }, &people::not_askable},
    {"WardOfOneWhoIsUnknown", [](AskCommand& c) { c.subject = person::incapable().iin; }, &people::not_askable},
};
INSTANTIATE_TEST_SUITE_P(Asking, RefusedAsk, ::testing::ValuesIn(refused_asks),
                         [](const auto& refused) { return refused.param.name; });

TEST(Asking, TellsNothingAboutAPersonToOneWhoMayNotAsk) {
    World world;
    for (const base::Iin& subject : {person::abai().iin, person::dead().iin, person::unknown(), person::minor().iin}) {
        AskCommand command = ask_for(subject);
        command.ask.purpose = "resale";
        const auto refused = try_ask(world, command);
        ASSERT_EQ(refused.error().reasons().size(), 1U);
        EXPECT_TRUE(refused.error().has(registry::purpose_outside_connection));
    }
}

TEST(Asking, APersonWithoutAPhoneIsUndeliverableAtOnce) {
    World world;
    const auto id = ask(world, person::without_phone());
    EXPECT_EQ(world.state_of(id), RequestState::undeliverable);
    EXPECT_TRUE(deliver(world).empty());
    EXPECT_EQ(count(world, count_timers), 0);
    EXPECT_THAT(world.journal_of(id), ElementsAre("request.recorded", "request.undeliverable"));
    EXPECT_TRUE(world.verify().findings.empty());
}

TEST(Asking, TheSameRequestRecordedAgainIsTheStoredOne) {
    World world;
    const auto command = ask_for(person::abai().iin);
    const auto id = world.service->asking.new_id(command.subject, world.clock.now());
    const auto record = [&] {
        return world
            .unit([&](store::WriteSession& session) {
                return world.service->asking.record(session, command, id, world.clock.now());
            })
            .value();
    };
    const auto first = std::get<RecordedRequest>(record());
    world.clock.advance(1h);
    const auto again = std::get<RecordedRequest>(record());
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(again.expires, first.expires);
    EXPECT_EQ(deliver(world).size(), 1U);
    EXPECT_EQ(count(world, count_requests), 1);
}

TEST(Asking, AClientChosenIdGivesTheSameRequestAndRefusesOtherBytes) {
    World world;
    const auto command = ask_for(person::abai().iin);
    const auto claim = [&](std::string_view bytes) {
        const auto fresh = world.service->asking.new_id(command.subject, world.clock.now());
        return world.unit([&](store::WriteSession& session) {
            return world.service->asking.claim(session, command, "order-1", crypto::sha256(base::as_bytes(bytes)),
                                               fresh, world.clock.now());
        });
    };
    const auto first = claim("a").value();
    EXPECT_EQ(claim("a").value(), first);
    EXPECT_TRUE(claim("b").error().has(client_request_reused));
    EXPECT_EQ(claim("a").value(), first);
    world.clock.advance(base::limits::idempotency_window);
    EXPECT_NE(claim("b").value(), first);
}

TEST(Asking, ExpiryEndsAnOpenRequestOnceAndTellsThePersonWhoWasAsked) {
    World world;
    const auto asked = ask(world, person::abai());
    deliver(world);
    const auto not_asked = ask(world, person::ybyrai());
    const auto expire = [&](consent::RequestId id) {
        world.unit([&](store::WriteSession& session) { world.service->asking.expire(session, id, world.clock.now()); });
    };
    expire(asked);
    EXPECT_EQ(world.state_of(asked), RequestState::asked) << "too early, by a clock that was moved back";
    world.clock.advance(base::limits::request_life_default);
    for (int i = 0; i < 2; ++i) {
        expire(asked);
        expire(not_asked);
    }
    EXPECT_EQ(world.state_of(asked), RequestState::expired);
    EXPECT_EQ(world.state_of(not_asked), RequestState::expired);
    const auto sms = deliver(world);
    ASSERT_EQ(sms.size(), 1U);
    EXPECT_EQ(sms[0].phone, *person::abai().phone);
    EXPECT_THAT(sms[0].text, HasSubstr("жауап келмеді"));
    EXPECT_TRUE(deliver(world).empty());
    EXPECT_TRUE(world.verify().findings.empty());
}

TEST(Asking, AnExpiryThatComesTooEarlyComesAgain) {
    World world;
    const auto id = ask(world, person::abai());
    const auto cancel = [&] {
        return world.unit([&](store::WriteSession& session) {
            return world.service->timers.cancel(session, {timer_request_expiry, id.bucket(), id.bytes()});
        });
    };
    ASSERT_TRUE(cancel()) << "as the scheduler takes it";
    world.unit([&](store::WriteSession& session) { world.service->asking.expire(session, id, world.clock.now()); });
    EXPECT_TRUE(cancel());
}

}  // namespace
}  // namespace kelisim::access
