// SPDX-License-Identifier: Apache-2.0
// Budget: at saturation over 60,000 trivial durable units a second; a unit alone under two fdatasync; p99 at half load
// within ten times the p99 of fdatasync, checkpoints included (docs: figures). fdatasync is measured in the same run.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "test_support.hpp"

namespace kelisim::store_sqlite {
namespace {

using SteadyClock = std::chrono::steady_clock;

const store::Statement insert{"bench_insert", "INSERT INTO bench_use (bucket, consent, at) VALUES (?1, ?2, ?3)"};

store::Migrations bench_schema() {
    static const auto all = [] {
        std::vector<store::Migration> steps(migrations().begin(), migrations().end());
        steps.push_back({static_cast<int>(steps.size()) + 1, "bench",
                         "CREATE TABLE bench_use (id INTEGER NOT NULL PRIMARY KEY, bucket INTEGER NOT NULL,"
                         " consent BLOB NOT NULL, at INTEGER NOT NULL) STRICT;"});
        return steps;
    }();
    return all;
}

Options bench_options(const std::filesystem::path& directory) {
    Options options;
    options.directory = directory;
    options.schema = bench_schema();
    return options;
}

void insert_one(store::WriteSession& session) {
    static constexpr std::array<std::uint8_t, 16> consent{1, 2, 3};
    session.execute(insert, {7, base::BytesView{consent}, std::int64_t{1'763'764'606'000'000}});
}

class Latencies {
public:
    explicit Latencies(std::size_t count) : all_(count) {}
    void set(std::size_t i, SteadyClock::duration latency) { all_[i] = latency; }
    void report(benchmark::State& state) {
        std::sort(all_.begin(), all_.end());
        state.counters["p50_us"] = micros(all_[all_.size() / 2]);
        state.counters["p99_us"] = micros(all_[all_.size() * 99 / 100]);
        state.counters["p999_us"] = micros(all_[all_.size() * 999 / 1000]);
        state.counters["max_us"] = micros(all_.back());
    }

private:
    static double micros(SteadyClock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

    std::vector<SteadyClock::duration> all_;
};

// Counts the acknowledgements; the caller waits for the last or for room.
class Window {
public:
    explicit Window(std::size_t limit) : limit_(limit) {}
    void enter() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ < limit_; });
        ++inside_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--inside_ == limit_ / 2 || inside_ == 0) changed_.notify_all();
    }
    void wait_until_empty() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ == 0; });
    }

private:
    const std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t inside_ = 0;
};

void report(benchmark::State& state, const store::Statistics& statistics) {
    state.counters["units_per_batch"] = static_cast<double>(statistics.units) / static_cast<double>(statistics.batches);
    state.counters["commit_p99_us"] = static_cast<double>(statistics.commit.quantile(0.99).count());
    state.counters["log_resets"] = static_cast<double>(statistics.log_resets);
    state.counters["log_mib"] = static_cast<double>(statistics.log_bytes) / 1048576.0;
}

