// SPDX-License-Identifier: Apache-2.0
#include "store/alarm.hpp"

#include <algorithm>
#include <chrono>

namespace kelisim::store {
namespace {

constexpr base::Duration look_at_clock_every = std::chrono::minutes{1};

}  // namespace

void Alarm::expect(base::Time due) {
    {
        const std::lock_guard lock(mutex_);
        if (due >= earliest_) return;
        earliest_ = due;
    }
    changed_.notify_one();
}

void Alarm::ring() {
    {
        const std::lock_guard lock(mutex_);
        rung_ = true;
    }
    changed_.notify_one();
}

void Alarm::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

bool Alarm::sleep(const base::Clock& clock, std::optional<base::Time> until) {
    std::unique_lock lock(mutex_);
    if (until) earliest_ = std::min(earliest_, *until);
    while (!closed_ && !rung_) {
        const base::Time now = clock.now();
        if (earliest_ <= now) break;
        // Compared as times first: the distance to Time::max() does not fit into a Duration.
        const bool near = earliest_ < now + look_at_clock_every;
        changed_.wait_for(lock, near ? earliest_ - now : look_at_clock_every);
    }
    rung_ = false;
    earliest_ = base::Time::max();
    return !closed_;
}

}  // namespace kelisim::store
