// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "access/parts.hpp"
#include "archive/files.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/iin.hpp"
#include "base/zone.hpp"
#include "config/config.hpp"
#include "data_directory.hpp"
#include "records/records.hpp"
#include "registry/registry.hpp"
#include "storage.hpp"
#include "store/database.hpp"

namespace kelisim::app {

// What a command works with on a data directory that nobody serves.
struct Books {
    Books(const std::filesystem::path& data, const config::Config& config);

    std::optional<records::Subject> person(const base::Iin& iin) const;
    registry::Entries registry() const;
    // Of the sandbox, which may be ahead.
    base::Time now() const;

    base::SystemEntropy entropy;
    base::SystemClock clock;
    DataDirectory directory;
    std::unique_ptr<Storage> storage;
    records::Vault vault;
    archive::Files archive_files;
    records::Records records;
    std::unique_ptr<store::Database> database;
};

// What the use cases ask for, with nobody served.
struct Desk {
    Desk(const std::filesystem::path& data, const config::Config& config);

    access::Parts parts();

    Books books;
    registry::Registry registry;
    base::ProcessZone zone;
    store::Timers timers;
    store::Outbox outbox;
    access::TokenIndex index;
};

// The next line of standard input: never an argument, those stand in the list of processes and in the history of the shell.
// Throws base::Outage when it is none.
base::Iin read_iin();

}  // namespace kelisim::app
