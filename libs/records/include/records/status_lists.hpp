// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Which status lists there are; what they say stands with the tokens. Thread-safe: without state.
class StatusLists {
public:
    // Again is no harm. `ends`: when the last token that can stand in it is over.
    void add(store::WriteSession& session, std::int64_t number, base::Time ends) const;
    // The highest number that was given, 0 before the first. A number is never given twice.
    std::int64_t last(store::ReadSession& session) const;
    std::optional<base::Time> ends(store::ReadSession& session, std::int64_t number) const;
    // Those that are not over, oldest first.
    std::vector<std::int64_t> live(store::ReadSession& session, base::Time now, std::size_t max) const;
    // All that are over, but for the highest number.
    std::size_t forget_old(store::WriteSession& session, base::Time now) const;
};

}  // namespace kelisim::records
