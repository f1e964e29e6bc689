// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <fmt/compile.h>

namespace kelisim::base {

const Reason time_malformed{"time_malformed",
                            Kind::invalid,
                            "RFC 3339 section 5.6",
                            {"Уақыт қате жазылған; мысалы: 2026-11-22T10:00:00+05:00.",
                             "Время записано неверно; пример: 2026-11-22T10:00:00+05:00.",
                             "The time is malformed; an example: 2026-11-22T10:00:00+05:00."}};
const Reason period_malformed{
    "period_malformed",
    Kind::invalid,
    "ISO 8601-1 5.5.2",
    {"Мерзім ISO 8601 бойынша жазылады, мысалы P30D.", "Срок пишется по ISO 8601, например P30D.",
     "A period is written as in ISO 8601, for example P30D."}};

namespace {

constexpr std::int64_t years_max = 100;
constexpr std::int64_t seconds_max = years_max * 366 * 24 * 3600;

// Adds one "<number><letter>" of the date part; false when the letter does not fit.
bool add_date_part(Period& period, std::int64_t number, char letter) {
    switch (letter) {
        case 'Y':
            period.months += static_cast<int>(number * 12);
            return true;
        case 'M':
            period.months += static_cast<int>(number);
            return true;
        case 'W':
            period.days += static_cast<int>(number * 7);
            return true;
        case 'D':
            period.days += static_cast<int>(number);
            return true;
        default:
            return false;
    }
}

bool add_time_part(Period& period, std::int64_t number, char letter) {
    switch (letter) {
        case 'H':
            period.time += std::chrono::hours{number};
            return true;
        case 'M':
            period.time += std::chrono::minutes{number};
            return true;
        case 'S':
            period.time += std::chrono::seconds{number};
            return true;
        default:
            return false;
    }
}

// Reads parts whose letters come in the order of `order`, each at most once; false at the first that does not fit.
bool read_parts(std::string_view text, std::string_view order, Period& period,
                bool (*add)(Period&, std::int64_t, char)) {
    while (!text.empty()) {
        const auto letter_at = text.find_first_not_of("0123456789");
        if (letter_at == 0 || letter_at == std::string_view::npos || letter_at > 10) return false;
        const auto place = order.find(text[letter_at]);
        if (place == std::string_view::npos) return false;
        std::int64_t number = 0;
        for (char c : text.substr(0, letter_at))
            number = number * 10 + (c - '0');
        if (number > seconds_max || !add(period, number, text[letter_at])) return false;
        order.remove_prefix(place + 1);
        text.remove_prefix(letter_at + 1);
    }
    return true;
}

bool within_bounds(const Period& period) {
    return period.months <= years_max * 12 && period.days <= years_max * 366 && period.time.count() <= seconds_max;
}

}  // namespace

Result<Period> parse_period(std::string_view text) {
    if (text.size() < 3 || text.size() > 40 || text.front() != 'P') return Refusal(period_malformed);
    text.remove_prefix(1);
    const auto t = text.find('T');
    Period period;
    const std::string_view date = text.substr(0, t);
    const std::string_view time = t == std::string_view::npos ? std::string_view{} : text.substr(t + 1);
    if (t != std::string_view::npos && time.empty()) return Refusal(period_malformed);
    // Numbers are held below the bound one by one, so that no sum overflows before it is compared.
    const bool read =
        read_parts(date, "YMWD", period,
                   [](Period& p, std::int64_t n, char c) { return n <= years_max * 366 && add_date_part(p, n, c); }) &&
        read_parts(time, "HMS", period, add_time_part);
    if (!read || !within_bounds(period)) return Refusal(period_malformed);
    return period;
}

std::string to_string(const Period& period) {
    std::string out = "P";
    if (period.months != 0 && period.months % 12 == 0) {
        out += fmt::format("{}Y", period.months / 12);
    } else if (period.months != 0) {
        out += fmt::format("{}M", period.months);
    }
    if (period.days != 0) out += fmt::format("{}D", period.days);
    if (period.time.count() != 0) out += fmt::format("T{}S", period.time.count());
    return out == "P" ? "P0D" : out;
}

Time operator+(Time start, const Period& period) {
    const auto day = std::chrono::floor<std::chrono::days>(start);
    const auto time_of_day = start - day;
    std::chrono::year_month_day date{day};
    date += std::chrono::months{period.months};
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return Time{std::chrono::sys_days{date}} + std::chrono::days{period.days} + time_of_day + period.time;
}

namespace {

// Takes parts from the front of a text; once something does not fit, nothing fits any more.
class Parts {
public:
    explicit Parts(std::string_view text) : rest_(text) {}

    int digits(std::size_t count, int min, int max) {
        int value = 0;
        std::size_t read = 0;
        for (; read < count && read < rest_.size() && rest_[read] >= '0' && rest_[read] <= '9'; ++read)
            value = value * 10 + (rest_[read] - '0');
        right_ = right_ && read == count && value >= min && value <= max;
        rest_.remove_prefix(read);
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void need(char c) { right_ = take(c) && right_; }
    std::size_t digits_ahead() const { return std::min(rest_.find_first_not_of("0123456789"), rest_.size()); }
    bool all_read() const { return right_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool right_ = true;
};

Duration fraction(Parts& parts) {
    if (!parts.take('.')) return {};
    const std::size_t count = std::clamp<std::size_t>(parts.digits_ahead(), 1, 6);
    int micros = parts.digits(count, 0, 999'999);
    for (std::size_t i = count; i < 6; ++i)
        micros *= 10;
    return Duration{micros};
}

std::chrono::minutes offset(Parts& parts) {
    if (parts.take('Z')) return {};
    const bool west = parts.take('-');
    if (!west) parts.need('+');
    const int hours = parts.digits(2, 0, 23);
    parts.need(':');
    const std::chrono::minutes east{hours * 60 + parts.digits(2, 0, 59)};
    return west ? -east : east;
}

}  // namespace

Result<Time> parse_time(std::string_view text) {
    Parts parts(text);
    const int year = parts.digits(4, 1800, 9999);
    parts.need('-');
    const int month = parts.digits(2, 1, 12);
    parts.need('-');
    const int day = parts.digits(2, 1, 31);
    parts.need('T');
    const int hour = parts.digits(2, 0, 23);
    parts.need(':');
    const int minute = parts.digits(2, 0, 59);
    parts.need(':');
    const int second = parts.digits(2, 0, 59);
    const Duration part = fraction(parts);
    const std::chrono::minutes east = offset(parts);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!parts.all_read() || !date.ok()) return Refusal(time_malformed);
    return Time{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + part - east;
}

std::string to_iso8601(Time t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{t - day};
    // Compiled: every fact of the journal has one or two.
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z"), static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

}  // namespace kelisim::base
