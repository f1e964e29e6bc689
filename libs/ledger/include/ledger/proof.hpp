// SPDX-License-Identifier: Apache-2.0
// Verifying the proofs of RFC 9162 2.1.3 and 2.1.4; ledger::Tree makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/merkle.hpp"

namespace kelisim::ledger {

using Hashes = std::vector<Digest>;

// RFC 9162 2.1.3.2: whether `leaf` is entry `index` of the tree of `size` leaves with this root. False for an index
// beyond the tree and for a path that is too short or too long.
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, const Hashes& path,
                      const Digest& root);

// RFC 9162 2.1.4.2: whether the tree of `size` leaves begins with the tree of `old_size`. The empty tree begins every
// tree, without a proof (C2SP tlog-witness: "If the old size is zero, the consistency proof MUST be empty"); equal trees
// have equal roots and no proof. False for an old size over the new one.
bool verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size, const Digest& root,
                        const Hashes& path);

}  // namespace kelisim::ledger
