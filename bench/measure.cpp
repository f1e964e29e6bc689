// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "base/result.hpp"

namespace kelisim::bench {

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent) {
    std::filesystem::create_directories(parent);
    std::string name = (parent / "bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw base::Outage("no temporary directory in " + parent.string());
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;  // leftovers spoil no figure, and bench/run removes the parent
    std::filesystem::remove_all(path_, ignored);
}

std::vector<double> rates(const std::atomic<std::uint64_t>& count, const Plan& plan) {
    std::this_thread::sleep_for(plan.warm_up);
    std::vector<double> rates;
    for (int i = 0; i < plan.windows; ++i) {
        const auto start = SteadyClock::now();
        const std::uint64_t before = count;
        std::this_thread::sleep_for(plan.window);
        const std::chrono::duration<double> took = SteadyClock::now() - start;
        rates.push_back(static_cast<double>(count - before) / took.count());
    }
    return rates;
}

boost::json::object quantiles(std::vector<SteadyClock::duration>& latencies) {
    if (latencies.empty()) throw base::Outage("nothing was measured");
    std::sort(latencies.begin(), latencies.end());
    const auto micros = [&](std::size_t at) {
        return std::chrono::duration<double, std::micro>(latencies[at]).count();
    };
    const std::size_t size = latencies.size();
    return {{"count", size}, {"p50", micros(size / 2)}, {"p99", micros(size * 99 / 100)}, {"max", micros(size - 1)}};
}

void print(const boost::json::object& result) {
    std::cout << boost::json::serialize(result) << std::endl;
}

}  // namespace kelisim::bench
