// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "reader_pool.hpp"
#include "store/statistics.hpp"
#include "store/writer.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// What the checkpointer leaves for the writer to do with the log.
enum class LogState {
    needed,         // much of it is not copied yet
    nearly_copied,  // the writer can copy the rest
    distrusted,     // a copy failed
};

// The one writer: a thread that takes units from a bounded queue and commits them in batches (group commit).
//
// After any failure of the engine everybody's connections are closed, the log is written again as it is and synced, and
// all of it is copied into the database: a failed sync may have left pages in the cache that the disk does not have, in
// the log and, because SQLite counts pages as copied before it syncs them, in the database too. Only then is the
// database open again, and looked at: every batch that writes leaves its number in store_batch, which tells whether one
// whose COMMIT failed is there. Until all that has succeeded units are answered with Unavailable; each new batch makes
// at most one attempt, and none within the pause after a failed one.
class BatchWriter final : public store::Writer {
public:
    // `log_grew` is called on the writer's thread after a COMMIT, with the bytes of the log in use. Throws base::Outage.
    BatchWriter(const Options& options, std::filesystem::path file, ReaderPool& readers,
                std::function<void(std::uint64_t)> log_grew);
    ~BatchWriter() override;

    void submit(std::unique_ptr<store::Unit> unit) override;

    // Answers what was accepted and ends the thread; then submit() throws and restart_log() says false.
    void close();

    // Lets the log begin again from its start. Waits its turn between two batches; false when readers that still need
    // the log are in the way, or when the engine failed.
    bool restart_log(LogState state);

    // While it is held, the database is not closed and recovered. Whoever has a connection of his own holds it.
    std::unique_lock<std::mutex> keep_open() { return std::unique_lock(keep_open_); }

    void add_to(store::Statistics& statistics) const;

private:
    using Actions = std::vector<std::function<void()>>;
    struct Entry {
        std::unique_ptr<store::Unit> unit;
        Actions actions;
        std::exception_ptr failure;
    };
    using Batch = std::vector<Entry>;
    // A batch whose COMMIT failed: is it there?
    struct Doubt {
        std::int64_t number;
        Actions actions;
    };

    void work();
    bool wait_for_work();
    bool take_into(Batch& batch);
    void run_batch();
    void store_batch(Batch& batch);
    void run_unit(Entry& entry);
    void commit(Batch& batch);
    void commit_with_faults();
    void settle(Batch& batch, const std::exception_ptr& failure) noexcept;
    static Actions actions_of(Batch& batch);
    static void run_all(const Actions& actions) noexcept;

    void open();
    void ensure_open();
    bool open_again();
    static int on_log(void* self, sqlite3*, const char* database, int pages);
    void answer_log_request();
    bool restart_log_now(LogState state);
    void recover_log();

    const Options options_;
    const std::filesystem::path file_;
    ReaderPool& readers_;
    const std::function<void(std::uint64_t)> log_grew_;

    // The writer's thread alone.
    std::optional<Connection> connection_;
    std::optional<Doubt> doubt_;
    std::int64_t last_number_ = 0;
    std::uint64_t page_bytes_ = 4096;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point no_attempt_before_{};

    std::mutex keep_open_;
    mutable std::mutex mutex_;
    std::condition_variable work_came_;
    std::condition_variable log_answered_;
    std::deque<std::unique_ptr<store::Unit>> queue_;
    bool closing_ = false;
    std::optional<LogState> log_request_;
    std::optional<bool> log_answer_;

    std::atomic<std::uint64_t> units_{0};
    std::atomic<std::uint64_t> batches_{0};
    std::atomic<std::uint64_t> failed_batches_{0};
    std::atomic<std::uint64_t> reopens_{0};
    std::atomic<std::uint64_t> log_resets_{0};
    std::atomic<std::uint64_t> log_bytes_{0};
    store::Histogram commit_times_;
    store::Histogram batch_times_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::store_sqlite
