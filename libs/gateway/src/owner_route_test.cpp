// SPDX-License-Identifier: Apache-2.0
#include "gateway/owner_route.hpp"

#include <gtest/gtest.h>

namespace kelisim::gateway {
namespace {

using std::chrono::seconds;
using Held = OwnerRoute::Held;

const base::Time t0 = base::parse_time("2026-11-22T10:00:00Z").value();
const BreakerRules rules{.failures = 3, .rest = seconds{10}};

void fail(OwnerRoute& route, base::Time now, OwnerStep step = OwnerStep::connecting) {
    route.failed(step, Held::against_owner, "refused", now);
}

OwnerRoute& opened(OwnerRoute& route) {
    for (int i = 0; i < 3; ++i)
        fail(route, t0);
    return route;
}

TEST(OwnerRoute, FailuresInARowOpenIt) {
    OwnerRoute route(rules);
    fail(route, t0);
    fail(route, t0);
    EXPECT_EQ(route.enter(t0), std::nullopt);
    fail(route, t0);
    EXPECT_EQ(route.enter(t0), seconds{10});
    EXPECT_EQ(route.resting(t0 + seconds{4}), seconds{6});
    EXPECT_EQ(route.health(t0).breaker, Breaker::open);
    EXPECT_EQ(route.health(t0).not_asked, 1U);
}

TEST(OwnerRoute, AGoodCallBetweenThemDoesNot) {
    OwnerRoute route(rules);
    for (int i = 0; i < 10; ++i) {
        fail(route, t0);
        fail(route, t0);
        route.went_well(t0);
    }
    EXPECT_EQ(route.enter(t0), std::nullopt);
    EXPECT_EQ(route.health(t0).breaker, Breaker::closed);
}

TEST(OwnerRoute, WhatIsNotHeldAgainstItNeverOpensIt) {
    OwnerRoute route(rules);
    for (int i = 0; i < 10; ++i)
        route.failed(OwnerStep::serving, Held::not_against_owner, "500", t0);
    EXPECT_EQ(route.enter(t0), std::nullopt);
    fail(route, t0);
    fail(route, t0);
    route.failed(OwnerStep::serving, Held::not_against_owner, "500", t0);
    fail(route, t0);
    EXPECT_EQ(route.enter(t0), std::nullopt) << "it answered in between";
    EXPECT_EQ(route.health(t0).failed, 14U);
}

TEST(OwnerRoute, AfterItsRestOneCallAlonePasses) {
    OwnerRoute route(rules);
    const base::Time later = t0 + seconds{10};
    EXPECT_TRUE(opened(route).enter(later - base::Duration{1}));
    EXPECT_EQ(route.health(later).breaker, Breaker::half_open);
    EXPECT_EQ(route.enter(later), std::nullopt);
    EXPECT_EQ(route.enter(later), seconds{10});
    EXPECT_EQ(route.resting(later + seconds{1}), seconds{9});
    route.went_well(later);
    EXPECT_EQ(route.enter(later), std::nullopt);
    EXPECT_EQ(route.enter(later), std::nullopt);
    EXPECT_EQ(route.health(later).breaker, Breaker::closed);
}

TEST(OwnerRoute, WhenThatOneFailsItRestsAgain) {
    OwnerRoute route(rules);
    const base::Time later = t0 + seconds{10};
    EXPECT_EQ(opened(route).enter(later), std::nullopt);
    fail(route, later + seconds{2});
    EXPECT_EQ(route.enter(later + seconds{2}), seconds{10});
    EXPECT_EQ(route.health(later + seconds{2}).breaker, Breaker::open);
}

TEST(OwnerRoute, ACallThatIsNeverHeardOfHoldsNobodyUpForever) {
    OwnerRoute route(rules);
    EXPECT_EQ(opened(route).enter(t0 + seconds{10}), std::nullopt);
    EXPECT_TRUE(route.enter(t0 + seconds{19}));
    EXPECT_EQ(route.enter(t0 + seconds{20}), std::nullopt);
}

TEST(OwnerRoute, ACallThatWasNotMadeLeavesItsPlaceToTheNext) {
    OwnerRoute route(rules);
    EXPECT_EQ(opened(route).enter(t0 + seconds{10}), std::nullopt);
    route.unheard();
    EXPECT_EQ(route.enter(t0 + seconds{10}), std::nullopt);
    EXPECT_TRUE(route.enter(t0 + seconds{10}));
}

TEST(OwnerRoute, FailuresOfCallsThatWereUnderWayDoNotLengthenItsRest) {
    OwnerRoute route(rules);
    fail(opened(route), t0 + seconds{9});
    EXPECT_EQ(route.enter(t0 + seconds{10}), std::nullopt);
}

TEST(OwnerRoute, AClockSetBackOpensIt) {
    OwnerRoute route(rules);
    EXPECT_EQ(opened(route).enter(t0 - seconds{1}), std::nullopt);
}

TEST(OwnerRoute, SaysOnceThatItRestsAndOnceThatItIsBack) {
    using enum OwnerRoute::Turn;
    OwnerRoute route(rules);
    const auto down = [&](base::Time at) {
        return route.failed(OwnerStep::answering, Held::against_owner, "refused", at);
    };
    EXPECT_EQ(route.went_well(t0), none);
    EXPECT_EQ(down(t0), none);
    EXPECT_EQ(down(t0), none);
    EXPECT_EQ(down(t0), rests);
    EXPECT_EQ(down(t0), none) << "it was under way";
    EXPECT_EQ(route.enter(t0 + seconds{10}), std::nullopt);
    EXPECT_EQ(down(t0 + seconds{10}), none) << "it still rests";
    EXPECT_EQ(route.enter(t0 + seconds{20}), std::nullopt);
    EXPECT_EQ(route.failed(OwnerStep::serving, Held::not_against_owner, "500", t0 + seconds{20}), back);
    EXPECT_EQ(route.went_well(t0 + seconds{20}), none);
}

TEST(OwnerRoute, ShowsHowFarCallsCame) {
    OwnerRoute route(rules);
    route.went_well(t0);
    fail(route, t0 + seconds{1}, OwnerStep::handshake);
    const auto health = route.health(t0 + seconds{1});
    EXPECT_EQ(health.failed_at, OwnerStep::handshake);
    EXPECT_EQ(health.why, "refused");
    EXPECT_EQ(health.steps[0].good, t0 + seconds{1});
    EXPECT_EQ(health.steps[1].good, t0 + seconds{1});
    EXPECT_EQ(health.steps[2].good, t0);
    EXPECT_EQ(health.steps[2].bad, t0 + seconds{1});
    EXPECT_EQ(health.steps[3].bad, std::nullopt);
    EXPECT_EQ(health.failures_in_a_row, 1);
    route.went_well(t0 + seconds{2});
    EXPECT_EQ(route.health(t0 + seconds{2}).failed_at, std::nullopt);
    EXPECT_EQ(route.health(t0 + seconds{2}).why, "");
}

}  // namespace
}  // namespace kelisim::gateway
