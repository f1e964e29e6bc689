// SPDX-License-Identifier: Apache-2.0
// Which database belongs to a data directory: the only place that knows the engines.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "data_directory.hpp"
#include "store/database.hpp"
#include "store/migration.hpp"

namespace kelisim::app {

// Not open yet. Every function throws base::Outage, also while another process has the database or the directory.
class Storage {
public:
    virtual ~Storage() = default;
    // As people know it.
    virtual std::string name() const = 0;
    // False before init().
    virtual bool exists() = 0;
    virtual void init() = 0;
    virtual store::SchemaStatus upgrade() = 0;
    virtual store::SchemaStatus status() = 0;
    // `on_taken_over`: another process got the database, and this one has to end at once; called on the writer's thread.
    // The storage outlives what it opened.
    virtual std::unique_ptr<store::Database> open(std::function<void()> on_taken_over) = 0;
};

// Of `store.engine`; throws base::Outage when the configuration does not say where it is.
// Where sealed files of old entries are.
std::filesystem::path archive_directory(const std::filesystem::path& data, const config::Config& config);
std::unique_ptr<Storage> storage_of(const std::filesystem::path& directory, const config::Config& config);

// What it means for the master key that the database is there.
DataDirectory::Database found_in(Storage& storage);

}  // namespace kelisim::app
