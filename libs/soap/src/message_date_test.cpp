// SPDX-License-Identifier: Apache-2.0
#include "soap/message_date.hpp"

#include <gtest/gtest.h>

namespace kelisim::soap {
namespace {

using namespace std::chrono_literals;

const base::Time now = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h;

TEST(MessageDate, WithinItsTimeOnly) {
    const MessageAge age{.age_max = 48h, .ahead_max = 15min};
    EXPECT_TRUE(in_time(now, now, age).has_value());
    EXPECT_TRUE(in_time(now - 48h, now, age).has_value());
    EXPECT_TRUE(in_time(now - 48h - 1us, now, age).error().has(soap_message_stale));
    EXPECT_TRUE(in_time(now + 15min, now, age).has_value());
    EXPECT_TRUE(in_time(now + 15min + 1us, now, age).error().has(soap_message_from_future));
}

// Some clients give a day without a time.
TEST(MessageDate, ADayAloneIsInTimeOnThatDayAndTheNext) {
    const base::Time day = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1};
    EXPECT_TRUE(in_time(day, day + 47h).has_value());
    EXPECT_FALSE(in_time(day, day + 49h).has_value());
}

}  // namespace
}  // namespace kelisim::soap
