// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "store/statistics.hpp"
#include "store/writer.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// An open data directory: its lock, the writer's thread, the readers and the checkpoints. Thread-safe. Destroying it
// answers what was accepted, then closes; nobody may read or submit any more by then.
class Database {
public:
    // Throws base::Outage, and says why, when there is no database, when another process has the directory, when the
    // schema is older or newer than the program, or when the disk fails.
    static std::unique_ptr<Database> open(Options options);
    ~Database();

    store::Writer& writer();
    store::Readers& readers();
    store::Statistics statistics() const;

private:
    struct Parts;
    explicit Database(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace kelisim::store_sqlite
