// SPDX-License-Identifier: Apache-2.0
// The zone in which people read times and in which calendar days begin and end (1277 п.10: local time with its offset).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace kelisim::base {

// Whether a text is a day of the calendar as "2026-11-22".
bool is_day(std::string_view text);

// Thread-safe.
class Zone {
public:
    virtual ~Zone() = default;
    virtual std::chrono::seconds offset(Time t) const = 0;  // east of UTC

    std::int32_t day_number(Time t) const;    // local days since 1970-01-01
    std::string day(Time t) const;            // "2026-11-22"
    std::string date(Time t) const;           // "22.11.2026", as people write
    std::string date_and_time(Time t) const;  // "22.11 03:27"
    // The first instant after a day written "2026-11-22". Throws Outage when the text is none: it comes from our data.
    Time end_of_day(std::string_view day) const;
};

class FixedZone final : public Zone {
public:
    explicit FixedZone(std::chrono::seconds offset) : offset_(offset) {}
    std::chrono::seconds offset(Time) const override { return offset_; }

private:
    std::chrono::seconds offset_;
};

// The zone of the process, from tzdata. The composition root sets it once, before any thread starts.
class ProcessZone final : public Zone {
public:
    // Sets the zone of the process. Throws Outage when tzdata has no such zone: UTC instead of it would go unnoticed.
    explicit ProcessZone(const std::string& name);
    std::chrono::seconds offset(Time t) const override;
};

}  // namespace kelisim::base
