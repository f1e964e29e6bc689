// SPDX-License-Identifier: Apache-2.0
#include "store_sqlite/database.hpp"

#include <sqlite3.h>

#include "batch_writer.hpp"
#include "checkpointer.hpp"
#include "directory_lock.hpp"
#include "reader_pool.hpp"
#include "schema_steps.hpp"

namespace kelisim::store_sqlite {
namespace {

// What a process that died left in the log may stand in the page cache alone, if its last sync failed. Copied into the
// database and synced there it is safe to build upon.
void settle_old_log(const Options& options) {
    Connection connection(database_file(options), Connection::Access::write, options.test_hooks);
    const int result =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result != SQLITE_OK) throw_failure(connection.handle(), result, "settle the log");
}

Options checked(Options options) {
    require_version(options);
    settle_old_log(options);
    return options;
}

}  // namespace

// Closes the writer's queue first, while all that its units may call is there; then from the last member to the first:
// readers before the writer, whose connection copies the log into the database, and the lock when all is done.
struct Database::Parts {
    explicit Parts(Options given)
        : lock(given.directory),
          options(checked(std::move(given))),
          writer(options, database_file(options), [this](std::uint64_t bytes) { checkpointer.log_grew(bytes); }),
          readers(options, database_file(options)),
          checkpointer(options, database_file(options),
                       {[this] { return writer.reset_log(); }, [this] { readers.interrupt(); }}) {}
    ~Parts() { writer.close(); }

    DirectoryLock lock;
    Options options;
    BatchWriter writer;
    ReaderPool readers;
    Checkpointer checkpointer;  // no unit can have been submitted before it is made
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(Options options) {
    return std::unique_ptr<Database>(new Database(std::make_unique<Parts>(std::move(options))));
}

store::Writer& Database::writer() {
    return parts_->writer;
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
