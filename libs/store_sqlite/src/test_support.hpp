// SPDX-License-Identifier: Apache-2.0
// For the tests of this library: a schema with a table to write to.
#pragma once

#include <filesystem>
#include <vector>

#include "store/temporary_directory.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::store_sqlite::test {

using store::contract::TemporaryDirectory;

// The real migrations and one more, with the table of the contract suite.
inline store::Migrations contract_schema() {
    static const auto all = [] {
        std::vector<store::Migration> steps(migrations().begin(), migrations().end());
        steps.push_back({static_cast<int>(steps.size()) + 1, "contract",
                         "CREATE TABLE contract_item (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL, data BLOB,"
                         " note TEXT, number INTEGER) STRICT;"});
        return steps;
    }();
    return all;
}

inline Options contract_options(const std::filesystem::path& directory) {
    Options options;
    options.directory = directory;
    options.schema = contract_schema();
    options.batches.queue_units_max = 64;
    options.batches.batch_time_max = std::chrono::minutes{1};  // a slow machine closes no batch
    options.batches.reopen_pause = std::chrono::milliseconds{0};
    return options;
}

}  // namespace kelisim::store_sqlite::test