// As many units as the writer takes.
void saturated(benchmark::State& state) {
    constexpr std::size_t units = 600'000;
    for (auto _ : state) {
        const test::TemporaryDirectory directory;
        const auto options = bench_options(directory.path() / "data");
        init(options);
        const auto database = Database::open(options);
        Window window(8'192);
        Latencies latencies(units);
        const auto start = SteadyClock::now();
        for (std::size_t i = 0; i < units; ++i) {
            window.enter();
            store::submit(database->writer(), insert_one, [&, i, at = SteadyClock::now()](auto outcome) noexcept {
                if (outcome.index() != 0) std::terminate();
                latencies.set(i, SteadyClock::now() - at);
                window.leave();
            });
        }
        window.wait_until_empty();
        const auto took = SteadyClock::now() - start;
        state.SetIterationTime(std::chrono::duration<double>(took).count());
        state.counters["units_per_s"] = static_cast<double>(units) / std::chrono::duration<double>(took).count();
        latencies.report(state);
        report(state, database->statistics());
    }
}
BENCHMARK(saturated)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

// A fixed rate of units, each submitted when its time has come: what callers wait at that load, checkpoints included.
void at_rate(benchmark::State& state) {
    const auto rate = static_cast<std::size_t>(state.range(0));
    const std::size_t units = rate * 10;
    for (auto _ : state) {
        const test::TemporaryDirectory directory;
        const auto options = bench_options(directory.path() / "data");
        init(options);
        const auto database = Database::open(options);
        Window window(options.batches.queue_units_max);
        Latencies latencies(units);
        const auto start = SteadyClock::now();
        for (std::size_t i = 0; i < units; ++i) {
            // From the time when it should have come: a writer that stalls is not spared the units behind it.
            const auto due = start + std::chrono::nanoseconds(1'000'000'000ULL * i / rate);
            std::this_thread::sleep_until(due);
            window.enter();
            store::submit(database->writer(), insert_one, [&, i, due](auto outcome) noexcept {
                if (outcome.index() != 0) std::terminate();
                latencies.set(i, SteadyClock::now() - due);
                window.leave();
            });
        }
        window.wait_until_empty();
        const auto took = SteadyClock::now() - start;
        state.SetIterationTime(std::chrono::duration<double>(took).count());
        state.counters["units_per_s"] = static_cast<double>(units) / std::chrono::duration<double>(took).count();
        latencies.report(state);
        report(state, database->statistics());
    }
}
BENCHMARK(at_rate)->Arg(10'000)->Arg(30'000)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

void one_unit_alone(benchmark::State& state) {
    const test::TemporaryDirectory directory;
    const auto options = bench_options(directory.path() / "data");
    init(options);
    const auto database = Database::open(options);
    constexpr std::size_t units = 5'000;
    for (auto _ : state) {
        Latencies latencies(units);
        for (std::size_t i = 0; i < units; ++i) {
            const auto at = SteadyClock::now();
            store::run(database->writer(), insert_one);
            latencies.set(i, SteadyClock::now() - at);
        }
        latencies.report(state);
    }
    report(state, database->statistics());
}
BENCHMARK(one_unit_alone)->Iterations(1)->Unit(benchmark::kMillisecond);

// What one unit alone costs the disk: a page with its frame header, over a file that is not growing.
void fdatasync_alone(benchmark::State& state) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "file";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    constexpr std::size_t syncs = 40'000, page = 4'120;  // long enough to meet what else the disk does
    const std::vector<char> bytes(page, 'x');
    for (std::size_t i = 0; i < syncs; ++i) {
        if (::pwrite(file, bytes.data(), page, static_cast<off_t>(i * page)) != page) std::terminate();
    }
    if (::fsync(file) != 0) std::terminate();
    for (auto _ : state) {
        Latencies latencies(syncs);
        for (std::size_t i = 0; i < syncs; ++i) {
            const auto at = SteadyClock::now();
            if (::pwrite(file, bytes.data(), page, static_cast<off_t>(i * page)) != page) std::terminate();
            if (::fdatasync(file) != 0) std::terminate();
            latencies.set(i, SteadyClock::now() - at);
        }
        latencies.report(state);
    }
    ::close(file);
}
BENCHMARK(fdatasync_alone)->Iterations(1)->Unit(benchmark::kMillisecond);

void a_read(benchmark::State& state) {
    static const store::Statement select{"bench_select", "SELECT at FROM bench_use WHERE id = ?1"};
    const test::TemporaryDirectory directory;
    const auto options = bench_options(directory.path() / "data");
    init(options);
    const auto database = Database::open(options);
    for (int i = 0; i < 1000; ++i)
        store::run(database->writer(), insert_one);
    std::int64_t id = 0;
    for (auto _ : state) {
        database->readers().read([&](store::ReadSession& session) {
            session.query(select, {id++ % 1000},
                          [](const store::Row& row) { benchmark::DoNotOptimize(row.integer(0)); });
        });
    }
}
BENCHMARK(a_read);

}  // namespace
}  // namespace kelisim::store_sqlite

BENCHMARK_MAIN();
