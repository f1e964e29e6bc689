// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace kelisim::base {

// The year of a date, or of a deadline, is outside the data of the calendar: nobody guesses a holiday.
extern const Reason calendar_year_unknown;

// A national or state holiday. Where it falls on a day off, the next working day after it is off instead
// (Law on holidays art. 5).
struct Holiday {
    std::chrono::month_day day;
    std::chrono::year first{0};     // first year in which it is celebrated on this day
    std::chrono::year last{32767};  // last such year
};

// A day off for a five-day week that the authorized body for labour moved to a working day (Labour Code art. 85(3)).
struct Transfer {
    std::chrono::year_month_day worked;  // was a day off, is worked
    std::chrono::year_month_day rested;  // was a working day, is off
};

// What acts and announcements say, apart from the arithmetic; calendar_data.cpp holds that of Kazakhstan.
struct CalendarData {
    std::chrono::year first;
    std::chrono::year last;
    std::span<const Holiday> holidays;
    // Religious days off (Labour Code art. 84(5)): where they fall on a day off, nothing moves.
    std::span<const std::chrono::month_day> yearly_days_off;
    std::span<const std::chrono::year_month_day> single_days_off;
    std::span<const Transfer> transfers;
};

// The production calendar of a five-day week. Immutable, so thread-safe. Dates are local ones: which day it is in the
// configured zone is for the caller to know.
class WorkCalendar {
public:
    // 2025 to 2028; docs/calendar.md names the sources and what is still to be announced.
    static WorkCalendar kazakhstan();
    // `data` is read once. Throws std::invalid_argument when a date in it does not exist or no year is covered.
    explicit WorkCalendar(const CalendarData& data);

    // Refused with calendar_year_unknown outside the years of the data.
    Result<bool> working(std::chrono::local_days day) const;
    // The last day of a term of so many working days, counted from the day after `from`, which may be a day off itself.
    // A term of no days ends on `from`. Refused with calendar_year_unknown when any day of it is outside the data.
    Result<std::chrono::local_days> add_working_days(std::chrono::local_days from, std::uint32_t days) const;

private:
    bool covers(std::chrono::local_days day) const;
    std::size_t index(std::chrono::local_days day) const;
    bool off(std::chrono::local_days day) const { return off_[index(day)]; }
    void rest(std::chrono::local_days day);
    void rest_on_weekends(std::span<const Transfer> transfers);
    void rest_on_religious_days(const CalendarData& data);
    void rest_on_holidays(std::span<const Holiday> holidays);
    void rest_on_next_working_day(std::chrono::local_days after);

    std::chrono::local_days first_;
    std::chrono::local_days last_;
    std::vector<bool> off_;  // one for each day from first_ to last_
};

}  // namespace kelisim::base
