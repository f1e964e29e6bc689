// SPDX-License-Identifier: Apache-2.0
#include "base/zone.hpp"

#include <gtest/gtest.h>

namespace kelisim::base {
namespace {

using namespace std::chrono;

const FixedZone almaty{5h};
const Time evening{sys_days{2026y / November / 21} + 22h + 27min};

// MON-10: local time, in the zone of the service.
TEST(Zone, ShowsLocalDaysAndTimes) {
    EXPECT_EQ(almaty.day(evening), "2026-11-22");
    EXPECT_EQ(almaty.date(evening), "22.11.2026");
    EXPECT_EQ(almaty.date_and_time(evening), "22.11 03:27");
    EXPECT_EQ(FixedZone{-3h}.day(Time{sys_days{2026y / January / 1}}), "2025-12-31");
}

TEST(Zone, EndsADayAtLocalMidnight) {
    const Time end = almaty.end_of_day("2027-12-31");
    EXPECT_EQ(almaty.day(end), "2028-01-01");
    EXPECT_EQ(almaty.day(end - 1us), "2027-12-31");
}

TEST(Zone, RefusesWhatIsNoDay) {
    for (std::string_view day : {"", "2027-02-30", "2027-1-01", "27-01-01", "2027/01/01", "2027-01-0x"}) {
        EXPECT_THROW(almaty.end_of_day(day), Outage) << day;
    }
}

TEST(ProcessZone, KnowsThatKazakhstanHasOneZoneSince2024) {
    const ProcessZone zone("Asia/Almaty");
    EXPECT_EQ(zone.offset(evening), 5h);
    EXPECT_EQ(zone.offset(Time{sys_days{2023y / June / 1}}), 6h);
}

TEST(ProcessZone, RefusesAZoneThatTzdataLacks) {
    for (const char* name : {"", "Asia/Atlantis", "/etc/localtime", "../zoneinfo/UTC"}) {
        EXPECT_THROW(ProcessZone{name}, Outage) << name;
    }
}

}  // namespace
}  // namespace kelisim::base
