// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.hpp"

#include <algorithm>
#include <bit>

namespace kelisim::ledger {

namespace {

constexpr std::uint8_t leaf_prefix = 0;
constexpr std::uint8_t node_prefix = 1;

}  // namespace

Salt make_salt(base::Entropy& entropy) {
    Salt salt;
    entropy.fill(salt);
    return salt;
}

Digest commitment(const Salt& salt, base::BytesView fact) {
    return crypto::sha256({salt, fact});
}

Digest leaf_hash(const Entry& entry) {
    const std::array<std::uint8_t, 2> head = {leaf_prefix, static_cast<std::uint8_t>(entry.format)};
    return crypto::sha256({head, entry.commitment});
}

Digest node_hash(const Digest& left, const Digest& right) {
    const std::array<std::uint8_t, 1> head = {node_prefix};
    return crypto::sha256({head, left, right});
}

void Frontier::append(const Digest& leaf, const std::function<void(const Closed&)>& closed) {
    peaks_.push_back(leaf);
    // Each trailing one bit of the old size is a complete subtree that the new leaf closes.
    unsigned height = 0;
    for (std::uint64_t rest = size_; rest & 1; rest >>= 1) {
        const Digest right = peaks_.back();
        peaks_.pop_back();
        peaks_.back() = node_hash(peaks_.back(), right);
        ++height;
        closed({height, size_ >> height, peaks_.back()});
    }
    ++size_;
}

void Frontier::append(const Digest& leaf) {
    append(leaf, [](const Closed&) {});
}

Digest Frontier::root() const {
    if (peaks_.empty()) return crypto::sha256(base::BytesView{});
    Digest root = peaks_.back();
    for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
        root = node_hash(*peak, root);
    return root;
}

base::Bytes Frontier::to_bytes() const {
    base::Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(size_ >> shift));
    for (const Digest& peak : peaks_)
        bytes.insert(bytes.end(), peak.begin(), peak.end());
    return bytes;
}

std::optional<Frontier> Frontier::from_bytes(base::BytesView bytes) {
    constexpr std::size_t size_bytes = 8;
    if (bytes.size() < size_bytes) return std::nullopt;
    Frontier frontier;
    for (std::uint8_t byte : bytes.first(size_bytes))
        frontier.size_ = frontier.size_ << 8 | byte;
    bytes = bytes.subspan(size_bytes);
    if (bytes.size() != static_cast<std::size_t>(std::popcount(frontier.size_)) * sizeof(Digest)) return std::nullopt;
    for (; !bytes.empty(); bytes = bytes.subspan(sizeof(Digest))) {
        std::copy_n(bytes.begin(), sizeof(Digest), frontier.peaks_.emplace_back().begin());
    }
    return frontier;
}

}  // namespace kelisim::ledger
