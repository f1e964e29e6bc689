// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "ledger/tile.hpp"

namespace kelisim::ledger {

// Gives what stands at an address below the prefix of a log ("checkpoint", "tile/0/000"); nothing when nothing does.
using Fetch = std::function<std::optional<base::Bytes>(const std::string& path)>;

// Full tiles of leaves and their entries, in their order, as they are read.
using EachTile = std::function<void(const Tile& tile, const Hashes& leaves, const Entries& entries)>;

struct Audit {
    std::optional<Checkpoint> checkpoint;  // when there is one that the key has signed
    std::uint64_t tiles = 0;               // and bundles that were read
    std::vector<std::string> findings;     // in words; empty when all holds
    std::uint64_t findings_total = 0;      // also those beyond the first hundred

    void find(std::string what);
};

// Verifies a whole copy of a log as C2SP tlog-tiles lays it out: the checkpoint is signed by `key`; each entry hashes to
// its leaf; each tile above holds the roots of those below; all of them give the root that was signed. `since`: the text
// of a checkpoint kept from earlier, which the copy must be a continuation of and the key must have signed. Throws what
// `fetch` and `each` throw.
Audit audit(const Fetch& fetch, const NoteKey& key, const std::optional<std::string>& since, const EachTile& each);

}  // namespace kelisim::ledger
