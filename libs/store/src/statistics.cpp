// SPDX-License-Identifier: Apache-2.0
#include "store/statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kelisim::store {

void Histogram::add(std::chrono::nanoseconds duration) {
    const auto micros = std::max<std::int64_t>(0, duration.count() / 1000);
    const auto bucket = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(micros)));
    counts_[std::min(bucket, buckets - 1)].fetch_add(1, std::memory_order_relaxed);
    sum_micros_.fetch_add(micros, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
    Snapshot snapshot;
    for (std::size_t i = 0; i < buckets; ++i) {
        snapshot.counts[i] = counts_[i].load(std::memory_order_relaxed);
        snapshot.count += snapshot.counts[i];
    }
    snapshot.sum = std::chrono::microseconds{sum_micros_.load(std::memory_order_relaxed)};
    return snapshot;
}

std::chrono::microseconds Histogram::Snapshot::quantile(double part) const {
    if (count == 0) return std::chrono::microseconds{0};
    const auto wanted = static_cast<std::uint64_t>(std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(count)));
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    for (; bucket < buckets - 1; ++bucket) {
        seen += counts[bucket];
        if (seen >= std::max<std::uint64_t>(1, wanted)) break;
    }
    return upper_bound(bucket);
}

}  // namespace kelisim::store
