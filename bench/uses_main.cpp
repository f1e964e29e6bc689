// SPDX-License-Identifier: Apache-2.0
// bench_uses DIR: use decisions with their durable record, on the disk of DIR: as many as go, each followed by its
// outcome as the gateway does, which nobody waits for; then what a caller waits at a fixed rate.
#include <boost/json/array.hpp>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "consents.hpp"
#include "measure.hpp"

namespace kelisim::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t persons = 20'000, consents_wanted = 10'000, in_flight = 4'000;
constexpr std::size_t rate = 10'000;  // half of the budgeted 20,000 a second
constexpr auto rate_time = 5s;
constexpr auto patience = rate_time + 3s;  // a writer that falls behind for good need not be watched to the end

enum class Outcomes { booked, left };

// Decisions under way, at most so many.
class Uses {
public:
    Uses(Installation& installation, const std::vector<Granted>& granted, Outcomes outcomes)
        : in_(installation), granted_(granted), outcomes_(outcomes) {}
    ~Uses() { wait_until_idle(); }
    Uses(const Uses&) = delete;
    Uses& operator=(const Uses&) = delete;

    // Submits one decision; `decided` runs on the writer's thread.
    template <class F>
    void decide(F decided) {
        const Granted& granted = granted_[next_++ % granted_.size()];
        const access::UseCommand command{.token = granted.token,
                                         .receiver = in_.bank().key,
                                         .service = "GBDFLUniversal_token",
                                         .purpose = {},
                                         .fields = {"surname", "name"},
                                         .acts = {},
                                         .persons = {granted.subject},
                                         .idempotency_key = {},
                                         .digest = {}};
        enter();
        book_outcomes();
        store::submit(
            in_.database->writer(),
            [this, command, now = in_.clock.now()](store::WriteSession& session) {
                return in_.uses.reserve(session, command, now);
            },
            [this, decided](store::Outcome<access::UseDecision> outcome) noexcept {
                if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
                decided();
                leave(std::get<access::Reserved>(std::get<0>(outcome)).id);
            });
    }

    void wait_until_idle() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ == 0; });
        lock.unlock();
        book_outcomes();
        store::run(in_.database->writer(), [](store::WriteSession&) {});
    }

private:
    void enter() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ < in_flight; });
        ++inside_;
    }
    void leave(consent::UseId id) {
        const std::lock_guard lock(mutex_);
        if (outcomes_ == Outcomes::booked) reserved_.push_back(id);
        if (--inside_ == in_flight / 2 || inside_ == 0) changed_.notify_all();
    }
    void book_outcomes() {
        std::vector<consent::UseId> reserved;
        {
            const std::lock_guard lock(mutex_);
            reserved.swap(reserved_);
        }
        for (const consent::UseId id : reserved) {
            store::submit(
                in_.database->writer(),
                [this, id, now = in_.clock.now()](store::WriteSession& session) {
                    in_.uses.conclude(session, id, consent::UseState::delivered, std::nullopt, now);
                },
                [](store::Outcome<std::monostate> outcome) noexcept {
                    if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
                });
        }
    }

    Installation& in_;
    const std::vector<Granted>& granted_;
    const Outcomes outcomes_;
    std::size_t next_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t inside_ = 0;
    std::vector<consent::UseId> reserved_;
};

std::vector<Granted> grant(Installation& installation) {
    const Consents consents(installation, 2'000);
    while (consents.completed() < consents_wanted)
        std::this_thread::sleep_for(10ms);
    return consents.granted();
}

boost::json::object saturate(Installation& installation, const std::vector<Granted>& granted, Outcomes outcomes) {
    std::atomic<std::uint64_t> decided{0};
    std::atomic<bool> stopping{false};
    std::thread load([&] {
        Uses uses(installation, granted, outcomes);
        while (!stopping)
            uses.decide([&] { ++decided; });
    });
    const Measured measured =
        measure(decided, installation.database->writer(), {.warm_up = 1500ms, .window = 3000ms, .windows = 3});
    stopping = true;
    load.join();
    return to_json(measured);
}

// Each decision is due at its time, and its latency counts from then: a writer that stalls is not spared those behind.
boost::json::object at_rate(Installation& installation, const std::vector<Granted>& granted) {
    const std::size_t count = rate * static_cast<std::size_t>(rate_time.count());
    std::vector<SteadyClock::duration> latencies(count);
    std::size_t submitted = 0;
    {
        Uses uses(installation, granted, Outcomes::booked);
        const auto start = SteadyClock::now();
        for (; submitted < count && SteadyClock::now() < start + patience; ++submitted) {
            const auto due = start + std::chrono::nanoseconds(1'000'000'000ULL * submitted / rate);
            std::this_thread::sleep_until(due);
            uses.decide([&latencies, i = submitted, due] { latencies[i] = SteadyClock::now() - due; });
        }
    }
    latencies.resize(submitted);
    return quantiles(latencies);
}

int run(const char* parent) {
    const TemporaryDirectory directory(parent);
    Installation installation(directory.path() / "data", persons);
    const std::vector<Granted> granted = grant(installation);
    const auto booked = saturate(installation, granted, Outcomes::booked);
    const auto left = saturate(installation, granted, Outcomes::left);
    boost::json::array latencies;
    for (int i = 0; i < 3; ++i)
        latencies.push_back(at_rate(installation, granted));
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
