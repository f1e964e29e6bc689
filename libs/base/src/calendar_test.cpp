// SPDX-License-Identifier: Apache-2.0
#include "base/calendar.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace kelisim::base {
namespace {

using namespace std::chrono;

int working_days(const WorkCalendar& calendar, year in) {
    int count = 0;
    for (auto day = local_days{in / January / 1}; day <= local_days{in / December / 31}; day += days{1}) {
        count += calendar.working(day).value() ? 1 : 0;
    }
    return count;
}

struct Day {
    const char* name;
    year_month_day date;
    bool working;
};

class KazakhstanDay : public testing::TestWithParam<Day> {};

TEST_P(KazakhstanDay, IsWorkedOrOff) {
    const auto working = WorkCalendar::kazakhstan().working(local_days{GetParam().date});
    ASSERT_TRUE(working.has_value());
    EXPECT_EQ(*working, GetParam().working);
}

INSTANTIATE_TEST_SUITE_P(
    Days, KazakhstanDay,
    testing::Values(
        Day{"AnOrdinaryMonday", 2026y / November / 23, true}, Day{"AnOrdinarySaturday", 2026y / November / 21, false},
        Day{"NewYear", 2026y / January / 1, false}, Day{"TheDayAfterNewYearsSecondDay", 2026y / January / 5, true},
        Day{"TransferredDayOff2025", 2025y / January / 3, false}, Day{"WorkedSunday2025", 2025y / January / 5, true},
        Day{"OrthodoxChristmas", 2027y / January / 7, false},
        Day{"ChristmasOnFridayMovesNothing", 2028y / January / 10, true},
        Day{"WomensDayOnSaturdayMoves", 2025y / March / 10, false},
        Day{"WomensDayOnSundayMoves", 2026y / March / 9, false},
        Day{"NauryzWeekendMovesOneDay", 2025y / March / 24, false},
        Day{"NauryzWeekendMovesASecondDay", 2025y / March / 25, false},
        Day{"NauryzMovesNoThirdDay", 2025y / March / 26, true},
        Day{"NauryzSaturdayMovesBehindMonday", 2026y / March / 24, false},
        Day{"NauryzSundayMovesBehindThat", 2026y / March / 25, false},
        Day{"NauryzOnSunday2027", 2027y / March / 24, false}, Day{"UnityDayOnSaturdayMoves", 2027y / May / 3, false},
        Day{"VictoryDayOnSaturdayMoves", 2026y / May / 11, false},
        Day{"BetweenTwoHolidaysOfMay", 2025y / May / 8, true}, Day{"KurbanAit2025", 2025y / June / 6, false},
        Day{"KurbanAit2026", 2026y / May / 27, false}, Day{"KurbanAitOnSundayMovesNothing", 2027y / May / 17, true},
        Day{"KurbanAit2028", 2028y / May / 5, false}, Day{"DefenderDayOnSundayMoves2028", 2028y / May / 8, false},
        Day{"OldConstitutionDayOnSaturdayMoved", 2025y / September / 1, false},
        Day{"OldConstitutionDayEndedBefore2026", 2026y / August / 31, true},
        Day{"TheDayOfTheReferendumWasNoHolidayYet", 2026y / March / 16, true},
        Day{"NewConstitutionDay", 2027y / March / 15, false},
        Day{"RepublicDayOnSundayMoves", 2026y / October / 26, false},
        Day{"IndependenceDayOnSaturdayMoves", 2028y / December / 18, false},
        Day{"LeapDay", 2028y / February / 29, true}),
    [](const auto& test) { return std::string{test.param.name}; });

// The sums that the published calendars of these years give for a five-day week; that of 2026 was published with
// 31 August off, before Constitution Day moved.
TEST(WorkCalendar, SumsAgreeWithThePublishedCalendars) {
    const auto calendar = WorkCalendar::kazakhstan();
    EXPECT_EQ(working_days(calendar, 2025y), 246);
    EXPECT_EQ(working_days(calendar, 2026y), 246 + 1);
}

// KDP-9: 236/НК п.9, ten working days of review.
TEST(WorkCalendar, TermOfTenWorkingDaysSkipsDaysOff) {
    const auto end = WorkCalendar::kazakhstan().add_working_days(local_days{2026y / March / 13}, 10);
    ASSERT_TRUE(end.has_value());
    // 16 to 20 March are five days, 21 to 25 are Nauryz, 26 and 27 two more, 30 March to 1 April the last three.
    EXPECT_EQ(year_month_day{*end}, 2026y / April / 1);
}

TEST(WorkCalendar, TermCountsFromTheDayAfterEvenIfTheFirstDayIsOff) {
    const auto calendar = WorkCalendar::kazakhstan();
    EXPECT_EQ(calendar.add_working_days(local_days{2026y / November / 21}, 1).value(),
              local_days{2026y / November / 23});
    EXPECT_EQ(calendar.add_working_days(local_days{2026y / November / 20}, 1).value(),
              local_days{2026y / November / 23});
    EXPECT_EQ(calendar.add_working_days(local_days{2026y / November / 21}, 0).value(),
              local_days{2026y / November / 21});
}

TEST(WorkCalendar, NeverGuessesBeyondItsData) {
    const auto calendar = WorkCalendar::kazakhstan();
    EXPECT_TRUE(calendar.working(local_days{2024y / December / 31}).error().has(calendar_year_unknown));
    EXPECT_TRUE(calendar.working(local_days{2029y / January / 1}).error().has(calendar_year_unknown));
    EXPECT_TRUE(calendar.working(local_days{2028y / December / 31}).has_value());
    EXPECT_EQ(calendar.add_working_days(local_days{2028y / December / 28}, 1).value(),
              local_days{2028y / December / 29});
    EXPECT_TRUE(calendar.add_working_days(local_days{2028y / December / 29}, 1).error().has(calendar_year_unknown));
    EXPECT_TRUE(calendar.add_working_days(local_days{2024y / December / 31}, 0).error().has(calendar_year_unknown));
    EXPECT_TRUE(
        calendar.add_working_days(local_days{2025y / January / 1}, UINT32_MAX).error().has(calendar_year_unknown));
}

// What acts do not say today but could: a holiday on a religious day off moves, as on any day off.
TEST(WorkCalendar, HolidayOnAReligiousDayOffMoves) {
    constexpr Holiday holiday[] = {{June / 4}};
    constexpr year_month_day ait[] = {2030y / June / 4};  // a Tuesday
    const WorkCalendar calendar{{.first = 2030y,
                                 .last = 2030y,
                                 .holidays = holiday,
                                 .yearly_days_off = {},
                                 .single_days_off = ait,
                                 .transfers = {}}};
    EXPECT_FALSE(calendar.working(local_days{2030y / June / 5}).value());
    EXPECT_TRUE(calendar.working(local_days{2030y / June / 6}).value());
}

TEST(WorkCalendar, RefusesDataThatCannotBe) {
    constexpr year_month_day never[] = {2030y / February / 30};
    const CalendarData impossible{.first = 2030y,
                                  .last = 2030y,
                                  .holidays = {},
                                  .yearly_days_off = {},
                                  .single_days_off = never,
                                  .transfers = {}};
    const CalendarData backwards{
        .first = 2031y, .last = 2030y, .holidays = {}, .yearly_days_off = {}, .single_days_off = {}, .transfers = {}};
    EXPECT_THROW(WorkCalendar{impossible}, std::invalid_argument);
    EXPECT_THROW(WorkCalendar{backwards}, std::invalid_argument);
}

}  // namespace
}  // namespace kelisim::base
