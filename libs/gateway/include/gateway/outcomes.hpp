// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>

#include "access/exchanges.hpp"
#include "access/uses.hpp"
#include "base/clock.hpp"
#include "store/writer.hpp"

namespace kelisim::gateway {

// Books what became of uses, and of calls. Nobody waits for this write: if it fails, the use stays reserved until the sweep books
// it as unknown, and the call is no exchange. Thread-safe; what it was made from outlives it.
class Outcomes {
public:
    Outcomes(store::Writer& writer, const access::Uses& uses, const access::Exchanges& exchanges,
             const base::Clock& clock)
        : writer_(writer), uses_(uses), exchanges_(exchanges), clock_(clock) {}

    // `answer`: to be kept for repeats.
    void book(consent::UseId id, consent::UseState state, std::optional<records::StoredAnswer> answer);
    // What a call came to, in a unit of its party's own that goes to the disk with that of the use.
    void note(records::Exchange exchange);
    // Those that could not be written.
    std::uint64_t lost() const { return lost_; }

private:
    store::Writer& writer_;
    const access::Uses& uses_;
    const access::Exchanges& exchanges_;
    const base::Clock& clock_;
    std::atomic<std::uint64_t> lost_{0};
};

}  // namespace kelisim::gateway
