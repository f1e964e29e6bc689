// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "base/secret.hpp"
#include "store/group_commit.hpp"
#include "store/migration.hpp"

namespace kelisim::store_postgres {

// The steps of db/postgres, embedded when the program was built; static lifetime.
store::Migrations migrations();

// What COMMIT is made to answer, to prove that callers and the engine live with it.
enum class CommitFault {
    none,
    fails_though_durable,
    fails_and_is_lost,
};

// For tests alone; nothing of this can be reached from a configuration file.
struct TestHooks {
    enum class Durability { required, not_needed } durability = Durability::required;
    std::function<CommitFault()> on_commit;  // asked on the writer's thread before each COMMIT that writes
};

struct Options {
    // A connection string of libpq (key=value or postgresql://). Names a database that is ours alone, on its primary; a
    // password in it stays out of every message.
    base::Secret<std::string> connection;
    store::Migrations schema = migrations();

    // Each statement is a round trip: a batch under load takes longer to be worth its flush than on an embedded engine.
    store::GroupCommitOptions batches = {.batch_time_max = std::chrono::milliseconds{50}};
    std::size_t readers = 4;  // connections, not threads
    // How long the writer waits for another's lock: its own former session may need a moment to end.
    std::chrono::milliseconds lock_patience{5'000};

    // Called once, on the writer's thread, when another process wrote to the database or took it over while this one was
    // cut off from it. From then on units are refused; what this process holds in memory may be wrong, so it has to end.
    // Without it the process is ended.
    std::function<void()> on_taken_over;

    TestHooks test_hooks = {};
};

}  // namespace kelisim::store_postgres
