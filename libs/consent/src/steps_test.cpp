// SPDX-License-Identifier: Apache-2.0
#include "consent/steps.hpp"

#include <gtest/gtest.h>

#include <boost/mp11.hpp>
#include <map>
#include <tuple>

#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using enum ConsentState;
using namespace std::chrono_literals;

const base::Time later = fixture::now + 1h;

template <class Enum, class F>
void each(F work) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto one) { work(one.value, one.name); });
}

using Cell = std::tuple<Role, Step, ConsentState>;

// Written down once more, so that a change of the rules is a change of two places. Whatever is not here is forbidden.
const std::map<Cell, ConsentState> allowed{
    {{Role::person, Step::pause, active}, paused},
    {{Role::person, Step::resume, paused}, active},
    {{Role::person, Step::withdraw, active}, withdrawn},
    {{Role::person, Step::withdraw, paused}, withdrawn},
    {{Role::person, Step::extend, active}, active},
    {{Role::person, Step::extend, paused}, paused},
    {{Role::initiator, Step::object, withdrawn}, active},
    {{Role::initiator, Step::confirm_deletion, withdrawn}, withdrawn},
    {{Role::initiator, Step::confirm_deletion, expired}, expired},
    {{Role::initiator, Step::confirm_deletion, exhausted}, exhausted},
    {{Role::initiator, Step::confirm_deletion, invalidated}, invalidated},
    {{Role::service, Step::expire, active}, expired},
    {{Role::service, Step::expire, paused}, expired},
    {{Role::service, Step::exhaust, active}, exhausted},
    {{Role::service, Step::exhaust, paused}, exhausted},
    {{Role::service, Step::invalidate, active}, invalidated},
    {{Role::service, Step::invalidate, paused}, invalidated},
};

// Every role x step x state.
TEST(Steps, AreThoseOfTheTableAndNoOthers) {
    std::size_t cells = 0, taken = 0;
    each<Role>([&](Role role, const char* role_name) {
        each<Step>([&](Step step, const char* step_name) {
            each<ConsentState>([&](ConsentState state, const char* state_name) {
                ++cells;
                Consent consent = fixture::consent(state);
                const Consent before = consent;
                const auto expected = allowed.find({role, step, state});
                const bool may = expected != allowed.end();
                const auto outcome = take(consent, role, step, later);
                const std::string cell = std::string(role_name) + " " + step_name + " " + state_name;
                EXPECT_EQ(outcome.has_value(), may) << cell;
                EXPECT_EQ(consent.state, may ? expected->second : state) << cell;
                EXPECT_EQ(consent.version, before.version) << cell;
                EXPECT_EQ(consent.expires, before.expires) << cell;
                if (outcome.has_value()) ++taken;
            });
        });
    });
    EXPECT_EQ(cells, 3 * 9 * 6U);
    EXPECT_EQ(taken, allowed.size());
}

// A step that is another's is told apart from one that comes at a wrong time, in every state.
TEST(Steps, OfAnotherAreRefusedAsSuch) {
    each<ConsentState>([&](ConsentState state, const char* name) {
        for (const Step step : {Step::object, Step::confirm_deletion, Step::expire, Step::exhaust, Step::invalidate}) {
            Consent consent = fixture::consent(state);
            EXPECT_TRUE(take(consent, Role::person, step, later).error().has(step_not_yours)) << name;
        }
        for (const Step step : {Step::pause, Step::resume, Step::withdraw, Step::extend, Step::invalidate}) {
            Consent consent = fixture::consent(state);
            EXPECT_TRUE(take(consent, Role::initiator, step, later).error().has(step_not_yours)) << name;
        }
    });
}

TEST(Steps, AreNotTakenAfterTheTermEvenBeforeTheTimerHasRun) {
    for (const Step step : {Step::pause, Step::withdraw, Step::extend}) {
        Consent consent = fixture::consent(active);
        EXPECT_TRUE(take(consent, Role::person, step, consent.expires - base::Duration{1}).has_value());
        consent = fixture::consent(active);
        EXPECT_TRUE(take(consent, Role::person, step, consent.expires).error().has(consent_ended));
        EXPECT_EQ(consent.state, active);
    }
    Consent withdrawn_one = fixture::consent(withdrawn);
    EXPECT_TRUE(take(withdrawn_one, Role::initiator, Step::object, withdrawn_one.expires).has_error());
    Consent due = fixture::consent(active);
    EXPECT_TRUE(take(due, Role::service, Step::expire, due.expires).has_value());
    EXPECT_TRUE(take(due, Role::initiator, Step::confirm_deletion, due.expires + 24h).has_value());
}

class Extension : public ::testing::Test {
protected:
    base::Result<void> extend_to(base::Time until) { return extend(consent, until, bounds, later); }
    void refused(base::Time until, const base::Reason& reason) {
        const base::Time before = consent.expires;
        EXPECT_TRUE(extend_to(until).error().has(reason));
        EXPECT_EQ(consent.expires, before);
    }

    Consent consent = fixture::consent(active);
    Bounds bounds{.connection_ends = fixture::now + 100 * 24h, .storage_ends = fixture::now + 90 * 24h};
};

// KDP-5.3, KDP-5.4: up to the nearer of both bounds, and not a microsecond beyond.
TEST_F(Extension, StaysWithinConnectionAndStorage) {
    refused(*bounds.storage_ends + base::Duration{1}, extension_out_of_bounds);
    EXPECT_TRUE(extend_to(*bounds.storage_ends).has_value());
    EXPECT_EQ(consent.expires, *bounds.storage_ends);
    bounds.storage_ends = {};
    refused(bounds.connection_ends + base::Duration{1}, extension_out_of_bounds);
    EXPECT_TRUE(extend_to(bounds.connection_ends).has_value());
}

TEST_F(Extension, IsLaterThanTheEndThatStands) {
    refused(consent.expires, extension_not_later);
    refused(consent.expires - 1h, extension_not_later);
}

TEST_F(Extension, IsOfALivingConsentAlone) {
    for (const ConsentState state : {withdrawn, expired, exhausted, invalidated}) {
        consent = fixture::consent(state);
        refused(consent.expires + 24h, consent_ended);
    }
    consent = fixture::consent(paused);
    EXPECT_TRUE(extend_to(consent.expires + 24h).has_value());
    EXPECT_EQ(consent.state, paused) << "an extension resumes nothing";
}

TEST(Objection, BeginsTheNextVersionInTime) {
    Consent consent = fixture::consent(withdrawn);
    consent.uses = 2;
    EXPECT_TRUE(restore(consent, later + 1h, later).has_value());
    EXPECT_EQ(consent.state, active);
    EXPECT_EQ(consent.version, 2);
    EXPECT_EQ(consent.uses, 2) << "what was counted stays counted";
}

TEST(Objection, IsRefusedFromItsLastInstantOnAndWithoutADeadline) {
    for (const auto by : {std::optional(later), std::optional(later - 1h), std::optional<base::Time>{}}) {
        Consent consent = fixture::consent(withdrawn);
        EXPECT_TRUE(restore(consent, by, later).error().has(objection_late));
        EXPECT_EQ(consent.state, withdrawn);
        EXPECT_EQ(consent.version, 1);
    }
}

TEST(Objection, IsAgainstAWithdrawalAlone) {
    for (const ConsentState state : {active, paused, expired, exhausted, invalidated}) {
        Consent consent = fixture::consent(state);
        EXPECT_TRUE(restore(consent, later + 1h, later).has_error());
        EXPECT_EQ(consent.version, 1);
        EXPECT_EQ(consent.state, state);
    }
}

}  // namespace
}  // namespace kelisim::consent
