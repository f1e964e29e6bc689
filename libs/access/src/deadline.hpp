// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/calendar.hpp"
#include "base/zone.hpp"

namespace kelisim::access {

// The first instant after the last of so many working days, in the zone of the service. Nothing where the calendar does
// not know the year: nobody guesses a holiday.
std::optional<base::Time> after_working_days(const base::Zone& zone, base::Time from, std::uint32_t days);

}  // namespace kelisim::access
