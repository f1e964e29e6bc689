// SPDX-License-Identifier: Apache-2.0
#include "deadline.hpp"

namespace kelisim::access {

std::optional<base::Time> after_working_days(const base::Zone& zone, base::Time from, std::uint32_t days) {
    static const base::WorkCalendar calendar = base::WorkCalendar::kazakhstan();
    const std::chrono::local_days today{std::chrono::days{zone.day_number(from)}};
    const auto last = calendar.add_working_days(today, days);
    if (last.has_error()) return std::nullopt;
    const base::Time midnight{(*last + std::chrono::days{1}).time_since_epoch()};
    return midnight - zone.offset(midnight);
}

}  // namespace kelisim::access
