// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/clock.hpp"

namespace kelisim::store {

// Lets one thread sleep until the earliest due time, and others wake it when an earlier one appears. Thread-safe.
class Alarm {
public:
    // Something will be due at `due`: wakes the sleeper if it would sleep longer.
    void expect(base::Time due);
    // The clock was moved, or the sleeper shall look again for another reason.
    void ring();
    // From now on nobody sleeps.
    void close();

    // Returns at `until` (never, without one) by the given clock, at an earlier expected time, or when rung; false when
    // closed. What is expected or rung between two calls is not lost, so look at the database after each return. The
    // clock is asked at least once a minute: it may be stepped by the operator of the machine.
    bool sleep(const base::Clock& clock, std::optional<base::Time> until);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    base::Time earliest_ = base::Time::max();
    bool rung_ = false;
    bool closed_ = false;
};

}  // namespace kelisim::store
