// SPDX-License-Identifier: Apache-2.0
#include "checkpointer.hpp"

#include <sqlite3.h>

#include <limits>

namespace kelisim::store_sqlite {
namespace {

constexpr int passes_max = 12;
constexpr int held_pages = 512;  // that a pass has to leave are a reader's doing
// Everybody waits while the writer copies and syncs the rest.
constexpr int small_rest_pages = 64;
constexpr auto never = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Checkpointer::Checkpointer(const Options& options, std::filesystem::path file, BatchWriter& writer, ReaderPool& readers)
    : options_(options),
      file_(std::move(file)),
      writer_(writer),
      readers_(readers),
      due_at_bytes_(options.log_checkpoint_bytes),
      thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    grew_.notify_one();
    thread_.join();
}

void Checkpointer::log_grew(std::uint64_t bytes) {
    if (bytes < due_at_bytes_.load(std::memory_order_relaxed)) return;
    {
        const std::lock_guard lock(mutex_);
        bytes_ = bytes;
    }
    grew_.notify_one();
}

void Checkpointer::work() {
    while (const auto bytes = wait_for_growth()) {
        due_at_bytes_ = never;
        shorten(bytes);
        const std::lock_guard lock(mutex_);
        bytes_ = 0;
    }
}

// The bytes of the log, 0 at the end.
std::uint64_t Checkpointer::wait_for_growth() {
    std::unique_lock lock(mutex_);
    grew_.wait(lock, [&] { return closing_ || bytes_ != 0; });
    return closing_ ? 0 : bytes_;
}

void Checkpointer::shorten(std::uint64_t bytes) {
    const LogState state = copy();
    const bool begins_again = state != LogState::needed && writer_.restart_log(state);
    if (begins_again) {
        due_at_bytes_ = options_.log_checkpoint_bytes;
        return;
    }
    if (bytes >= options_.log_bytes_max) readers_.interrupt();
    // A reader or the disk is in the way: trying at every commit would only cost syncs.
    due_at_bytes_ = bytes + options_.log_checkpoint_bytes / 4;
}

LogState Checkpointer::copy() {
    const auto open = writer_.keep_open();
    try {
        Connection connection(file_, Connection::Access::write, options_.test_hooks);
        int rest = std::numeric_limits<int>::max();
        for (int i = 0; i < passes_max; ++i) {
            int pages = 0, copied = 0;  // of those that were there when the pass began
            const int result = connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
            // The writer was just publishing a batch, and SQLite does not wait for that here.
            if ((result & 0xff) == SQLITE_BUSY) return LogState::needed;
            if (result != SQLITE_OK) throw_failure(connection.handle(), result, "checkpoint");
            checkpoints_.fetch_add(1, std::memory_order_relaxed);
            if (pages - copied > held_pages) continue;
            // SQLite itself syncs only what a pass copied to the very end, to which it never comes beside a busy writer.
            connection.sync_file();
            const int came = writer_.log_pages() - copied;
            // Each pass takes less time than the one before, until it is its syncs that take it.
            if (came <= small_rest_pages || came > rest / 4 * 3) return LogState::nearly_copied;
            rest = came;
        }
        return rest < std::numeric_limits<int>::max() ? LogState::nearly_copied : LogState::needed;
    } catch (const std::exception&) {
        // Counted; and what was copied before is not to be relied upon, see BatchWriter.
        failed_checkpoints_.fetch_add(1, std::memory_order_relaxed);
        return LogState::distrusted;
    }
}

void Checkpointer::add_to(store::Statistics& statistics) const {
    statistics.checkpoints = checkpoints_.load(std::memory_order_relaxed);
    statistics.failed_checkpoints = failed_checkpoints_.load(std::memory_order_relaxed);
}

}  // namespace kelisim::store_sqlite
