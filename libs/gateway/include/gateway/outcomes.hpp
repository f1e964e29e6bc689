// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>

#include "access/uses.hpp"
#include "base/clock.hpp"
#include "store/writer.hpp"

namespace kelisim::gateway {

// Books what became of uses. Nobody waits for this write: if it fails, the use stays reserved until the sweep books it as
// unknown. Thread-safe; what it was made from outlives it.
class Outcomes {
public:
    Outcomes(store::Writer& writer, const access::Uses& uses, const base::Clock& clock)
        : writer_(writer), uses_(uses), clock_(clock) {}

    // `answer`: to be kept for repeats.
    void book(consent::UseId id, consent::UseState state, std::optional<records::StoredAnswer> answer);
    // Those that could not be written.
    std::uint64_t lost() const { return lost_; }

private:
    store::Writer& writer_;
    const access::Uses& uses_;
    const base::Clock& clock_;
    std::atomic<std::uint64_t> lost_{0};
};

}  // namespace kelisim::gateway
