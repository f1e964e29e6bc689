// SPDX-License-Identifier: Apache-2.0
#include "store/group_commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace kelisim::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds reopen_pause_max{1000};
constexpr int attempts_max = 5;  // of a batch that another transaction is in the way of
constexpr std::chrono::milliseconds give_way{2};

}  // namespace

template <class Call>
auto UnitSession::watched(Call call) {
    try {
        return call();
    } catch (const Unavailable&) {
        engine_failure_ = std::current_exception();
        throw;
    }
}

std::size_t UnitSession::query(const Statement& statement, Params params, const Visit& visit) {
    return watched([&] { return query_in_unit(statement, params, visit); });
}

std::size_t UnitSession::execute(const Statement& statement, Params params) {
    return watched([&] { return execute_in_unit(statement, params); });
}

Actions UnitSession::keep() {
    keep_unit();
    return std::move(actions_);
}

void UnitSession::undo() {
    actions_.clear();
    undo_unit();
}

void UnitSession::require_engine() const {
    if (engine_failure_) std::rethrow_exception(engine_failure_);
}

GroupCommit::GroupCommit(BatchEngine& engine, const GroupCommitOptions& options) : engine_(engine), options_(options) {
    last_number_ = engine_.open();
    thread_ = std::thread([this] { work(); });
}

GroupCommit::~GroupCommit() {
    close();
}

void GroupCommit::close() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    work_came_.notify_one();
    thread_.join();
}

void GroupCommit::submit(std::unique_ptr<Unit> unit) {
    const std::lock_guard lock(mutex_);
    if (closing_) throw Unavailable("the store is closing");
    if (queue_.size() >= options_.queue_units_max) throw Busy("the queue of the store is full");
    queue_.push_back(std::move(unit));
    // Under the lock: once the unit is answered, somebody may close the store.
    if (queue_.size() == 1) work_came_.notify_one();
}

void GroupCommit::call_engine() {
    const std::lock_guard lock(mutex_);
    engine_called_ = true;
    work_came_.notify_one();
}

void GroupCommit::work() {
    while (wait_for_work()) {
        if (engine_was_called()) engine_.attend();
        run_batch();
        if (doubt_) open_again();
    }
    engine_.attend();
}

// False once everything accepted is answered and nothing more will come.
bool GroupCommit::wait_for_work() {
    std::unique_lock lock(mutex_);
    work_came_.wait(lock, [&] { return closing_ || engine_called_ || !queue_.empty(); });
    return !queue_.empty() || !closing_;
}

bool GroupCommit::engine_was_called() {
    const std::lock_guard lock(mutex_);
    return std::exchange(engine_called_, false);
}

bool GroupCommit::take_into(Batch& batch) {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    batch.push_back({std::move(queue_.front()), {}, nullptr});
    queue_.pop_front();
    return true;
}

void GroupCommit::run_batch() {
    Batch batch;
    if (!take_into(batch)) return;
    batches_.fetch_add(1, std::memory_order_relaxed);
    const auto start = SteadyClock::now();
    std::exception_ptr failure;
    try {
        store_batch(batch);
    } catch (const Unavailable&) {
        failure = std::current_exception();
    } catch (const std::exception& defect) {
        failure = std::make_exception_ptr(Unavailable(defect.what()));
    }
    if (failure) {
        engine_.drop();
        failed_batches_.fetch_add(1, std::memory_order_relaxed);
    }
    settle(batch, failure);
    batch_times_.add(SteadyClock::now() - start);
}

void GroupCommit::store_batch(Batch& batch) {
    ensure_open();
    for (int attempt = 1;; ++attempt) {
        try {
            return try_batch(batch);
        } catch (const RunAgain&) {
            if (attempt == attempts_max) throw;
            engine_.roll_back();
            std::this_thread::sleep_for(give_way * attempt);  // tidy-allow(sleep): the other one has to get on first
        }
    }
}

void GroupCommit::try_batch(Batch& batch) {
    engine_.begin();
    const auto end = SteadyClock::now() + options_.batch_time_max;
    const auto may_grow = [&] { return batch.size() < options_.batch_units_max && SteadyClock::now() < end; };
    for (std::size_t i = 0; i < batch.size() || (may_grow() && take_into(batch)); ++i)
        run_unit(batch[i]);
    if (engine_.wrote()) {
        commit(batch);
    } else {
        engine_.end();
    }
}

// Throws Unavailable when the batch is lost with the unit.
void GroupCommit::run_unit(Entry& entry) {
    entry.failure = nullptr;
    UnitSession& session = engine_.unit();
    Verdict verdict = Verdict::undo;
    try {
        verdict = entry.unit->run(session);
    } catch (...) {
        entry.failure = std::current_exception();  // for `done`: a unit may throw what it likes
    }
    session.require_engine();
    if (verdict == Verdict::keep) {
        entry.actions = session.keep();
    } else {
        entry.actions.clear();
        session.undo();
    }
}

void GroupCommit::commit(Batch& batch) {
    const std::int64_t number = last_number_ + 1;
    const auto start = SteadyClock::now();
    try {
        engine_.commit(number);
    } catch (const RunAgain&) {
        throw;
    } catch (const std::exception& failure) {
        doubt_ = Doubt{number, actions_of(batch)};
        throw Ambiguous(fmt::format("COMMIT failed: {}", failure.what()));
    }
    commit_times_.add(SteadyClock::now() - start);
    last_number_ = number;
}

Actions GroupCommit::actions_of(Batch& batch) {
    Actions all;
    for (Entry& entry : batch)
        std::move(entry.actions.begin(), entry.actions.end(), std::back_inserter(all));
    return all;
}

// Noexcept: an index that missed a change would answer wrongly from here on; ending is the safe way out.
void GroupCommit::settle(Batch& batch, const std::exception_ptr& failure) noexcept {
    for (Entry& entry : batch) {
        if (!failure) run_all(entry.actions);
        entry.unit->done(failure ? failure : std::move(entry.failure));
    }
    units_.fetch_add(batch.size(), std::memory_order_relaxed);
}

void GroupCommit::run_all(const Actions& actions) noexcept {
    for (const auto& action : actions)
        action();
}

void GroupCommit::ensure_open() {
    if (engine_.is_open()) return;
    if (SteadyClock::now() < no_attempt_before_) throw Unavailable("the database failed and is not open again");
    try {
        last_number_ = engine_.open();
    } catch (const std::exception&) {
        engine_.drop();
        pause_ = std::clamp(pause_ * 2, options_.reopen_pause, std::max(options_.reopen_pause, reopen_pause_max));
        no_attempt_before_ = SteadyClock::now() + pause_;
        throw;
    }
    pause_ = std::chrono::milliseconds{0};
    reopens_.fetch_add(1, std::memory_order_relaxed);
    if (doubt_ && doubt_->number == last_number_) run_all(doubt_->actions);
    doubt_.reset();
}

bool GroupCommit::open_again() {
    try {
        ensure_open();
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void GroupCommit::add_to(Statistics& statistics) const {
    statistics.units = units_.load(std::memory_order_relaxed);
    statistics.batches = batches_.load(std::memory_order_relaxed);
    statistics.failed_batches = failed_batches_.load(std::memory_order_relaxed);
    statistics.reopens = reopens_.load(std::memory_order_relaxed);
    statistics.commit = commit_times_.snapshot();
    statistics.batch = batch_times_.snapshot();
    const std::lock_guard lock(mutex_);
    statistics.queue_units = queue_.size();
}

}  // namespace kelisim::store
