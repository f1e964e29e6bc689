// SPDX-License-Identifier: Apache-2.0
#include "channel/quiet_hours.hpp"

#include <gtest/gtest.h>

namespace kelisim::channel {
namespace {

using namespace std::chrono_literals;

const base::FixedZone zone{5h};
const base::Time midnight =
    base::Time{base::Duration{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} - std::chrono::sys_days{}}} -
    5h;  // local

base::Duration delay(std::string_view hours, base::Duration of_day) {
    const base::Time now = midnight + of_day;
    return QuietHours::parse(hours).value().may_write(now, zone) - now;
}

TEST(QuietHours, DelayUntilTheMorning) {
    EXPECT_EQ(delay("22:00-08:00", 22h), 10h);
    EXPECT_EQ(delay("22:00-08:00", 24h - 1s), 8h + 1s);
    EXPECT_EQ(delay("22:00-08:00", 0h), 8h);
    EXPECT_EQ(delay("22:00-08:00", 7h + 59min), 1min);
}

TEST(QuietHours, LeaveTheDayAlone) {
    EXPECT_EQ(delay("22:00-08:00", 8h), 0h);
    EXPECT_EQ(delay("22:00-08:00", 22h - 1s), 0h);
}

TEST(QuietHours, NeedNotPassMidnight) {
    EXPECT_EQ(delay("01:00-06:30", 2h), 4h + 30min);
    EXPECT_EQ(delay("01:00-06:30", 30min), 0h);
    EXPECT_EQ(delay("01:00-06:30", 23h), 0h);
}

TEST(QuietHours, AreNoneUnlessConfigured) {
    EXPECT_EQ(delay("", 3h), 0h);
    EXPECT_EQ(QuietHours{}.may_write(midnight, zone), midnight);
}

TEST(QuietHours, AreReadStrictly) {
    for (const char* text : {"22-08", "22:00", "22:00-24:00", "22:00-08:60", "22:00 08:00", "2:00-8:00", "08:00-08:00",
                             "22:00-08:00 ", "aa:00-08:00", "-1:00-08:00"}) {
        EXPECT_FALSE(QuietHours::parse(text)) << text;
    }
}

}  // namespace
}  // namespace kelisim::channel
