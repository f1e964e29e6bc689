// SPDX-License-Identifier: Apache-2.0
// The days off of Kazakhstan; docs/calendar.md tells the sources, how sure each is, and how to enter a year.
#include "base/calendar.hpp"

namespace kelisim::base {
namespace {

using namespace std::chrono;

// Law 267-II on holidays, art. 2 and 3.
constexpr Holiday holidays[] = {
    {January / 1},  // New Year
    {January / 2},
    {March / 8},  // International Women's Day
    // Constitution Day left 30 August for the day of the referendum, 15 March, with the Constitution in force from
    // 1 July 2026: 30 August 2026 is worked, 15 March is first celebrated in 2027.
    {.day = March / 15, .first = 2027y},
    {March / 21},  // Nauryz
    {March / 22},
    {March / 23},
    {May / 1},                            // Unity Day
    {May / 7},                            // Defender of the Fatherland Day
    {May / 9},                            // Victory Day
    {July / 6},                           // Capital Day
    {.day = August / 30, .last = 2025y},  // Constitution Day of 1995
    {October / 25},                       // Republic Day
    {December / 16},                      // Independence Day
};

// Labour Code art. 84: Orthodox Christmas is a day off.
constexpr month_day yearly_days_off[] = {January / 7};

// Labour Code art. 84: the first day of Kurban ait by the lunar calendar is a day off.
constexpr year_month_day single_days_off[] = {
    2025y / June / 6,  // announced
    2026y / May / 27,  // announced
    2027y / May / 16,  // by astronomical computation; to be confirmed when the date is announced
    2028y / May / 5,   // likewise
};

// Orders of the Minister of Labour under Labour Code art. 85(3). No order for 2026, 2027 or 2028 is known.
constexpr Transfer transfers[] = {
    {.worked = 2025y / January / 5, .rested = 2025y / January / 3},
};

}  // namespace

WorkCalendar WorkCalendar::kazakhstan() {
    return WorkCalendar{{.first = 2025y,
                         .last = 2028y,
                         .holidays = holidays,
                         .yearly_days_off = yearly_days_off,
                         .single_days_off = single_days_off,
                         .transfers = transfers}};
}

}  // namespace kelisim::base
