// SPDX-License-Identifier: Apache-2.0
// The tree of RFC 9162 section 2.1 over entries of our own: an entry is a format byte and a salted commitment, so that
// the log tells outsiders nothing, not even that two entries speak of the same person.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/entropy.hpp"
#include "crypto/hash.hpp"

namespace kelisim::ledger {

using crypto::Digest;

// The format byte tells what an entry commits to, so that everybody sees how many roots of the map there are: a second one for
// one epoch, shown to one person alone, would stand in the log where all can count it.
enum class EntryFormat : std::uint8_t {
    fact = 1,
    map_root = 2,  // a fact whose salt and text are published: ledger/map.hpp
};
inline constexpr std::size_t salt_bytes = 32;

using Salt = std::array<std::uint8_t, salt_bytes>;
Salt make_salt(base::Entropy& entropy);

// SHA-256(salt || fact): opening it needs both, and a fact whose salt is destroyed can no longer be guessed.
Digest commitment(const Salt& salt, base::BytesView fact);

struct Entry {
    EntryFormat format = EntryFormat::fact;
    Digest commitment{};
    bool operator==(const Entry&) const = default;
};
// RFC 9162 2.1.1: "MTH({d[0]}) = HASH(0x00 || d[0])", with d = format || commitment.
Digest leaf_hash(const Entry& entry);
// RFC 9162 2.1.1: "MTH(D_n) = HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n]))".
Digest node_hash(const Digest& left, const Digest& right);

// The roots of the complete subtrees that a tree of `size` leaves consists of, largest first: all that is needed to
// append and to tell the root. A value; its bytes are what the store keeps.
class Frontier {
public:
    Frontier() = default;
    // Precondition: as many peaks as `size` has one bits.
    Frontier(std::uint64_t size, std::vector<Digest> peaks) : size_(size), peaks_(std::move(peaks)) {}

    // A complete subtree of 2^height leaves that an append closed; `index` counts those of its height from 0.
    struct Closed {
        unsigned height;
        std::uint64_t index;
        const Digest& root;
    };
    void append(const Digest& leaf, const std::function<void(const Closed&)>& closed);
    void append(const Digest& leaf);
    std::uint64_t size() const { return size_; }
    // RFC 9162 2.1.1: the root of the empty tree is the hash of the empty string.
    Digest root() const;

    base::Bytes to_bytes() const;  // size, big-endian, and the roots
    static std::optional<Frontier> from_bytes(base::BytesView bytes);
    bool operator==(const Frontier&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Digest> peaks_;
};

}  // namespace kelisim::ledger
