// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "store/database.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::store_sqlite {

// An open data directory: its lock, the writer's thread, the readers and the checkpoints.
class Database final : public store::Database {
public:
    // Throws base::Outage, and says why, when there is no database, when another process has the directory, when the
    // schema is older or newer than the program, or when the disk fails.
    static std::unique_ptr<Database> open(Options options);
    ~Database() override;

    store::Writer& writer() override;
    store::Readers& readers() override;
    store::Statistics statistics() const override;

private:
    struct Parts;
    explicit Database(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace kelisim::store_sqlite
