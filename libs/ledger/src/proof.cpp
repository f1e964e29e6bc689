// SPDX-License-Identifier: Apache-2.0
#include "ledger/proof.hpp"

#include <bit>

namespace kelisim::ledger {

// The steps and their letters are those of RFC 9162 2.1.3.2.
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, const Hashes& path,
                      const Digest& root) {
    if (index >= size) return false;
    std::uint64_t fn = index, sn = size - 1;
    Digest r = leaf;
    for (const Digest& p : path) {
        // "If sn is 0, then stop the iteration and fail the proof verification."
        if (sn == 0) return false;
        if ((fn & 1) != 0 || fn == sn) {
            r = node_hash(p, r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = node_hash(r, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && r == root;
}

// RFC 9162 2.1.4.2.
bool verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size, const Digest& root,
                        const Hashes& path) {
    if (old_size > size) return false;
    if (old_size == size) return path.empty() && old_root == root;
    if (old_size == 0) return path.empty() && old_root == Frontier{}.root();
    if (path.empty()) return false;
    // "If first is an exact power of 2, then prepend first_hash to the consistency_path array."
    const bool prepended = std::has_single_bit(old_size);
    std::uint64_t fn = old_size - 1, sn = size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    Digest fr = prepended ? old_root : path.front();
    Digest sr = fr;
    for (std::size_t i = prepended ? 0 : 1; i < path.size(); ++i) {
        const Digest& c = path[i];
        if (sn == 0) return false;
        if ((fn & 1) != 0 || fn == sn) {
            fr = node_hash(c, fr);
            sr = node_hash(c, sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = node_hash(sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && fr == old_root && sr == root;
}

}  // namespace kelisim::ledger
