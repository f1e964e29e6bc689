// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/zone.hpp"

namespace kelisim::channel {

// The hours of the night in which people are not written to unasked. They delay a message, and never swallow it.
class QuietHours {
public:
    QuietHours() = default;  // none
    // "22:00-08:00" of local time; "" for none; nothing when it is neither.
    static std::optional<QuietHours> parse(std::string_view text);

    // The first instant from `now` on at which a person may be written to.
    base::Time may_write(base::Time now, const base::Zone& zone) const;

private:
    std::chrono::minutes begin_{0}, end_{0};
};

}  // namespace kelisim::channel
