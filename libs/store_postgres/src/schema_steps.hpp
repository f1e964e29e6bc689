// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "store_postgres/schema.hpp"

namespace kelisim::store_postgres {

// The version that the database has, 0 without a schema.
int found_version(Connection& connection);

// Throws base::Outage when the version is not the wanted one.
void require_version(Connection& connection, store::Migrations schema);

// Throws base::Outage, and says what to set, when the server would acknowledge what a power failure can take back, or when
// it is none that this library knows.
void require_durability(Connection& connection, const TestHooks& hooks);

}  // namespace kelisim::store_postgres
