// SPDX-License-Identifier: Apache-2.0
#include "store_postgres/database.hpp"

#include "batch_writer.hpp"
#include "reader_pool.hpp"

namespace kelisim::store_postgres {

// Closes the writer's queue first, while all that its units may call is there; then from the last member to the first.
struct Database::Parts {
    explicit Parts(const Options& given) : readers(given), writer(given, readers) {}
    ~Parts() { writer.close(); }

    ReaderPool readers;  // connects at the first read
    BatchWriter writer;
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(const Options& options) {
    return std::unique_ptr<Database>(new Database(std::make_unique<Parts>(options)));
}

store::Writer& Database::writer() {
    return parts_->writer.writer();
}
store::Readers& Database::readers() {
    return parts_->readers;
}

store::Statistics Database::statistics() const {
    store::Statistics statistics;
    parts_->writer.add_to(statistics);
    return statistics;
}

}  // namespace kelisim::store_postgres
