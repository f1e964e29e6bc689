// SPDX-License-Identifier: Apache-2.0
#include "base/calendar.hpp"

#include <stdexcept>

namespace kelisim::base {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

const Reason calendar_year_unknown{
    "calendar_year_unknown",
    Kind::invalid,
    "Трудовой кодекс ст.84, 85",
    {"Бұл жылдың өндірістік күнтізбесі әлі енгізілмеген", "Производственный календарь этого года ещё не внесён",
     "The production calendar of that year has not been entered yet"}};

namespace {

local_days existing(const year_month_day& date) {
    if (!date.ok()) throw std::invalid_argument("a date of the calendar does not exist");
    return local_days{date};
}

bool weekend(local_days day) {
    const std::chrono::weekday weekday{day};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

}  // namespace

WorkCalendar::WorkCalendar(const CalendarData& data)
    : first_(existing(data.first / std::chrono::January / 1)), last_(existing(data.last / std::chrono::December / 31)) {
    if (last_ < first_) throw std::invalid_argument("the calendar covers no year");
    off_.assign(index(last_) + 1, false);
    rest_on_weekends(data.transfers);
    rest_on_religious_days(data);
    rest_on_holidays(data.holidays);
}

bool WorkCalendar::covers(local_days day) const {
    return first_ <= day && day <= last_;
}

std::size_t WorkCalendar::index(local_days day) const {
    return static_cast<std::size_t>((day - first_).count());
}

void WorkCalendar::rest(local_days day) {
    if (covers(day)) off_[index(day)] = true;
}

void WorkCalendar::rest_on_weekends(std::span<const Transfer> transfers) {
    for (auto day = first_; day <= last_; day += days{1}) {
        if (weekend(day)) rest(day);
    }
    for (const auto& transfer : transfers) {
        const auto worked = existing(transfer.worked);
        if (covers(worked)) off_[index(worked)] = false;
        rest(existing(transfer.rested));
    }
}

void WorkCalendar::rest_on_religious_days(const CalendarData& data) {
    for (auto year = data.first; year <= data.last; ++year) {
        for (const auto& day : data.yearly_days_off)
            rest(existing(year / day));
    }
    for (const auto& date : data.single_days_off)
        rest(existing(date));
}

void WorkCalendar::rest_on_holidays(std::span<const Holiday> holidays) {
    std::vector<local_days> coinciding;
    for (auto year = year_month_day{first_}.year(); year <= year_month_day{last_}.year(); ++year) {
        for (const auto& holiday : holidays) {
            if (year < holiday.first || holiday.last < year) continue;
            const auto day = existing(year / holiday.day);
            if (off(day)) coinciding.push_back(day);
            rest(day);
        }
    }
    // Only now: the day after a holiday may be a holiday itself, as in Nauryz.
    for (const auto day : coinciding)
        rest_on_next_working_day(day);
}

void WorkCalendar::rest_on_next_working_day(local_days after) {
    for (auto day = after + days{1}; covers(day); day += days{1}) {
        if (!off(day)) return rest(day);
    }
}

Result<bool> WorkCalendar::working(local_days day) const {
    if (!covers(day)) return calendar_year_unknown;
    return !off(day);
}

Result<local_days> WorkCalendar::add_working_days(local_days from, std::uint32_t days_left) const {
    if (!covers(from)) return calendar_year_unknown;
    auto day = from;
    while (days_left > 0) {
        day += days{1};
        if (!covers(day)) return calendar_year_unknown;
        if (!off(day)) --days_left;
    }
    return day;
}

}  // namespace kelisim::base
