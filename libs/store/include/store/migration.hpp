// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace kelisim::store {

// One step of the schema: db/<engine>/NNNN_name.sql, embedded when the program is built (embed_sql.cmake). It runs in
// one transaction and so holds no BEGIN, COMMIT or PRAGMA.
struct Migration {
    int number = 0;  // 1, 2, 3 without a gap
    std::string_view name;
    std::string_view sql;
};

using Migrations = std::span<const Migration>;

struct SchemaStatus {
    int found = 0;   // 0: no schema yet
    int wanted = 0;  // what the program needs
};

// The schema version that a database has once all of them ran; 0 for none. Throws Defect when a number is out of step.
int version_of(Migrations migrations);

}  // namespace kelisim::store
