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
#include "store/statistics.hpp"
#include "store/writer.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// The one writer: a thread that takes units from a bounded queue and commits them in batches (group commit).
//
// After a failed COMMIT the connection is dropped, and the database is opened again to look whether the batch is
// there: every batch that writes leaves its number in store_batch. Until that has succeeded everything is answered with
// Unavailable; each new batch makes at most one attempt, and none within the pause after a failed one.
class BatchWriter final : public store::Writer {
public:
    // `log_grew` is called on the writer's thread after a COMMIT, with the bytes of the log in use. Throws base::Outage.
    BatchWriter(const Options& options, std::filesystem::path file, std::function<void(std::uint64_t)> log_grew);
    ~BatchWriter() override;

    void submit(std::unique_ptr<store::Unit> unit) override;

    // Answers what was accepted and ends the thread; then submit() throws and reset_log() says false.
    void close();

    // Copies what is left of the log into the database and lets it begin again from its start. Waits its turn between
    // two batches; false when readers that still need the log are in the way, or when the engine failed.
    bool reset_log();

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
    void resolve_doubt();
    static int on_log(void* self, sqlite3*, const char* database, int pages);
    void answer_reset();
    bool restart_log();

    const Options options_;
    const std::filesystem::path file_;
    const std::function<void(std::uint64_t)> log_grew_;

    // The writer's thread alone.
    std::optional<Connection> connection_;
    std::optional<Doubt> doubt_;
    std::int64_t last_number_ = 0;
    std::uint64_t page_bytes_ = 4096;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point no_attempt_before_{};

    mutable std::mutex mutex_;
    std::condition_variable work_came_;
    std::condition_variable reset_done_;
    std::deque<std::unique_ptr<store::Unit>> queue_;
    bool closing_ = false;
    bool reset_wanted_ = false;
    std::optional<bool> reset_result_;

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
