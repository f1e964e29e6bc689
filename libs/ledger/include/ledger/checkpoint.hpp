// SPDX-License-Identifier: Apache-2.0
// What a log signs (C2SP tlog-checkpoint): who it is, how many entries it has, and their root.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/merkle.hpp"

namespace kelisim::ledger {

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Digest root{};
    bool operator==(const Checkpoint&) const = default;

    // The text of the note. Without extension lines: their use "is NOT RECOMMENDED, as they are not auditable".
    std::string to_text() const;
};

// Reads the text of a note; "Any following lines are extension lines, opaque and OPTIONAL" and are passed over. Nothing
// for anything else, and for a tree of no entries with another root than the empty one.
std::optional<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace kelisim::ledger
