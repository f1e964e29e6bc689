// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "batch_writer.hpp"
#include "reader_pool.hpp"
#include "store/statistics.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// Keeps the write-ahead log short without stalling the writer. The log can only begin again from its start when all of
// it has been copied into the database and no reader looks at it; while units stream in that never happens by itself.
// So this thread copies the bulk with PASSIVE passes beside the writer, and asks the writer for the small rest.
class Checkpointer {
public:
    Checkpointer(const Options& options, std::filesystem::path file, BatchWriter& writer, ReaderPool& readers);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // Tells how long the log is now; cheap. Any thread.
    void log_grew(std::uint64_t bytes);

    void add_to(store::Statistics& statistics) const;

private:
    void work();
    std::uint64_t wait_for_growth();
    void shorten(std::uint64_t bytes);
    LogState copy();

    const Options options_;
    const std::filesystem::path file_;
    BatchWriter& writer_;
    ReaderPool& readers_;

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
