// SPDX-License-Identifier: Apache-2.0
#include "store_postgres/schema.hpp"

#include "schema_steps.hpp"

#include <fmt/format.h>

#include "base/result.hpp"
#include "database_lock.hpp"

namespace kelisim::store_postgres {
namespace {

const store::Statement count_tables{"schema_version_exists",
                                    "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')"};
const store::Statement last_version{"schema_version_last", "SELECT coalesce(max(number), 0) FROM schema_version"};
const store::Statement record_version{"schema_version_record",
                                      "INSERT INTO schema_version (number, name) VALUES (?1, ?2)"};
const store::Statement settings{"durability",
                                "SELECT current_setting('synchronous_commit'), current_setting('fsync'),"
                                " current_setting('full_page_writes'), current_setting('server_encoding')"};

constexpr int server_version_min = 150'000;

void apply(Connection& connection, const store::Migration& migration) {
    try {
        connection.script("BEGIN");
        connection.script(std::string(migration.sql));
        const std::array<store::Param, 2> row{std::int64_t{migration.number}, migration.name};
        connection.commit_with(record_version, row);
    } catch (const std::exception& failure) {
        throw base::Outage(fmt::format("migration {:04}_{}: {}", migration.number, migration.name, failure.what()));
    }
}

void apply_missing(Connection& connection, const Options& options) {
    const int found = found_version(connection);
    for (const store::Migration& migration : options.schema) {
        if (migration.number > found) apply(connection, migration);
    }
}

Connection locked(const Options& options) {
    Connection connection(options.connection, "kelisim db");
    require_durability(connection, options.test_hooks);
    take_database_lock(connection, options.lock_patience);
    return connection;
}

store::SchemaStatus look(Connection& connection, const Options& options) {
    return {found_version(connection), store::version_of(options.schema)};
}

}  // namespace

int found_version(Connection& connection) {
    if (connection.integer(count_tables) == 0) return 0;
    return static_cast<int>(connection.integer(last_version));
}

void require_version(Connection& connection, store::Migrations schema) {
    const int found = found_version(connection), wanted = store::version_of(schema);
    if (found == wanted) return;
    const char* advice = found == 0       ? "initialise it first"
                         : found < wanted ? "upgrade the database"
                                          : "it was written by a newer program";
    throw base::Outage(
        fmt::format("the database has schema version {}, this program needs {}: {}", found, wanted, advice));
}

void require_durability(Connection& connection, const TestHooks& hooks) {
    if (connection.server_version() < server_version_min) {
        throw base::Outage(
            fmt::format("PostgreSQL 15 or newer is needed, not {}", connection.server_version() / 10'000));
    }
    std::string synchronous, fsync, whole_pages, encoding;
    connection.query(settings, {}, [&](const store::Row& row) {
        synchronous = row.text(0);
        fsync = row.text(1);
        whole_pages = row.text(2);
        encoding = row.text(3);
    });
    if (encoding != "UTF8") throw base::Outage("the database has to be made with ENCODING 'UTF8', not " + encoding);
    if (hooks.durability == TestHooks::Durability::not_needed) return;
    // remote_apply waits for more than on does; the others acknowledge what a failure of the server can take back.
    if (synchronous != "on" && synchronous != "remote_apply") {
        throw base::Outage("the database has synchronous_commit = " + synchronous +
                           ", and would acknowledge what it can lose");
    }
    if (fsync != "on" || whole_pages != "on") {
        throw base::Outage("the database server has fsync or full_page_writes off, and can lose what it acknowledged");
    }
}

void init(const Options& options) {
    store::version_of(options.schema);
    Connection connection = locked(options);
    if (found_version(connection) != 0) throw base::Outage("the database has a schema already");
    apply_missing(connection, options);
}

store::SchemaStatus upgrade(const Options& options) {
    Connection connection = locked(options);
    const store::SchemaStatus before = look(connection, options);
    if (before.found == 0 || before.found > before.wanted) require_version(connection, options.schema);
    apply_missing(connection, options);
    return look(connection, options);
}

store::SchemaStatus status(const Options& options) {
    Connection connection = locked(options);
    return look(connection, options);
}

}  // namespace kelisim::store_postgres
