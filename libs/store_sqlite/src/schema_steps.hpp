// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "connection.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::store_sqlite {

std::filesystem::path database_file(const Options& options);

// The version that the database has, 0 without a schema.
int found_version(Connection& connection);

// Throws base::Outage when there is no database or its version is not the wanted one. The caller holds the lock.
void require_version(const Options& options);

}  // namespace kelisim::store_sqlite
