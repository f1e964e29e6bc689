// SPDX-License-Identifier: Apache-2.0
// What a file says of itself, as a signed note (C2SP signed-note) under the key of the ledger.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "crypto/hash.hpp"

namespace kelisim::archive {

// The tables of a file, in the order of the manifest.
inline constexpr std::array<std::string_view, 5> table_names{"journal", "ledger_leaf", "use_record", "use_refusal",
                                                             "own_look"};

struct Manifest {
    // The root of the Merkle tree (RFC 9162 2.1.1) over the rows of a table in the order of their keys.
    struct Table {
        std::int64_t rows = 0;
        crypto::Digest root{};
        bool operator==(const Table&) const = default;
    };

    std::string ledger;         // name of the log
    std::int64_t number = 0;    // from 1
    crypto::Digest previous{};  // hash of the manifest before; zeros in the first
    std::int64_t first_leaf = 0, last_leaf = 0;
    std::int64_t first_seq = 0, last_seq = 0;  // of the journal
    base::Time began, ended;
    std::array<Table, table_names.size()> tables{};
    bool operator==(const Manifest&) const = default;

    // Its first line is no name of a log, so that no manifest is a checkpoint, nor the other way round.
    std::string to_text() const;
    crypto::Digest hash() const;  // SHA-256 of the text
    // Nothing for any other text than the one that to_text() writes.
    static std::optional<Manifest> parse(std::string_view text);
};

}  // namespace kelisim::archive
