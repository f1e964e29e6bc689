// SPDX-License-Identifier: Apache-2.0
// Creating and upgrading the tables in a database that an administrator made; what `kelisim db init | upgrade | status`
// calls.
#pragma once

#include "store_postgres/options.hpp"

namespace kelisim::store_postgres {

// The version that this program works with: the last file of db/postgres/migrations.cmake.
inline constexpr int schema_version = 33;

// Each takes the database's lock and so throws base::Outage while another process serves from it.

// Makes the whole schema in an empty database. Throws base::Outage when there is one already.
void init(const Options& options);
// Runs the missing migrations, each in its own transaction. Throws base::Outage when the database is newer than the
// program, or when a migration fails (those before it stay, it leaves nothing).
store::SchemaStatus upgrade(const Options& options);
store::SchemaStatus status(const Options& options);

}  // namespace kelisim::store_postgres
