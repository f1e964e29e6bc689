// SPDX-License-Identifier: Apache-2.0
#include "base/zone.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <optional>

namespace kelisim::base {

namespace {

struct Local {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

Local local(Time t, std::chrono::seconds offset) {
    const auto shifted = std::chrono::floor<std::chrono::seconds>(t) + offset;
    const auto day = std::chrono::floor<std::chrono::days>(shifted);
    return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss{shifted - day}};
}

unsigned month_of(const Local& l) {
    return static_cast<unsigned>(l.date.month());
}
unsigned day_of(const Local& l) {
    return static_cast<unsigned>(l.date.day());
}
int year_of(const Local& l) {
    return static_cast<int>(l.date.year());
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

std::optional<std::chrono::year_month_day> read_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                           std::chrono::day{*day}};
    return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace

bool is_day(std::string_view text) {
    return read_day(text).has_value();
}

std::int32_t Zone::day_number(Time t) const {
    const auto shifted = std::chrono::floor<std::chrono::seconds>(t) + offset(t);
    return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(shifted).time_since_epoch().count());
}

std::string Zone::day(Time t) const {
    const Local l = local(t, offset(t));
    return fmt::format("{:04}-{:02}-{:02}", year_of(l), month_of(l), day_of(l));
}

std::string Zone::date(Time t) const {
    const Local l = local(t, offset(t));
    return fmt::format("{:02}.{:02}.{:04}", day_of(l), month_of(l), year_of(l));
}

std::string Zone::date_and_time(Time t) const {
    const Local l = local(t, offset(t));
    return fmt::format("{:02}.{:02} {:02}:{:02}", day_of(l), month_of(l), l.time.hours().count(),
                       l.time.minutes().count());
}

Time Zone::end_of_day(std::string_view day) const {
    const auto date = read_day(day);
    if (!date) throw Outage("a calendar day is none");
    const Time midnight{std::chrono::sys_days{*date} + std::chrono::days{1}};
    // The offset at that local midnight: asked once at the UTC one and once at the instant found.
    return midnight - offset(midnight - offset(midnight));
}

ProcessZone::ProcessZone(const std::string& name) {
    const std::string file = "/usr/share/zoneinfo/" + name;
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos ||
        ::access(file.c_str(), R_OK) != 0) {
        throw Outage("tzdata has no zone " + name);
    }
    ::setenv("TZ", name.c_str(), 1);
    ::tzset();
}

std::chrono::seconds ProcessZone::offset(Time t) const {
    const std::time_t seconds = to_seconds(t);
    std::tm fields{};
    if (::localtime_r(&seconds, &fields) == nullptr) throw Outage("a time has no local form");
    return std::chrono::seconds{fields.tm_gmtoff};
}

}  // namespace kelisim::base
