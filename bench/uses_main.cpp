// SPDX-License-Identifier: Apache-2.0
// bench_uses DIR: use decisions with their durable record, on the disk of DIR: as many as go, each followed by its
// outcome as the gateway does, which nobody waits for; then what a caller waits at a fixed rate.
#include <boost/json/array.hpp>
#include <iostream>
#include <thread>

#include "consents.hpp"
#include "measure.hpp"
#include "uses.hpp"

namespace kelisim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t persons = 20'000, consents_wanted = 10'000;
constexpr std::size_t rate = 10'000;  // half of the budgeted 20,000 a second
constexpr auto rate_time = 5s, patience = 3s;

std::vector<Granted> grant(Installation& installation) {
    const Consents consents(installation, 2'000);
    while (consents.completed() < consents_wanted)
        std::this_thread::sleep_for(10ms);
    return consents.granted();
}

UseTarget target(Installation& in) {
    return {.writer = in.database->writer(), .uses = in.uses, .clock = in.clock, .receiver = in.bank().key};
}

boost::json::object saturate(Installation& installation, const std::vector<Granted>& granted, Outcomes outcomes) {
    std::atomic<std::uint64_t> decided{0};
    std::atomic<bool> stopping{false};
    std::thread load([&] {
        Uses uses(target(installation), granted, outcomes);
        while (!stopping)
            uses.decide([&] { ++decided; });
    });
    const Measured measured =
        measure(decided, installation.database->writer(), {.warm_up = 1500ms, .window = 3000ms, .windows = 3});
    stopping = true;
    load.join();
    return to_json(measured);
}

int run(const char* parent) {
    const TemporaryDirectory directory(parent);
    Installation installation(directory.path() / "data", persons);
    const std::vector<Granted> granted = grant(installation);
    const auto booked = saturate(installation, granted, Outcomes::booked);
    const auto left = saturate(installation, granted, Outcomes::left);
    boost::json::array latencies;
    for (int i = 0; i < 3; ++i)
        latencies.push_back(
            quantiles(at_rate(target(installation), granted, {.rate = rate, .time = rate_time, .patience = patience})));
    print({{"booked", booked},
           {"left", left},
           {"rate", rate},
           {"latencies_us", std::move(latencies)},
           {"checkpoints", installation.database->statistics().checkpoints},
           {"consents", granted.size()}});
    return 0;
}

}  // namespace
}  // namespace kelisim::bench

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "usage: bench_uses DIR\n";
        return 2;
    }
    return kelisim::bench::run(words[1]);
}
