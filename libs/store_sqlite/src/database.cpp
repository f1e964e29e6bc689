// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/database.hpp"

#include "batch_writer.hpp"
#include "checkpointer.hpp"
#include "reader_pool.hpp"
#include "schema_steps.hpp"
#include "store/directory_lock.hpp"

namespace kelisim::store_sqlite {
namespace {

Options checked(Options options) {
    require_version(options);
    return options;
}

}  // namespace

// Closes the writer's queue first, while all that its units may call is there; then from the last member to the first.
struct Database::Parts {
    explicit Parts(Options given)
        : lock(given.directory),
          options(checked(std::move(given))),
          readers(options, database_file(options)),
          writer(options, database_file(options), readers,
                 [this](std::uint64_t bytes) { checkpointer.log_grew(bytes); }),
          checkpointer(options, database_file(options), writer, readers) {}
    ~Parts() { writer.close(); }

    store::DirectoryLock lock;
    Options options;
    ReaderPool readers;  // connects at the first read, after the writer has settled the log
    BatchWriter writer;
    Checkpointer checkpointer;  // no unit can have been submitted before it is made
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(Options options) {
    return std::unique_ptr<Database>(new Database(std::make_unique<Parts>(std::move(options))));
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
    parts_->checkpointer.add_to(statistics);
    return statistics;
}

}  // namespace kelisim::store_sqlite
