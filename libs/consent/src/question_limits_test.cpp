// SPDX-License-Identifier: Apache-2.0
#include "consent/question_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using fixture::now;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

PastRequest past(base::Duration ago, RequestState state, std::string initiator = "BANK") {
    return {.id = {},
            .state = state,
            .created = now - ago,
            .expires = now - ago + (state == RequestState::expired ? 0h : 24h),
            .initiator = std::move(initiator)};
}

std::vector<const base::Reason*> objections(const std::vector<PastRequest>& past, bool blocked = false) {
    return question_objections(past, "BANK", blocked, {}, now);
}

TEST(QuestionLimits, NothingSpeaksAgainstTheFirstQuestion) {
    EXPECT_THAT(objections({}), IsEmpty());
}

TEST(QuestionLimits, ABlockedAskerMayNotAskEvenOnce) {
    EXPECT_THAT(objections({}, true), ElementsAre(&question_asker_blocked));
}

TEST(QuestionLimits, OneAskerAsksThreeTimesADay) {
    const auto two = std::vector{past(1h, RequestState::granted), past(2h, RequestState::granted)};
    EXPECT_THAT(objections(two), IsEmpty());
    auto three = two;
    three.push_back(past(24h - 1s, RequestState::granted));
    EXPECT_THAT(objections(three), ElementsAre(&question_too_many_of_asker));
    three.back() = past(24h, RequestState::granted);
    EXPECT_THAT(objections(three), IsEmpty()) << "a day ago is another day";
}

TEST(QuestionLimits, AllAskersTogetherAskTenTimesADay) {
    std::vector<PastRequest> many;
    for (int i = 0; i < 9; ++i)
        many.push_back(past(1h, RequestState::granted, "ASKER" + std::to_string(i)));
    EXPECT_THAT(objections(many), IsEmpty());
    many.push_back(past(1h, RequestState::granted, "ASKER9"));
    EXPECT_THAT(objections(many), ElementsAre(&question_too_many_a_day));
}

TEST(QuestionLimits, WhatWasStoppedBotheredNobodyAndIsNotCounted) {
    std::vector<PastRequest> stopped(20, past(1h, RequestState::stopped));
    EXPECT_THAT(objections(stopped), IsEmpty());
}

struct Wait {
    int refusals;
    base::Duration wait;
};
class Waits : public testing::TestWithParam<Wait> {};
INSTANTIATE_TEST_SUITE_P(Growing, Waits,
                         testing::Values(Wait{1, 5min}, Wait{2, 1h}, Wait{3, 24h}, Wait{4, 168h}, Wait{9, 168h}));

TEST_P(Waits, GrowWithEachRefusal) {
    const auto after = [&](base::Duration ago) {
        std::vector<PastRequest> refused{past(ago, RequestState::refused)};
        while (static_cast<int>(refused.size()) < GetParam().refusals)
            refused.push_back(past(ago + 48h, RequestState::expired));
        return objections(refused);
    };
    EXPECT_THAT(after(GetParam().wait - 1s), testing::Contains(&question_too_soon));
    EXPECT_THAT(after(GetParam().wait), testing::Not(testing::Contains(&question_too_soon)));
}

TEST(QuestionLimits, SilenceIsWaitedFromItsEnd) {
    PastRequest silence = past(24h + 1min, RequestState::expired);
    silence.expires = silence.created + 24h;
    EXPECT_THAT(objections({silence}), ElementsAre(&question_too_soon)) << "a minute after a day without an answer";
}

TEST(QuestionLimits, ARefusalGivenToAnotherIsNoReasonToWait) {
    EXPECT_THAT(objections({past(1min, RequestState::refused, "OTHER")}), IsEmpty());
}

TEST(QuestionLimits, AYesForgivesWhatWasRefusedBefore) {
    EXPECT_THAT(objections({past(1min, RequestState::granted), past(2min, RequestState::refused)}), IsEmpty());
    EXPECT_THAT(objections({past(1min, RequestState::refused), past(2min, RequestState::granted)}),
                ElementsAre(&question_too_soon));
}

TEST(QuestionLimits, EveryReasonIsGiven) {
    const std::vector<PastRequest> refused(10, past(1min, RequestState::refused));
    EXPECT_THAT(objections(refused, true), ElementsAre(&question_asker_blocked, &question_too_many_a_day,
                                                       &question_too_many_of_asker, &question_too_soon));
}

}  // namespace
}  // namespace kelisim::consent
