// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <gtest/gtest.h>

namespace kelisim::base {
namespace {

const Reason one{"test_one", Kind::invalid, "", {"бір", "один", "one"}};
const Reason two{"test_two", Kind::forbidden, "", {"екі", "два", "two"}};

TEST(Refusal, GivesEveryReason) {
    const Result<int> result = Refusal(std::vector<const Reason*>{&one, &two});
    ASSERT_TRUE(result.has_error());
    EXPECT_EQ(result.error().reasons().size(), 2U);
    EXPECT_EQ(&result.error().first(), &one);
    EXPECT_TRUE(result.error().has(two));
}

TEST(Refusal, NeedsAReason) {
    EXPECT_THROW(Refusal(std::vector<const Reason*>{}), std::logic_error);
}

TEST(Refusal, ThatNobodyExpectedIsAMistakeOfOurs) {
    const Result<int> result = Refusal(one);
    EXPECT_THROW(static_cast<void>(result.value()), std::logic_error);
}

}  // namespace
}  // namespace kelisim::base
