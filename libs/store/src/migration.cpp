// SPDX-License-Identifier: Apache-2.0
#include "store/migration.hpp"

#include <fmt/format.h>

#include "store/writer.hpp"

namespace kelisim::store {

int version_of(Migrations migrations) {
    int version = 0;
    for (const Migration& migration : migrations) {
        if (migration.number != version + 1) {
            throw Defect(fmt::format("migration {} follows {}", migration.number, version));
        }
        version = migration.number;
    }
    return version;
}

}  // namespace kelisim::store
