// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "store/group_commit.hpp"
#include "store/migration.hpp"

namespace kelisim::store_sqlite {

// The steps of db/sqlite, embedded when the program was built; static lifetime.
store::Migrations migrations();

// What COMMIT is made to answer, to prove that callers and the engine live with it.
enum class CommitFault {
    none,
    fails_though_durable,
    fails_and_is_lost,
    runs_again,  // as if another transaction had been in the way; SQLite never says so, other engines do
};

// For tests alone; nothing of this can be reached from a configuration file.
struct TestHooks {
    std::string vfs;  // name of a registered SQLite VFS; empty for the system's
    enum class Synchronous { full, off } synchronous = Synchronous::full;
    std::function<CommitFault()> on_commit;  // asked on the writer's thread before each COMMIT that writes
    std::function<bool()> refuse_reopen;     // true: reopening after a failed COMMIT fails too
};

struct Options {
    std::filesystem::path directory;  // belongs to one process: it holds kelisim.db, its log, and the lock
    store::Migrations schema = migrations();

    store::GroupCommitOptions batches = {};
    std::size_t readers = 4;  // connections, not threads

    std::uint64_t log_checkpoint_bytes = 64U << 20U;  // from here on the log is copied into the database
    std::uint64_t log_bytes_max = 512U << 20U;        // over it, readers that hold the log back are interrupted
    std::chrono::milliseconds reader_patience{5};  // how long the writer waits for readers to let the log begin again

    TestHooks test_hooks = {};
};

}  // namespace kelisim::store_sqlite
