// SPDX-License-Identifier: Apache-2.0
#include "batch_writer.hpp"

#include <sqlite3.h>

#include "log_file.hpp"

namespace kelisim::store_sqlite {
namespace {

const store::Statement begin_statement{"begin", "BEGIN IMMEDIATE"};
const store::Statement commit_statement{"commit", "COMMIT"};
const store::Statement rollback_statement{"rollback", "ROLLBACK"};
const store::Statement mark{"store_batch_mark", "UPDATE store_batch SET number = ?1"};

// Whoever makes units fail makes one batch in so many run twice, and the others as dear as they would be with savepoints always.
constexpr int savepoints_after_an_undo = 64;

}  // namespace

BatchWriter::BatchWriter(const Options& options, std::filesystem::path file, ReaderPool& readers,
                         std::function<void(std::uint64_t)> log_grew)
    : options_(options),
      file_(std::move(file)),
      readers_(readers),
      log_grew_(std::move(log_grew)),
      units_(*this, options.batches) {}

void BatchWriter::close() {
    units_.close();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    answer(false);
}

bool BatchWriter::restart_log(LogState state) {
    std::unique_lock lock(mutex_);
    if (closed_) return false;
    log_request_ = state;
    log_answer_.reset();
    units_.call_engine();
    log_answered_.wait(lock, [&] { return log_answer_.has_value(); });
    return *log_answer_;
}

void BatchWriter::attend() {
    std::optional<LogState> request;
    {
        const std::lock_guard lock(mutex_);
        request = log_request_;
    }
    if (!request) return;
    const bool restarted = restart_log_now(*request);
    if (restarted) log_resets_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    answer(restarted);
}

void BatchWriter::answer(bool restarted) {
    if (!log_request_) return;
    log_request_.reset();
    log_answer_ = restarted;
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
    drop();
    return units_.open_again();
}

void BatchWriter::drop() noexcept {
    session_.reset();
    connection_.reset();
}

void BatchWriter::begin() {
    connection_->query(begin_statement, {}, nullptr);
    changes_before_ = connection_->changes();
    undoing_ = batches_with_savepoints_ > 0 ? Undoing::by_savepoint : Undoing::by_running_the_batch_again;
    if (batches_with_savepoints_ > 0) --batches_with_savepoints_;
}

void BatchWriter::roll_back() {
    session_.reset();
    connection_->query(rollback_statement, {}, nullptr);
    batches_with_savepoints_ = savepoints_after_an_undo;
}

void BatchWriter::end() {
    connection_->query(commit_statement, {}, nullptr);
}

void BatchWriter::commit(std::int64_t number) {
    connection_->execute(mark, {number});
    commit_with_faults();
    log_grew_(log_bytes());
}

void BatchWriter::commit_with_faults() {
    const auto& hook = options_.test_hooks.on_commit;
    const CommitFault fault = hook ? hook() : CommitFault::none;
    if (fault == CommitFault::fails_and_is_lost) throw store::Unavailable("test hook: lost");
    if (fault == CommitFault::runs_again) throw store::RunAgain("test hook: again");
    connection_->query(commit_statement, {}, nullptr);
    if (fault == CommitFault::fails_though_durable) throw store::Unavailable("test hook: durable");
}

std::int64_t BatchWriter::open() {
    const auto& refuse = options_.test_hooks.refuse_reopen;
    if (was_open_ && refuse && refuse()) throw store::Unavailable("test hook: no reopening");
    recover_log();
    connection_.emplace(file_, Connection::Access::write, options_.test_hooks);
    page_bytes_ = static_cast<std::uint64_t>(connection_->integer("PRAGMA page_size"));
    sqlite3_wal_hook(connection_->handle(), &BatchWriter::on_log, this);
    was_open_ = true;
    return connection_->integer("SELECT number FROM store_batch");
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
    log_pages_ = 0;
}

int BatchWriter::on_log(void* self, sqlite3*, const char*, int pages) {
    static_cast<BatchWriter*>(self)->log_pages_ = pages;
    return SQLITE_OK;
}

std::uint64_t BatchWriter::log_bytes() const {
    constexpr std::uint64_t log_header_bytes = 32, frame_header_bytes = 24;  // sqlite.org/fileformat2.html section 4
    const auto pages = static_cast<std::uint64_t>(log_pages());
    return pages == 0 ? 0 : log_header_bytes + pages * (page_bytes_ + frame_header_bytes);
}

void BatchWriter::add_to(store::Statistics& statistics) const {
    units_.add_to(statistics);
    statistics.log_resets = log_resets_.load(std::memory_order_relaxed);
    statistics.log_bytes = log_bytes();
}

}  // namespace kelisim::store_sqlite
