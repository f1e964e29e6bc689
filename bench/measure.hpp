// SPDX-License-Identifier: Apache-2.0
// What the programs of this folder share: windows of time, latencies, and the one line of JSON that bench/run reads.
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/writer.hpp"

namespace kelisim::bench {

using SteadyClock = std::chrono::steady_clock;

// A directory of its own under `parent`, which decides on which disk is measured; removed at the end.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(const std::filesystem::path& parent);
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Plan {
    std::chrono::milliseconds warm_up{2000};
    std::chrono::milliseconds window{5000};
    int windows = 3;
};

struct Measured {
    std::vector<double> rates;  // a second, one for each window
    // Processor time for one operation over all windows: it moves less than the rates when others use the machine.
    double writer_us = 0;   // of the writer's thread, which is one
    double process_us = 0;  // of all threads
};

// The growth of `count`, read while others work. Returns when the last window is over.
Measured measure(const std::atomic<std::uint64_t>& count, store::Writer& writer, const Plan& plan);

boost::json::object to_json(const Measured& measured);

// p50, p99, max in microseconds.
boost::json::object quantiles(std::vector<SteadyClock::duration> latencies);

void print(const boost::json::object& result);

}  // namespace kelisim::bench
