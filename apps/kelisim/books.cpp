// SPDX-License-Identifier: Apache-2.0
#include "books.hpp"

#include <iostream>

#include "api/sandbox.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "records/registry_store.hpp"

namespace kelisim::app {

Books::Books(const std::filesystem::path& data, const config::Config& config)
    : directory(data),
      storage(existing_storage(data, config)),
      vault(directory.master_key(entropy, DataDirectory::Database::exists)),
      archive_files(archive_directory(data, config)),
      records(vault, entropy, &archive_files),
      database(storage->open({})) {}

std::optional<records::Subject> Books::person(const base::Iin& iin) const {
    std::optional<records::Subject> found;
    database->readers().read([&](store::ReadSession& session) { found = records.subjects.find(session, iin); });
    return found;
}

registry::Entries Books::registry() const {
    registry::Entries entries;
    database->readers().read([&](store::ReadSession& session) { entries = records::load_registry(session); });
    return entries;
}

base::Time Books::now() const {
    std::optional<std::int64_t> offset;
    database->readers().read([&](store::ReadSession& session) {
        offset = base::parse_integer(records::setting(session, api::clock_setting).value_or("0"));
    });
    return clock.now() + base::Duration{offset.value_or(0)};
}

Desk::Desk(const std::filesystem::path& data, const config::Config& config)
    : books(data, config), registry(books.registry()), zone(config.text("service.zone")) {}

access::Parts Desk::parts() {
    return {.registry = registry,
            .records = books.records,
            .timers = timers,
            .outbox = outbox,
            .entropy = books.entropy,
            .zone = zone,
            .tokens = index,
            .script = channel::Script::cyrillic};
}

base::Iin read_iin() {
    std::string line;
    std::getline(std::cin, line);
    const auto iin = base::Iin::parse(line);
    if (iin.has_error()) throw base::Outage("standard input holds no IIN");
    return *iin;
}

}  // namespace kelisim::app
