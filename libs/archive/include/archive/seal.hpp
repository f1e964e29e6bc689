// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "archive/manifest.hpp"
#include "crypto/ed25519.hpp"
#include "records/records.hpp"
#include "store_sqlite/options.hpp"

namespace kelisim::archive {

// Which leaves the next file is to hold: whole tiles.
struct Range {
    std::int64_t first_leaf = 0, last_leaf = 0;
};

struct Sealed {
    records::Archive archive;  // but for length, hash and fact
    std::vector<records::Archives::Person> persons;
};

struct SealParts {
    const records::Records& records;
    const std::string& ledger;  // name of the log
    const crypto::Ed25519Key& key;
    const store_sqlite::TestHooks& hooks;
};

// Writes the entries of these leaves, and every use, refused use and look whose last entry is among them, into `file`, which must
// not be there, from one snapshot of the live tables. Each leaf is held against its entry and each tile against its root
// before: what is damaged is not sealed. Nothing, and what was written is of no use, while one of the entries is from
// `before` on or later, or the outcome of a use is not booked.
// Throws records::Damaged, and store::Unavailable when the store or the disk fails.
std::optional<Sealed> seal(store::ReadSession& session, const SealParts& parts, const Range& range, base::Time before,
                           const std::filesystem::path& file);

}  // namespace kelisim::archive
