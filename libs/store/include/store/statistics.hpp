// SPDX-License-Identifier: Apache-2.0
// What a store tells telemetry about itself: plain numbers, no metric library.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kelisim::store {

// Counts durations in buckets that double: bucket i holds what took less than 2^i microseconds and not less than the
// bucket before it, the last one everything longer (over 4 s). Thread-safe.
class Histogram {
public:
    static constexpr std::size_t buckets = 24;

    struct Snapshot {
        std::array<std::uint64_t, buckets> counts{};
        std::uint64_t count = 0;
        std::chrono::microseconds sum{0};

        // The upper bound of the bucket in which the given part of all durations ends, 0 when there are none.
        std::chrono::microseconds quantile(double part) const;
    };

    static std::chrono::microseconds upper_bound(std::size_t bucket) {
        return std::chrono::microseconds{1LL << bucket};
    }

    void add(std::chrono::nanoseconds duration);
    Snapshot snapshot() const;

private:
    std::array<std::atomic<std::uint64_t>, buckets> counts_{};
    std::atomic<std::int64_t> sum_micros_{0};
};

struct Statistics {
    std::uint64_t units = 0;           // answered, whatever the answer
    std::uint64_t batches = 0;         // committed, or tried
    std::uint64_t failed_batches = 0;  // every unit in them was answered with Unavailable or Ambiguous
    std::uint64_t reopens = 0;         // times the engine was reopened after a failure
    std::uint64_t checkpoints = 0;     // passes that copied the log into the database
    std::uint64_t failed_checkpoints = 0;
    std::uint64_t log_resets = 0;  // times the write-ahead log began again from its start
    std::size_t queue_units = 0;   // waiting now
    std::uint64_t log_bytes = 0;   // length of the write-ahead log in use
    Histogram::Snapshot commit;    // duration of COMMIT alone
    Histogram::Snapshot batch;     // from taking the first unit to the last acknowledgement
};

}  // namespace kelisim::store
