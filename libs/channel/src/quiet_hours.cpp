// SPDX-License-Identifier: Apache-2.0
#include "channel/quiet_hours.hpp"

#include "base/text.hpp"

namespace kelisim::channel {

namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

// "08:00"
std::optional<minutes> read_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto two = [&](std::size_t at) {
        const bool digits = text[at] >= '0' && text[at] <= '9' && text[at + 1] >= '0' && text[at + 1] <= '9';
        return digits ? (text[at] - '0') * 10 + (text[at + 1] - '0') : -1;
    };
    const int hours = two(0), rest = two(3);
    if (hours < 0 || hours > 23 || rest < 0 || rest > 59) return std::nullopt;
    return hours * 60min + minutes{rest};
}

}  // namespace

std::optional<QuietHours> QuietHours::parse(std::string_view text) {
    QuietHours hours;
    if (text.empty()) return hours;
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    const auto begin = read_time(text.substr(0, 5)), end = read_time(text.substr(6));
    if (!begin || !end || *begin == *end) return std::nullopt;
    hours.begin_ = *begin;
    hours.end_ = *end;
    return hours;
}

base::Time QuietHours::may_write(base::Time now, const base::Zone& zone) const {
    const auto local = now.time_since_epoch() + zone.offset(now);
    const base::Duration of_day = local - std::chrono::floor<std::chrono::days>(local);
    const bool over_midnight = begin_ > end_;
    const bool quiet = over_midnight ? of_day >= begin_ || of_day < end_ : of_day >= begin_ && of_day < end_;
    if (!quiet) return now;
    const base::Duration until = end_ - of_day;
    return now + (until > 0s ? until : until + 24h);
}

}  // namespace kelisim::channel
