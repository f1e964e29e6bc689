// SPDX-License-Identifier: Apache-2.0
#include "batch_writer.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <iterator>

#include "log_file.hpp"
#include "unit_session.hpp"

namespace kelisim::store_sqlite {
namespace {

using SteadyClock = std::chrono::steady_clock;

const store::Statement begin{"begin", "BEGIN IMMEDIATE"};
const store::Statement commit_statement{"commit", "COMMIT"};
const store::Statement mark{"store_batch_mark", "UPDATE store_batch SET number = ?1"};

constexpr std::chrono::milliseconds reopen_pause_max{1000};

}  // namespace

BatchWriter::BatchWriter(const Options& options, std::filesystem::path file, ReaderPool& readers,
                         std::function<void(std::uint64_t)> log_grew)
    : options_(options), file_(std::move(file)), readers_(readers), log_grew_(std::move(log_grew)) {
    open();
    thread_ = std::thread([this] { work(); });
}

BatchWriter::~BatchWriter() {
    close();
}

void BatchWriter::close() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    work_came_.notify_one();
    thread_.join();
}

void BatchWriter::submit(std::unique_ptr<store::Unit> unit) {
    const std::lock_guard lock(mutex_);
    if (closing_) throw store::Unavailable("the store is closing");
    if (queue_.size() >= options_.queue_units_max) throw store::Busy("the queue of the store is full");
    queue_.push_back(std::move(unit));
    // Under the lock: once the unit is answered, somebody may close the store.
    if (queue_.size() == 1) work_came_.notify_one();
}

bool BatchWriter::restart_log(LogState state) {
    std::unique_lock lock(mutex_);
    if (closing_) return false;
    log_request_ = state;
    log_answer_.reset();
    work_came_.notify_one();
    log_answered_.wait(lock, [&] { return log_answer_.has_value(); });
    return *log_answer_;
}

void BatchWriter::work() {
    while (wait_for_work()) {
        answer_log_request();
        run_batch();
        if (doubt_) open_again();
    }
    answer_log_request();
}

// False once everything accepted is answered and nothing more will come.
bool BatchWriter::wait_for_work() {
    std::unique_lock lock(mutex_);
    work_came_.wait(lock, [&] { return closing_ || log_request_ || !queue_.empty(); });
    return !queue_.empty() || !closing_;
}

bool BatchWriter::take_into(Batch& batch) {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    batch.push_back({std::move(queue_.front()), {}, nullptr});
    queue_.pop_front();
    return true;
}

void BatchWriter::answer_log_request() {
    std::optional<LogState> request;
    {
        const std::lock_guard lock(mutex_);
        request = log_request_;
    }
    if (!request) return;
    const bool done = restart_log_now(*request);
    if (done) log_resets_.fetch_add(1, std::memory_order_relaxed);
    {
        const std::lock_guard lock(mutex_);
        log_request_.reset();
        log_answer_ = done;
    }
    log_answered_.notify_all();
}

bool BatchWriter::restart_log_now(LogState state) {
    if (state == LogState::nearly_copied && connection_) {
        // RESTART waits until no reader needs the log, so that the next batch writes it from its start again.
        connection_->wait_for_locks(options_.reader_patience);
        const int result = connection_->checkpoint(SQLITE_CHECKPOINT_RESTART);
        connection_->wait_for_locks(Connection::default_wait);
        if (result == SQLITE_OK) return true;
        if ((result & 0xff) == SQLITE_BUSY) return false;
    }
    connection_.reset();
    return open_again();
}

void BatchWriter::run_batch() {
    Batch batch;
    if (!take_into(batch)) return;
    batches_.fetch_add(1, std::memory_order_relaxed);
    const auto start = SteadyClock::now();
    std::exception_ptr failure;
    try {
        store_batch(batch);
    } catch (const store::Unavailable&) {
        failure = std::current_exception();
    } catch (const std::exception& defect) {
        failure = std::make_exception_ptr(store::Unavailable(defect.what()));
    }
    if (failure) {
        connection_.reset();
        failed_batches_.fetch_add(1, std::memory_order_relaxed);
    }
    settle(batch, failure);
    batch_times_.add(SteadyClock::now() - start);
}

void BatchWriter::store_batch(Batch& batch) {
    ensure_open();
    connection_->query(begin, {}, nullptr);
    const auto changes_before = connection_->changes();
    const auto end = SteadyClock::now() + options_.batch_time_max;
    do {
        run_unit(batch.back());
    } while (batch.size() < options_.batch_units_max && SteadyClock::now() < end && take_into(batch));
    if (connection_->changes() == changes_before) {
        connection_->query(commit_statement, {}, nullptr);  // nothing to make durable, and no page written for the mark
    } else {
        commit(batch);
    }
}

// Throws store::Unavailable when the batch is lost with the unit.
void BatchWriter::run_unit(Entry& entry) {
    UnitSession session(*connection_);
    store::Verdict verdict = store::Verdict::undo;
    try {
        verdict = entry.unit->run(session);
    } catch (...) {
        entry.failure = std::current_exception();  // for `done`: a unit may throw what it likes
    }
    // Some failures make SQLite roll the whole transaction back by itself.
    if (session.engine_failed() || !connection_->in_transaction()) {
        throw store::Unavailable("the engine failed inside a unit");
    }
    if (verdict == store::Verdict::keep) {
        entry.actions = session.keep();
    } else {
        session.undo();
    }
}

