// SPDX-License-Identifier: Apache-2.0
#include "store/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace kelisim::store {
namespace {

const Statement select_due{"timer_due",
                           "SELECT kind, bucket, entity, due FROM timer"
                           " WHERE failed = 0 AND due <= ?1 ORDER BY due LIMIT ?2"};
const Statement select_next{"timer_next", "SELECT due FROM timer WHERE failed = 0 ORDER BY due LIMIT 1"};
// Found by its due time too: a timer that was moved or handled since is left alone.
const Statement take{"timer_take",
                     "DELETE FROM timer WHERE entity = ?1 AND kind = ?2 AND bucket = ?3 AND due = ?4 AND failed = 0"
                     " RETURNING attempts, payload"};
const Statement select_attempts{"timer_attempts",
                                "SELECT attempts FROM timer"
                                " WHERE entity = ?1 AND kind = ?2 AND bucket = ?3 AND due = ?4 AND failed = 0"};
const Statement put_off{"timer_put_off",
                        "UPDATE timer SET attempts = ?4, due = ?5, failed = ?6"
                        " WHERE entity = ?1 AND kind = ?2 AND bucket = ?3"};

}  // namespace

// The units of one round, and what became of them.
class DueTimers::Round {
public:
    void begin() {
        const std::lock_guard lock(mutex_);
        ++under_way_;
    }
    void end(std::size_t index, std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (failure) failures_.emplace_back(index, std::move(failure));
        if (--under_way_ == 0) ended_.notify_all();
    }
    std::vector<std::pair<std::size_t, std::exception_ptr>> wait() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [&] { return under_way_ == 0; });
        return std::move(failures_);
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t under_way_ = 0;
    std::vector<std::pair<std::size_t, std::exception_ptr>> failures_;
};

DueTimers::DueTimers(Writer& writer, Readers& readers, const base::Clock& clock, TimerHandlers handlers,
                     SchedulerOptions options)
    : writer_(writer), readers_(readers), clock_(clock), handlers_(std::move(handlers)), options_(options) {
    const auto known = run(writer_, [&](WriteSession& session) {
        std::vector<std::string> kinds;
        for (const auto& [kind, handler] : handlers_)
            kinds.push_back(kind);
        Timers::declare(session, kinds);
        return Timers::declared(session);
    });
    for (const std::string& kind : known) {
        if (!handlers_.contains(kind)) throw Defect(fmt::format("timers of the kind {} have no handler", kind));
    }
}

std::optional<base::Time> DueTimers::run_due() {
    const base::Time now = clock_.now();
    const auto due = find_due(now);
    Round round;
    std::exception_ptr outage = start(due, round);
    for (const auto& [index, failure] : round.wait()) {
        try {
            std::rethrow_exception(failure);
        } catch (const Unavailable&) {
            outage = failure;
        } catch (...) {
            // The handler's own failure, of whatever type: an attempt of its timer.
            record_failure(due[index], now);
        }
    }
    if (outage) std::rethrow_exception(outage);
    return find_next();
}

// Returns what kept it from starting all of them.
std::exception_ptr DueTimers::start(const std::vector<Stored>& due, Round& round) {
    for (std::size_t i = 0; i < due.size(); ++i) {
        round.begin();
        try {
            submit(
                writer_, [this, &timer = due[i]](WriteSession& session) { return handle(session, timer); },
                [this, &round, i](Outcome<bool> outcome) noexcept {
                    const bool failed = outcome.index() == 1;
                    if (!failed && std::get<0>(outcome)) ++handled_;
                    round.end(i, failed ? std::get<1>(std::move(outcome)) : nullptr);
                });
        } catch (const Unavailable&) {
            round.end(i, nullptr);
            return std::current_exception();
        }
    }
    return nullptr;
}

std::vector<DueTimers::Stored> DueTimers::find_due(base::Time now) {
    std::vector<Stored> due;
    readers_.read([&](ReadSession& session) {
        due.clear();
        const auto limit = static_cast<std::int64_t>(options_.units_max);
        session.query(select_due, {base::to_micros(now), limit}, [&](const Row& row) {
            const auto entity = row.blob(2);
            due.push_back({std::string(row.text(0)), base::Bucket{static_cast<std::uint16_t>(row.integer(1))},
                           base::Bytes(entity.begin(), entity.end()), base::from_micros(row.integer(3))});
        });
    });
    return due;
}

std::optional<base::Time> DueTimers::find_next() {
    std::optional<base::Time> next;
    readers_.read([&](ReadSession& session) {
        session.query(select_next, {}, [&](const Row& row) { next = base::from_micros(row.integer(0)); });
    });
    return next;
}

// False when the timer is not there any more.
bool DueTimers::handle(WriteSession& session, const Stored& timer) const {
    std::optional<std::pair<std::int64_t, base::Bytes>> taken;
    session.query(take, {timer.entity, timer.kind, timer.bucket.value, base::to_micros(timer.due)},
                  [&](const Row& row) {
                      const auto payload = row.blob(1);
                      taken.emplace(row.integer(0), base::Bytes(payload.begin(), payload.end()));
                  });
    if (!taken) return false;
    const auto handler = handlers_.find(timer.kind);
    if (handler == handlers_.end()) throw Defect(fmt::format("a timer of the kind {} has no handler", timer.kind));
    handler->second(session, {timer.key(), timer.due, taken->second, static_cast<int>(taken->first) + 1});
    return true;
}

void DueTimers::record_failure(const Stored& timer, base::Time now) {
    enum class Became { gone, waiting, given_up };
    const auto became = run(writer_, [&](WriteSession& session) {
        std::int64_t attempts = 0;
        const std::size_t found =
            session.query(select_attempts, {timer.entity, timer.kind, timer.bucket.value, base::to_micros(timer.due)},
                          [&](const Row& row) { attempts = row.integer(0) + 1; });
        if (found == 0) return Became::gone;
        const bool last = attempts >= options_.attempts_max;
        const base::Time due = now + delay_after(static_cast<int>(attempts));
        session.execute(put_off,
                        {timer.entity, timer.kind, timer.bucket.value, attempts, base::to_micros(due), last ? 1 : 0});
        return last ? Became::given_up : Became::waiting;
    });
    if (became == Became::waiting) ++retried_;
    if (became == Became::given_up) ++failed_;
}

base::Duration DueTimers::delay_after(int attempts) const {
    base::Duration delay = options_.retry_first;
    for (int i = 1; i < attempts && delay < options_.retry_max; ++i)
        delay *= 2;
    return std::min(delay, options_.retry_max);
}

Scheduler::Scheduler(Timers& timers, Writer& writer, Readers& readers, const base::Clock& clock, TimerHandlers handlers,
                     SchedulerOptions options)
    : timers_(timers),
      clock_(clock),
      options_(options),
      due_timers_(writer, readers, clock, std::move(handlers), options),
      thread_([this] { work(); }) {}

Scheduler::~Scheduler() {
    timers_.alarm().close();
    thread_.join();
}

void Scheduler::work() {
    while (timers_.alarm().sleep(clock_, run_due())) {
    }
}

std::optional<base::Time> Scheduler::run_due() {
    try {
        return due_timers_.run_due();
    } catch (const std::exception&) {
        // Nothing is lost, what was due still is; after a pause, because a store that fails will mostly fail again.
        ++outages_;
        return clock_.now() + options_.outage_pause;
    }
}

}  // namespace kelisim::store
