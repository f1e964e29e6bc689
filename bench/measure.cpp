// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <thread>

#include "base/result.hpp"

namespace kelisim::bench {

namespace {

// Processor time so far.
struct Used {
    double writer_us = 0, process_us = 0;
};

double micros(clockid_t clock) {
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) throw base::Outage("no clock of processor time");
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

Used used(store::Writer& writer) {
    const double on_writer = store::run(writer, [](store::WriteSession&) { return micros(CLOCK_THREAD_CPUTIME_ID); });
    return {.writer_us = on_writer, .process_us = micros(CLOCK_PROCESS_CPUTIME_ID)};
}

}  // namespace

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

Measured measure(const std::atomic<std::uint64_t>& count, store::Writer& writer, const Plan& plan) {
    std::this_thread::sleep_for(plan.warm_up);
    Measured measured;
    const Used before = used(writer);
    const std::uint64_t first = count;
    for (int i = 0; i < plan.windows; ++i) {
        const auto start = SteadyClock::now();
        const std::uint64_t begin = count;
        std::this_thread::sleep_for(plan.window);
        const std::chrono::duration<double> took = SteadyClock::now() - start;
        measured.rates.push_back(static_cast<double>(count - begin) / took.count());
    }
    const auto operations = static_cast<double>(count - first);
    const Used after = used(writer);
    measured.writer_us = (after.writer_us - before.writer_us) / operations;
    measured.process_us = (after.process_us - before.process_us) / operations;
    return measured;
}

boost::json::object to_json(const Measured& measured) {
    return {{"rates", boost::json::value_from(measured.rates)},
            {"writer_us", measured.writer_us},
            {"process_us", measured.process_us}};
}

boost::json::object quantiles(std::vector<SteadyClock::duration> latencies) {
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
