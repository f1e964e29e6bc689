// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "connection.hpp"
#include "store/statistics.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// Keeps the write-ahead log short without stalling the writer. The log can only begin again from its start when all of
// it has been copied into the database and no reader looks at it; while units stream in that never happens by itself.
// So this thread copies the bulk with PASSIVE passes beside the writer, and asks the writer for the small rest.
class Checkpointer {
public:
    struct Requests {
        std::function<bool()> reset_log;          // BatchWriter::reset_log
        std::function<void()> interrupt_readers;  // ReaderPool::interrupt
    };

    // Throws base::Outage.
    Checkpointer(const Options& options, std::filesystem::path file, Requests requests);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // Tells how long the log is now; cheap. Any thread.
    void log_grew(std::uint64_t bytes);

    void add_to(store::Statistics& statistics) const;

private:
    struct Pass {
        bool ok;
        int pages_left;
    };

    void work();
    std::uint64_t wait_for_growth();
    void shorten(std::uint64_t bytes);
    Pass pass();

    const Options options_;
    const std::filesystem::path file_;
    const Requests requests_;
    std::unique_ptr<Connection> connection_;

    std::mutex mutex_;
    std::condition_variable grew_;
    std::uint64_t bytes_ = 0;
    bool closing_ = false;

    std::atomic<std::uint64_t> due_at_bytes_;  // log_grew() below it returns without a lock
    std::atomic<std::uint64_t> checkpoints_{0};
    std::atomic<std::uint64_t> failed_checkpoints_{0};

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::store_sqlite
