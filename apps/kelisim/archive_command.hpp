// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace kelisim::app {

// What is registered, and whether the files are there; 0 only when all are.
int archive_list(const std::filesystem::path& data, const config::Config& config);

// A file, or every archive of a directory, by themselves and the key of the ledger; 0 only when all is as it was sealed. Throws
// base::Outage when that cannot be found out.
int archive_verify(const std::filesystem::path& where, const std::string& key);

// Looks of an official of the authorized body at one person's uses, refused calls and looks, in archives and live. Standard input: the IIN of the
// official, and in the next line that of the person, where no use is named. The look is recorded first, and the person sees it
// with its reason.
struct ArchiveSearch {
    std::filesystem::path data;
    std::string reason;
    std::optional<std::string> use;       // one use, by its id
    std::optional<std::string> from, to;  // local days, "2026-11-22", both included
};
int archive_search(const ArchiveSearch& search, const config::Config& config);

}  // namespace kelisim::app
