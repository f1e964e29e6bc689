// SPDX-License-Identifier: Apache-2.0
// Creating and upgrading a database; what `kelisim db init | upgrade | status` calls.
#pragma once

#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// The version that this program works with: the last file of db/sqlite/migrations.cmake.
inline constexpr int schema_version = 33;

// Each takes the lock of the directory and so throws base::Outage while another process serves from it.

// Makes the directory (0700) and an empty database with the whole schema. Throws base::Outage when one exists already;
// what an interrupted init left behind is completed.
void init(const Options& options);
// Runs the missing migrations, each in its own transaction. Throws base::Outage when the database is newer than the
// program, or when a migration fails (those before it stay, it leaves nothing).
store::SchemaStatus upgrade(const Options& options);
store::SchemaStatus status(const Options& options);

}  // namespace kelisim::store_sqlite
