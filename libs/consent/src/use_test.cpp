// SPDX-License-Identifier: Apache-2.0
#include "consent/use.hpp"

#include <gtest/gtest.h>

#include <boost/mp11.hpp>
#include <functional>

#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using namespace std::chrono_literals;

const base::Iin subject = base::Iin::parse("450810100013").value();
const base::Iin other = base::Iin::parse("411020100014").value();
const std::vector<registry::IntegrationService> services = fixture::entries().services;

struct Situation {
    Consent consent = fixture::consent();
    Call call{.receiver = "BANK",
              .service = "PERSON",
              .purpose = "loan",
              .fields = {"surname"},
              .acts = {"collection"},
              .environment = registry::Environment::production,
              .persons = {subject}};
    std::optional<Lost> lost = {};
    std::string service_ended = {};
    base::Time now = fixture::now + 1h;

    std::vector<const base::Reason*> objections() const {
        auto service = call.service == "FAMILY" ? services[1] : services[0];
        service.ended = service_ended;
        return consent::objections(consent, call, {.subject = subject, .service = service, .lost = lost, .now = now});
    }
};

// An owner is told of the end of a token that it may have seen, and of none that it did not.
TEST(Conclude, NotesTheNewestTokenOfEachServiceWhoseOwnerMayHaveActed) {
    base::SeededEntropy entropy(1);
    const TokenId older = TokenId::make(fixture::now, {}, entropy);
    const TokenId newer = TokenId::make(fixture::now + std::chrono::seconds{1}, {}, entropy);
    Consent consent = fixture::consent();
    consent.terms.uses_max = 10;
    const auto conclude_with = [&](std::uint8_t service, TokenId token, UseState outcome) {
        Use use = reserve(consent, UseId{}, fixture::today, fixture::now);
        use.shows = Shown{.service = service, .token = token};
        ASSERT_TRUE(conclude(use, consent, outcome, fixture::today).has_value());
    };
    conclude_with(0, newer, UseState::not_sent);
    EXPECT_TRUE(consent.shown.empty());
    conclude_with(0, newer, UseState::delivered);
    conclude_with(0, older, UseState::delivered);
    conclude_with(1, older, UseState::unknown);
    EXPECT_EQ(consent.shown, (std::vector<Shown>{{0, newer}, {1, older}}));
}

TEST(Decision, LetsPassWhatTheConsentCovers) {
    EXPECT_TRUE(Situation{}.objections().empty());
}

TEST(Decision, TakesTheConsentsOwnForWhatTheCallDoesNotName) {
    Situation s;
    s.call.purpose = {};
    s.call.fields.clear();
    s.call.acts.clear();
    EXPECT_TRUE(s.objections().empty());
    EXPECT_EQ(fields_to_ask(s.consent, s.call, services[0]), (std::vector<std::string>{"surname", "name"}));
    EXPECT_EQ(fields_to_ask(s.consent, s.call, services[1]), (std::vector<std::string>{"spouse"}));
}

struct Case {
    std::string name;
    std::function<void(Situation&)> change;
    const base::Reason& reason;
};
class Objection : public testing::TestWithParam<Case> {};

