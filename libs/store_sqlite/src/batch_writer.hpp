// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "connection.hpp"
#include "reader_pool.hpp"
#include "store/group_commit.hpp"
#include "store_sqlite/options.hpp"
#include "unit_session.hpp"

namespace kelisim::store_sqlite {

// What the checkpointer leaves for the writer to do with the log.
enum class LogState {
    needed,         // much of it is not copied yet
    nearly_copied,  // the writer can copy the rest
    distrusted,     // a copy failed
};

// The connection that writes, and the thread that drives it.
//
// After any failure of the engine everybody's connections are closed, the log is written again as it is and synced, and
// all of it is copied into the database: a failed sync may have left pages in the cache that the disk does not have, in
// the log and, because SQLite counts pages as copied before it syncs them, in the database too. Only then is the
// database open again.
class BatchWriter final : private store::BatchEngine {
public:
    // `log_grew` is called on the writer's thread after a COMMIT, with the bytes of the log in use. Throws base::Outage.
    BatchWriter(const Options& options, std::filesystem::path file, ReaderPool& readers,
                std::function<void(std::uint64_t)> log_grew);

    store::Writer& writer() { return units_; }

    // Answers what was accepted and ends the thread; then submit() throws and restart_log() says false.
    void close();

    // Lets the log begin again from its start. Waits its turn between two batches; false when readers that still need
    // the log are in the way, or when the engine failed.
    bool restart_log(LogState state);

    // Of the log in use, as of the newest COMMIT. Any thread.
    int log_pages() const { return log_pages_.load(std::memory_order_relaxed); }

    // While it is held, the database is not closed and recovered. Whoever has a connection of his own holds it.
    std::unique_lock<std::mutex> keep_open() { return std::unique_lock(keep_open_); }

    void add_to(store::Statistics& statistics) const;

private:
    std::int64_t open() override;
    bool is_open() override { return connection_.has_value(); }
    void drop() noexcept override;
    void begin() override;
    void roll_back() override;
    store::UnitSession& unit() override { return session_.emplace(*connection_, undoing_); }
    bool wrote() override { return connection_->changes() != changes_before_; }
    void end() override;
    void commit(std::int64_t number) override;
    void attend() override;

    void commit_with_faults();
    static int on_log(void* self, sqlite3*, const char* database, int pages);
    bool restart_log_now(LogState state);
    void answer(bool restarted);
    void recover_log();
    std::uint64_t log_bytes() const;

    const Options options_;
    const std::filesystem::path file_;
    ReaderPool& readers_;
    const std::function<void(std::uint64_t)> log_grew_;

    // The writer's thread alone.
    std::optional<Connection> connection_;
    std::optional<UnitSession> session_;
    std::int64_t changes_before_ = 0;
    Undoing undoing_ = Undoing::by_running_the_batch_again;
    int batches_with_savepoints_ = 0;
    bool was_open_ = false;

    std::mutex keep_open_;
    std::mutex mutex_;
    std::condition_variable log_answered_;
    bool closed_ = false;
    std::optional<LogState> log_request_;
    std::optional<bool> log_answer_;

    std::atomic<std::uint64_t> log_resets_{0};
    std::atomic<std::uint64_t> page_bytes_{4096};
    std::atomic<int> log_pages_{0};

    store::GroupCommit units_;  // last: its thread uses all of the above
};

}  // namespace kelisim::store_sqlite
