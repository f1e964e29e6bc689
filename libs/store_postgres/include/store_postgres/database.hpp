// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "store/database.hpp"
#include "store_postgres/options.hpp"

namespace kelisim::store_postgres {

// The writer's session, which holds the database's lock, and the readers.
class Database final : public store::Database {
public:
    // Throws base::Outage, and says why, when the server cannot be reached or would acknowledge what is not durable, when
    // another process has the database, or when the schema is missing, older or newer than the program.
    static std::unique_ptr<Database> open(const Options& options);
    ~Database() override;

    store::Writer& writer() override;
    store::Readers& readers() override;
    store::Statistics statistics() const override;

private:
    struct Parts;
    explicit Database(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace kelisim::store_postgres