// KDP-2.2, KDP-5.1, KDP-5.2, KDP-5.3: the gateway itself compares the call with the consent.
TEST_P(Objection, IsTheOneReason) {
    Situation s;
    GetParam().change(s);
    const auto reasons = s.objections();
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_EQ(reasons.front()->code, GetParam().reason.code);
    // The record of the attempt keeps the code, and the person reads the reason from it.
    EXPECT_EQ(use_reasons({std::string(GetParam().reason.code)}), reasons);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Objection,
    testing::Values(
        Case{"Paused", [](Situation& s) { s.consent.state = ConsentState::paused; }, use_consent_paused},
        Case{"Withdrawn", [](Situation& s) { s.consent.state = ConsentState::withdrawn; }, use_consent_withdrawn},
        Case{"ExpiredState", [](Situation& s) { s.consent.state = ConsentState::expired; }, use_consent_expired},
        Case{"ExhaustedState", [](Situation& s) { s.consent.state = ConsentState::exhausted; }, use_consent_exhausted},
        Case{"Invalidated", [](Situation& s) { s.consent.state = ConsentState::invalidated; }, use_consent_invalidated},
        Case{"AtItsExpiry", [](Situation& s) { s.now = s.consent.expires; }, use_consent_expired},
        Case{"CountReached", [](Situation& s) { s.consent.uses = 2; }, use_consent_exhausted},
        Case{"NoPerson", [](Situation& s) { s.call.persons.clear(); }, use_person_missing},
        Case{"OtherPerson", [](Situation& s) { s.call.persons = {other}; }, use_person_differs},
        Case{"OnePersonMore",
             [](Situation& s) {
                 s.call.persons = {subject, other};
             },
             use_person_differs},
        Case{"ServiceOutside", [](Situation& s) { s.consent.terms.services = {"FAMILY"}; }, use_service_outside},
        Case{"OtherReceiver", [](Situation& s) { s.call.receiver = "OWNER"; }, use_receiver_differs},
        Case{"OtherPurpose", [](Situation& s) { s.call.purpose = "account"; }, use_purpose_outside},
        Case{"OneFieldMore",
             [](Situation& s) {
                 s.call.fields = {"surname", "birthDate"};
             },
             use_fields_outside},
        Case{"FieldOfTheOtherService", [](Situation& s) { s.call.fields = {"spouse"}; }, use_fields_outside},
        Case{"OtherAct", [](Situation& s) { s.call.acts = {"processing"}; }, use_acts_outside},
        Case{"OtherEnvironment", [](Situation& s) { s.call.environment = registry::Environment::test; },
             use_environment_differs},
        Case{"ConnectionEnded", [](Situation& s) { s.lost = Lost::connection; }, use_connection_ended},
        Case{"PurposeEnded", [](Situation& s) { s.lost = Lost::purpose; }, use_purpose_ended},
        Case{"AllServicesEnded", [](Situation& s) { s.lost = Lost::service; }, use_service_ended},
        Case{"ServiceEnded", [](Situation& s) { s.service_ended = "2026-11-21T00:00:00Z"; }, use_service_ended}),
    [](const auto& c) { return c.param.name; });

TEST(Decision, GivesEveryReasonOnce) {
    Situation s;
    s.consent.state = ConsentState::expired;
    s.now = s.consent.expires;
    s.call.receiver = "OWNER";
    s.call.persons = {other};
    EXPECT_EQ(s.objections().size(), 3U);
}

TEST(Decision, PassesAtTheLastInstantAndTheLastUse) {
    Situation s;
    s.now = s.consent.expires - 1us;
    s.consent.uses = 1;
    EXPECT_TRUE(s.objections().empty());
}

TEST(Use, ReturnsTheCountOfACallThatWasNotSent) {
    Consent consent = fixture::consent();
    Use use = reserve(consent, UseId{}, fixture::today, fixture::now);
    EXPECT_EQ(consent.uses, 1);
    ASSERT_TRUE(conclude(use, consent, UseState::not_sent, fixture::today).has_value());
    EXPECT_EQ(consent.uses, 0);
}

TEST(Use, KeepsTheCountOfACallWhoseOutcomeIsUnknown) {
    Consent consent = fixture::consent();
    Use use = reserve(consent, UseId{}, fixture::today, fixture::now);
    ASSERT_TRUE(conclude(use, consent, UseState::unknown, fixture::today).has_value());
    EXPECT_EQ(consent.uses, 1);
}

TEST(Use, ExhaustsTheConsentWithTheLastCountedOne) {
    Consent consent = fixture::consent();
    Use first = reserve(consent, UseId{}, fixture::today, fixture::now);
    Use second = reserve(consent, UseId{}, fixture::today, fixture::now);
    ASSERT_TRUE(conclude(first, consent, UseState::delivered, fixture::today).has_value());
    EXPECT_EQ(consent.state, ConsentState::active);  // the second may still come back
    ASSERT_TRUE(conclude(second, consent, UseState::delivered, fixture::today).has_value());
    EXPECT_EQ(consent.state, ConsentState::exhausted);
}

TEST(Use, LeavesAWithdrawnConsentWithdrawn) {
    Consent consent = fixture::consent();
    consent.terms.uses_max = 1;
    Use use = reserve(consent, UseId{}, fixture::today, fixture::now);
    consent.state = ConsentState::withdrawn;
    ASSERT_TRUE(conclude(use, consent, UseState::delivered, fixture::today).has_value());
    EXPECT_EQ(consent.state, ConsentState::withdrawn);
}

TEST(Use, MovesAsItsTableSays) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<UseState>>([](auto from) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<UseState>>([&](auto to) {
            Consent consent = fixture::consent();
            Use use = reserve(consent, UseId{}, fixture::today, fixture::now);
            use.state = from.value;
            const bool allowed = from.value == UseState::reserved && to.value != UseState::reserved;
            EXPECT_EQ(conclude(use, consent, to.value, fixture::today).has_value(), allowed)
                << from.name << " -> " << to.name;
        });
    });
}

}  // namespace
}  // namespace kelisim::consent
