// SPDX-License-Identifier: Apache-2.0
// Whether files are as they were sealed, by themselves and the public key of the ledger: no database, no other key, no network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "archive/manifest.hpp"
#include "ledger/note.hpp"

namespace kelisim::archive {

struct Verified {
    std::string file;                   // its name
    std::optional<Manifest> manifest;   // nothing when there is none to read
    std::vector<std::string> findings;  // empty when all is as it was sealed; no personal data
};

// Throws base::Outage when there is no such file.
Verified verify_file(const std::filesystem::path& file, const ledger::NoteKey& key);

// Every archive of a directory, in the order of their numbers, and that each continues the one before. That the newest is
// missing, only the ledger can tell.
std::vector<Verified> verify_directory(const std::filesystem::path& directory, const ledger::NoteKey& key);

}  // namespace kelisim::archive