void BatchWriter::commit(Batch& batch) {
    const std::int64_t number = last_number_ + 1;
    connection_->execute(mark, {number});
    const auto start = SteadyClock::now();
    try {
        commit_with_faults();
    } catch (const std::exception& failure) {
        doubt_ = Doubt{number, actions_of(batch)};
        throw store::Ambiguous(fmt::format("COMMIT failed: {}", failure.what()));
    }
    commit_times_.add(SteadyClock::now() - start);
    last_number_ = number;
    log_grew_(log_bytes_.load(std::memory_order_relaxed));
}

void BatchWriter::commit_with_faults() {
    const auto& hook = options_.test_hooks.on_commit;
    const CommitFault fault = hook ? hook() : CommitFault::none;
    if (fault == CommitFault::fails_and_is_lost) throw store::Unavailable("test hook: lost");
    connection_->query(commit_statement, {}, nullptr);
    if (fault == CommitFault::fails_though_durable) throw store::Unavailable("test hook: durable");
}

BatchWriter::Actions BatchWriter::actions_of(Batch& batch) {
    Actions all;
    for (Entry& entry : batch)
        std::move(entry.actions.begin(), entry.actions.end(), std::back_inserter(all));
    return all;
}

// Noexcept: an index that missed a change would answer wrongly from here on; ending is the safe way out.
void BatchWriter::settle(Batch& batch, const std::exception_ptr& failure) noexcept {
    for (Entry& entry : batch) {
        if (!failure) run_all(entry.actions);
        entry.unit->done(failure ? failure : std::move(entry.failure));
    }
    units_.fetch_add(batch.size(), std::memory_order_relaxed);
}

void BatchWriter::run_all(const Actions& actions) noexcept {
    for (const auto& action : actions)
        action();
}

void BatchWriter::open() {
    recover_log();
    connection_.emplace(file_, Connection::Access::write, options_.test_hooks);
    page_bytes_ = static_cast<std::uint64_t>(connection_->integer("PRAGMA page_size"));
    last_number_ = connection_->integer("SELECT number FROM store_batch");
    sqlite3_wal_hook(connection_->handle(), &BatchWriter::on_log, this);
}

void BatchWriter::recover_log() {
    const auto nobody_else = keep_open();
    if (!readers_.pause(Connection::default_wait)) throw store::Unavailable("a reader keeps the log from its recovery");
    try {
        rewrite_log(file_, options_.test_hooks);
        Connection(file_, Connection::Access::write, options_.test_hooks).copy_log();
    } catch (...) {
        readers_.resume();
        throw;
    }
    readers_.resume();
    log_bytes_ = 0;
}

int BatchWriter::on_log(void* self, sqlite3*, const char*, int pages) {
    constexpr std::uint64_t log_header_bytes = 32, frame_header_bytes = 24;  // sqlite.org/fileformat2.html section 4
    auto& writer = *static_cast<BatchWriter*>(self);
    writer.log_bytes_ =
        log_header_bytes + static_cast<std::uint64_t>(pages) * (writer.page_bytes_ + frame_header_bytes);
    return SQLITE_OK;
}

void BatchWriter::ensure_open() {
    if (connection_) return;
    if (SteadyClock::now() < no_attempt_before_) throw store::Unavailable("the database failed and is not open again");
    try {
        const auto& refuse = options_.test_hooks.refuse_reopen;
        if (refuse && refuse()) throw store::Unavailable("test hook: no reopening");
        open();
    } catch (const std::exception&) {
        connection_.reset();
        pause_ = std::clamp(pause_ * 2, options_.reopen_pause, std::max(options_.reopen_pause, reopen_pause_max));
        no_attempt_before_ = SteadyClock::now() + pause_;
        throw;
    }
    pause_ = std::chrono::milliseconds{0};
    reopens_.fetch_add(1, std::memory_order_relaxed);
    if (doubt_ && doubt_->number == last_number_) run_all(doubt_->actions);
    doubt_.reset();
}

// False when it cannot be opened yet: the next batch tries again, and is answered with the reason.
bool BatchWriter::open_again() {
    try {
        ensure_open();
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void BatchWriter::add_to(store::Statistics& statistics) const {
    statistics.units = units_.load(std::memory_order_relaxed);
    statistics.batches = batches_.load(std::memory_order_relaxed);
    statistics.failed_batches = failed_batches_.load(std::memory_order_relaxed);
    statistics.reopens = reopens_.load(std::memory_order_relaxed);
    statistics.log_resets = log_resets_.load(std::memory_order_relaxed);
    statistics.log_bytes = log_bytes_.load(std::memory_order_relaxed);
    statistics.commit = commit_times_.snapshot();
    statistics.batch = batch_times_.snapshot();
    const std::lock_guard lock(mutex_);
    statistics.queue_units = queue_.size();
}

}  // namespace kelisim::store_sqlite
