// SPDX-License-Identifier: Apache-2.0
#include "storage.hpp"

#include <optional>

#include "base/result.hpp"
#include "store/directory_lock.hpp"
#include "store_postgres/database.hpp"
#include "store_postgres/schema.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"

namespace kelisim::app {

namespace {

namespace fs = std::filesystem;

template <class Options>
Options sized(Options options, const config::Config& config) {
    options.batches.queue_units_max = static_cast<std::size_t>(config.number("store.queue_units_max"));
    options.readers = static_cast<std::size_t>(config.number("store.readers"));
    return options;
}

class SqliteStorage final : public Storage {
public:
    SqliteStorage(const fs::path& directory, const config::Config& config)
        : options_(sized(store_sqlite::Options{.directory = directory}, config)) {}

    std::string name() const override { return options_.directory.string(); }
    bool exists() override { return fs::exists(options_.directory / "kelisim.db"); }
    void init() override { store_sqlite::init(options_); }
    store::SchemaStatus upgrade() override { return store_sqlite::upgrade(options_); }
    store::SchemaStatus status() override { return store_sqlite::status(options_); }
    // Nobody takes a locked directory over.
    std::unique_ptr<store::Database> open(std::function<void()>) override {
        return store_sqlite::Database::open(options_);
    }

private:
    const store_sqlite::Options options_;
};

// Keys and lists of erasures still lie in the directory, which therefore belongs to one process too.
class PostgresStorage final : public Storage {
public:
    PostgresStorage(const fs::path& directory, const config::Config& config)
        : directory_(directory), options_(sized(store_postgres::Options{}, config)) {
        const std::string& connection = config.text("store.postgres");
        if (connection.empty())
            throw base::Outage("store.engine is postgres, and store.postgres does not say where it is");
        options_.connection = base::Secret<std::string>(connection);
    }

    std::string name() const override { return "PostgreSQL"; }
    bool exists() override { return store_postgres::status(options_).found != 0; }
    void init() override {
        lock();
        store_postgres::init(options_);
    }
    store::SchemaStatus upgrade() override {
        lock();
        return store_postgres::upgrade(options_);
    }
    store::SchemaStatus status() override { return store_postgres::status(options_); }
    std::unique_ptr<store::Database> open(std::function<void()> on_taken_over) override {
        lock();
        options_.on_taken_over = std::move(on_taken_over);
        return store_postgres::Database::open(options_);
    }

private:
    void lock() {
        if (lock_) return;
        if (fs::create_directories(directory_)) fs::permissions(directory_, fs::perms::owner_all);
        lock_.emplace(directory_);
    }

    const fs::path directory_;
    store_postgres::Options options_;
    std::optional<store::DirectoryLock> lock_;
};

}  // namespace

fs::path archive_directory(const fs::path& data, const config::Config& config) {
    const std::string& configured = config.text("archive.directory");
    return configured.empty() ? data / "archive" : fs::path(configured);
}

std::unique_ptr<Storage> storage_of(const fs::path& directory, const config::Config& config) {
    if (config.text("store.engine") == "postgres") return std::make_unique<PostgresStorage>(directory, config);
    return std::make_unique<SqliteStorage>(directory, config);
}

DataDirectory::Database found_in(Storage& storage) {
    return storage.exists() ? DataDirectory::Database::exists : DataDirectory::Database::none;
}

}  // namespace kelisim::app
