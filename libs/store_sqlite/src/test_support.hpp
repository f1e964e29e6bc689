// SPDX-License-Identifier: Apache-2.0
// For the tests of this library: a directory that goes away, and a schema with a table to write to.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::store_sqlite::test {

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "kelisim-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw base::Outage("cannot make a temporary directory");
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;  // a test's leftovers are no failure of the test
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

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
    options.queue_units_max = 64;
    options.batch_time_max = std::chrono::minutes{1};  // a slow machine closes no batch
    options.reopen_pause = std::chrono::milliseconds{0};
    return options;
}

}  // namespace kelisim::store_sqlite::test
