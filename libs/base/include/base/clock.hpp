// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kelisim::base {

// Stored and compared in UTC microseconds; zones only appear where a person reads.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

inline std::int64_t to_micros(Time t) {
    return t.time_since_epoch().count();
}
inline Time from_micros(std::int64_t micros) {
    return Time{Duration{micros}};
}
inline std::int64_t to_seconds(Time t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

// The one source of "now", made in the composition root. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
};

// Another clock, moved: the sandbox plays days in seconds. Thread-safe.
class MovedClock final : public Clock {
public:
    MovedClock(const Clock& clock, Duration offset) : clock_(clock), offset_(offset.count()) {}
    Time now() const override { return clock_.now() + offset(); }
    Duration offset() const { return Duration{offset_.load()}; }
    void advance(Duration by) { offset_ += by.count(); }

private:
    const Clock& clock_;
    std::atomic<std::int64_t> offset_;
};

// ISO 8601 duration of days and time, "P30D", "P1Y", "PT15M": a calendar part is added on the UTC calendar.
struct Period {
    int months = 0;
    int days = 0;
    std::chrono::seconds time{0};

    bool operator==(const Period&) const = default;
};

extern const Reason period_malformed;

// Years, months, weeks, days, hours, minutes, seconds; no fractions, no sign, at least one part, at most 100 years.
Result<Period> parse_period(std::string_view text);
std::string to_string(const Period& period);
// The end of the period that begins at `start`; the last day of a shorter month stands for a day that it lacks.
Time operator+(Time start, const Period& period);

// "2026-11-21T22:27:00.000000Z"
std::string to_iso8601(Time t);

extern const Reason time_malformed;
// A date-time of RFC 3339 5.6, with its offset ("Z", "+05:00"); at most six digits of a second, no leap second, years
// from 1800 to 9999: whoever lives now was born after it.
Result<Time> parse_time(std::string_view text);

}  // namespace kelisim::base
