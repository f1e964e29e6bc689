// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "store/timers.hpp"
#include "store/writer.hpp"

namespace kelisim::store {

// A timer whose time has come; valid only inside the handler that gets it.
struct DueTimer {
    TimerKey key;
    base::Time due;
    base::BytesView payload;
    int attempt = 1;  // 1 at the first
};

// Runs inside the unit that removes the timer: what it writes and the timer go together. It may schedule the timer
// again. Whatever it throws undoes the unit, and the timer is tried again later. On the writer's thread.
using TimerHandler = std::function<void(WriteSession&, const DueTimer&)>;
using TimerHandlers = std::map<std::string, TimerHandler, std::less<>>;

struct SchedulerOptions {
    std::size_t units_max = 256;  // due timers under way at the same time
    int attempts_max = 8;         // after the last one the timer is failed and waits for an operator
    base::Duration retry_first = std::chrono::seconds{1};  // twice as long each time
    base::Duration retry_max = std::chrono::hours{1};
    base::Duration outage_pause = std::chrono::seconds{1};  // while the store itself fails; no attempt is counted
};

// Takes due timers and runs their handlers in units. Make one for a database.
class DueTimers {
public:
    // Declares the kinds of the handlers. Throws Defect when the database knows a kind that has no handler: its timers
    // would never fire. Throws Unavailable when the store fails.
    DueTimers(Writer& writer, Readers& readers, const base::Clock& clock, TimerHandlers handlers,
              SchedulerOptions options);

    // Runs one round of what is due, and waits for it. Returns when the next round is due, nothing when no timer is
    // set. Throws Unavailable when the store fails; then what was not done is still due.
    std::optional<base::Time> run_due();

    std::uint64_t handled() const { return handled_; }  // timers whose unit is durable
    std::uint64_t retried() const { return retried_; }  // attempts that failed and are tried again
    std::uint64_t failed() const { return failed_; }    // timers given up since the start

private:
    struct Stored {
        std::string kind;
        base::Bucket bucket;
        base::Bytes entity;
        base::Time due;
        TimerKey key() const { return {kind, bucket, entity}; }
    };
    class Round;

    std::vector<Stored> find_due(base::Time now);
    std::optional<base::Time> find_next();
    std::exception_ptr start(const std::vector<Stored>& due, Round& round);
    bool handle(WriteSession& session, const Stored& timer) const;
    void record_failure(const Stored& timer, base::Time now);
    base::Duration delay_after(int attempts) const;

    Writer& writer_;
    Readers& readers_;
    const base::Clock& clock_;
    const TimerHandlers handlers_;
    const SchedulerOptions options_;
    std::atomic<std::uint64_t> handled_{0};
    std::atomic<std::uint64_t> retried_{0};
    std::atomic<std::uint64_t> failed_{0};
};

// The one thread that owns every due time: nothing else in the program starts by itself.
class Scheduler {
public:
    // Throws as DueTimers does. `timers` and the rest outlive the scheduler.
    Scheduler(Timers& timers, Writer& writer, Readers& readers, const base::Clock& clock, TimerHandlers handlers,
              SchedulerOptions options = {});
    // Finishes the round that is under way.
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    const DueTimers& due_timers() const { return due_timers_; }
    std::uint64_t outages() const { return outages_; }  // rounds that the store failed

private:
    void work();
    std::optional<base::Time> run_due();

    Timers& timers_;
    const base::Clock& clock_;
    const SchedulerOptions options_;
    DueTimers due_timers_;
    std::atomic<std::uint64_t> outages_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::store
