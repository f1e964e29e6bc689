// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/schema.hpp"

#include "schema_steps.hpp"

#include <fmt/format.h>

#include "base/result.hpp"
#include "store/directory_lock.hpp"
#include "store/writer.hpp"

namespace kelisim::store_sqlite {
namespace {

const store::Statement record_version{"schema_version_record",
                                      "INSERT INTO schema_version (number, name) VALUES (?1, ?2)"};

void apply(Connection& connection, const store::Migration& migration) {
    try {
        connection.script("BEGIN IMMEDIATE");
        connection.script(migration.sql);
        connection.execute(record_version, {std::int64_t{migration.number}, migration.name});
        connection.script("COMMIT");
    } catch (const std::exception& failure) {
        throw base::Outage(fmt::format("migration {:04}_{}: {}", migration.number, migration.name, failure.what()));
    }
}

void apply_missing(const Options& options) {
    // A migration that failed leaves with its connection: one that is open would keep the transaction.
    for (const store::Migration& migration : options.schema) {
        Connection connection(database_file(options), Connection::Access::write, options.test_hooks);
        if (migration.number > found_version(connection)) apply(connection, migration);
    }
}

void require_database(const Options& options) {
    if (std::filesystem::exists(database_file(options))) return;
    throw base::Outage(fmt::format("there is no database in {}: initialise it first", options.directory.string()));
}

store::SchemaStatus look(const Options& options) {
    Connection connection(database_file(options), Connection::Access::write, options.test_hooks);
    return {found_version(connection), store::version_of(options.schema)};
}

void make_directory(const std::filesystem::path& directory) {
    if (!std::filesystem::create_directories(directory)) return;
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
}

}  // namespace

std::filesystem::path database_file(const Options& options) {
    return options.directory / "kelisim.db";
}

int found_version(Connection& connection) {
    if (connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") == 0) return 0;
    return static_cast<int>(connection.integer("SELECT coalesce(max(number), 0) FROM schema_version"));
}

void require_version(const Options& options) {
    require_database(options);
    const store::SchemaStatus schema = look(options);
    if (schema.found == schema.wanted) return;
    const char* advice = schema.found < schema.wanted ? "upgrade the database" : "it was written by a newer program";
    throw base::Outage(fmt::format("the database in {} has schema version {}, this program needs {}: {}",
                                   options.directory.string(), schema.found, schema.wanted, advice));
}

void init(const Options& options) {
    store::version_of(options.schema);
    make_directory(options.directory);
    const store::DirectoryLock lock(options.directory);
    {
        Connection connection(database_file(options), Connection::Access::create, options.test_hooks);
        if (found_version(connection) != 0) {
            throw base::Outage(fmt::format("there is a database in {} already", options.directory.string()));
        }
        connection.script("PRAGMA journal_mode = WAL");
    }
    apply_missing(options);
    store::sync_directory(options.directory);
}

store::SchemaStatus upgrade(const Options& options) {
    const store::DirectoryLock lock(options.directory);
    require_database(options);
    const store::SchemaStatus before = look(options);
    if (before.found > before.wanted) require_version(options);
    apply_missing(options);
    return look(options);
}

store::SchemaStatus status(const Options& options) {
    const store::DirectoryLock lock(options.directory);
    require_database(options);
    return look(options);
}

}  // namespace kelisim::store_sqlite
