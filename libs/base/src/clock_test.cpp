// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace kelisim::base {
namespace {

using namespace std::chrono;

Time at(year_month_day date) {
    return Time{sys_days{date}} + 13h + 5min;
}

TEST(Period, IsAddedOnTheCalendar) {
    EXPECT_EQ(at(2026y / November / 21) + parse_period("P30D").value(), at(2026y / December / 21));
    EXPECT_EQ(at(2026y / January / 31) + parse_period("P1M").value(), at(2026y / February / 28));
    EXPECT_EQ(at(2028y / February / 29) + parse_period("P1Y").value(), at(2029y / February / 28));
    EXPECT_EQ(at(2026y / November / 21) + parse_period("P1DT2H3M4S").value(),
              at(2026y / November / 22) + 2h + 3min + 4s);
    EXPECT_EQ(parse_period("P2W").value(), parse_period("P14D").value());
}

TEST(Period, IsWrittenAsItIsRead) {
    for (std::string_view text : {"P1Y", "P18M", "P30D", "P1Y5D", "PT90S", "P1DT60S"}) {
        EXPECT_EQ(to_string(parse_period(text).value()), text);
    }
}

TEST(Period, RefusesWhatIsNotOne) {
    for (std::string_view text :
         {"", "P", "PT", "30D", "P30", "P-1D", "P1.5D", "P1DT", "P1D1Y", "P1D1D", "p1d", "P1H", "PT1D", "P30D ",
          "P101Y", "P99999999999D", "P1Y99999999999999999999D", "+P1D", "PT99999999999999999999S"}) {
        EXPECT_TRUE(parse_period(text).has_error()) << text;
    }
}

TEST(Time, IsWrittenInUtc) {
    EXPECT_EQ(to_iso8601(from_micros(0)), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_iso8601(at(2026y / November / 21) + 7s + 42us), "2026-11-21T13:05:07.000042Z");
    EXPECT_EQ(to_seconds(from_micros(-1)), -1);
}

TEST(Time, IsReadWithItsOffset) {
    const Time noon = at(2026y / November / 22) - 13h - 5min + 12h;
    EXPECT_EQ(parse_time("2026-11-22T12:00:00Z").value(), noon);
    EXPECT_EQ(parse_time("2026-11-22T17:00:00+05:00").value(), noon);
    EXPECT_EQ(parse_time("2026-11-21T23:30:00-12:30").value(), noon);
    EXPECT_EQ(parse_time("2026-11-22T12:00:00.25Z").value(), noon + 250ms);
    EXPECT_EQ(parse_time(to_iso8601(noon + 42us)).value(), noon + 42us);
}

TEST(Time, OnlyAsRfc3339WritesIt) {
    for (std::string_view text :
         {"", "2026-11-22", "2026-11-22T12:00:00", "2026-11-22 12:00:00Z", "2026-11-22t12:00:00z",
          "2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T12:60:00Z",
          "2026-11-22T12:00:60Z", "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00.1234567Z", "2026-11-22T12:00:00+5:00",
          "2026-11-22T12:00:00+24:00", "1799-12-31T12:00:00Z", "12026-11-22T12:00:00Z", "2026-11-22T12:00:00Zx",
          "+2026-11-22T12:00:00Z"}) {
        EXPECT_TRUE(parse_time(text).has_error()) << text;
    }
}

}  // namespace
}  // namespace kelisim::base
