// SPDX-License-Identifier: Apache-2.0
// For the tests of this library: databases on one server of the program, and a schema with a table to write to.
#pragma once

#include <string>
#include <vector>

#include "store_postgres/database.hpp"
#include "store_postgres/schema.hpp"
#include "store_postgres/temporary_server.hpp"

namespace kelisim::store_postgres::test {

// One for all tests of the program that neither stop it nor look at what survives.
inline TemporaryServer& shared_server() {
    static TemporaryServer server({"fsync=off", "full_page_writes=off"});
    return server;
}

// The real migrations and one more, with the table of the contract suite.
inline store::Migrations contract_schema() {
    static const auto all = [] {
        std::vector<store::Migration> steps(migrations().begin(), migrations().end());
        steps.push_back(
            {static_cast<int>(steps.size()) + 1, "contract",
             "CREATE TABLE contract_item (id bigint NOT NULL PRIMARY KEY, value text COLLATE \"C\" NOT NULL,"
             " data bytea, note text COLLATE \"C\", number bigint);"});
        return steps;
    }();
    return all;
}

inline Options contract_options(TemporaryServer& server) {
    Options options;
    options.connection = base::Secret<std::string>(server.make_database());
    options.schema = contract_schema();
    options.batches.queue_units_max = 64;
    options.batches.batch_time_max = std::chrono::minutes{1};  // a slow machine closes no batch
    options.batches.reopen_pause = std::chrono::milliseconds{0};
    if (&server == &shared_server()) options.test_hooks.durability = TestHooks::Durability::not_needed;
    return options;
}

}  // namespace kelisim::store_postgres::test
