// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// Writes the bytes of the database's write-ahead log again, as they are, and syncs them. After a sync that failed the page
// cache may show what the disk does not have, and calls it clean: SQLite would find those pages good and build on
// them. Nobody has the database open. Throws base::Outage.
void rewrite_log(const std::filesystem::path& database, const TestHooks& hooks);

}  // namespace kelisim::store_sqlite
