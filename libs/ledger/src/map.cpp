// SPDX-License-Identifier: Apache-2.0
#include "ledger/map.hpp"

#include <algorithm>

namespace kelisim::ledger {

namespace {

constexpr std::uint8_t chain_prefix = 0x10;
constexpr std::uint8_t leaf_prefix = 0x11;
constexpr std::uint8_t inner_prefix = 0x12;
constexpr std::size_t tag_bits = sizeof(Digest) * 8;
constexpr std::size_t tag_digits = tag_bits / MapPage::levels;

std::array<std::uint8_t, 8> number_bytes(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes.at(i) = static_cast<std::uint8_t>(number >> (8 * (bytes.size() - 1 - i)));
    return bytes;
}

Digest hash_of(const MapLeaf& leaf) {
    const std::array<std::uint8_t, 1> head = {leaf_prefix};
    return crypto::sha256({head, leaf.tag, number_bytes(leaf.chain.count), leaf.chain.head});
}

Digest inner_hash(const Digest& left, const Digest& right) {
    const std::array<std::uint8_t, 1> head = {inner_prefix};
    return crypto::sha256({head, left, right});
}

bool bit(const Digest& tag, std::size_t depth) {
    return ((tag.at(depth / 8) >> (7 - depth % 8)) & 1) != 0;
}

std::size_t digit(const Digest& tag, std::size_t depth) {
    const unsigned byte = tag.at(depth / 2);
    return depth % 2 == 0 ? byte >> 4 : byte & 15U;
}

char digit_text(std::size_t digit) {
    return "0123456789abcdef"[digit];
}

}  // namespace

Chain continued(const Chain& chain, std::uint64_t leaf, const Digest& commitment) {
    const std::array<std::uint8_t, 1> head = {chain_prefix};
    return {.count = chain.count + 1, .head = crypto::sha256({head, chain.head, number_bytes(leaf), commitment})};
}

bool verify_map(const Digest& tag, const MapProof& proof, const Digest& root) {
    const std::size_t depth = proof.path.size();
    if (depth > tag_bits) return false;
    Digest hash = empty_map;
    if (proof.leaf) {
        for (std::size_t i = 0; i < depth; ++i) {
            if (bit(proof.leaf->tag, i) != bit(tag, i)) return false;
        }
        hash = hash_of(*proof.leaf);
    }
    for (std::size_t i = 0; i < depth; ++i) {
        const Digest& beside = proof.path[i];
        hash = bit(tag, depth - 1 - i) ? inner_hash(beside, hash) : inner_hash(hash, beside);
    }
    return hash == root;
}

MapPage::Part MapPage::fold(std::size_t first, std::size_t count) const {
    if (count == 1) {
        const Slot& slot = slots_.at(first);
        if (slot.below) return {.leaves = 2, .only = nullptr, .hash = *slot.below};
        if (!slot.leaf) return {};
        return {.leaves = 1, .only = &*slot.leaf, .hash = hash_of(*slot.leaf)};
    }
    const Part left = fold(first, count / 2), right = fold(first + count / 2, count / 2);
    if (left.leaves == 0) return right.leaves < 2 ? right : Part{2, nullptr, inner_hash(empty_map, right.hash)};
    if (right.leaves == 0 && left.leaves < 2) return left;
    return {.leaves = 2, .only = nullptr, .hash = inner_hash(left.hash, right.hash)};
}

namespace {

enum class SlotKind : std::uint8_t { empty = 0, leaf = 1, below = 2 };

void put(base::Bytes& bytes, base::BytesView more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

// Takes from the front of what is left; remembers when there was too little.
class Reader {
public:
    explicit Reader(base::BytesView bytes) : bytes_(bytes) {}

    bool whole() const { return !short_ && bytes_.empty(); }
    base::BytesView take(std::size_t count) {
        static constexpr Digest nothing{};
        if (bytes_.size() < count) {
            short_ = true;
            return base::BytesView(nothing).first(count);
        }
        const base::BytesView taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }
    Digest digest() {
        Digest digest{};
        std::ranges::copy(take(digest.size()), digest.begin());
        return digest;
    }
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (const std::uint8_t byte : take(sizeof(number)))
            number = number << 8 | byte;
        return number;
    }

private:
    base::BytesView bytes_;
    bool short_ = false;
};

}  // namespace

// For each slot its kind, a byte, and what it holds.
base::Bytes MapPage::to_bytes() const {
    base::Bytes bytes;
    for (const Slot& slot : slots_) {
        if (slot.below) {
            bytes.push_back(static_cast<std::uint8_t>(SlotKind::below));
            put(bytes, *slot.below);
        } else if (slot.leaf) {
            bytes.push_back(static_cast<std::uint8_t>(SlotKind::leaf));
            put(bytes, slot.leaf->tag);
            put(bytes, number_bytes(slot.leaf->chain.count));
            put(bytes, slot.leaf->chain.head);
        } else {
            bytes.push_back(static_cast<std::uint8_t>(SlotKind::empty));
        }
    }
    return bytes;
}

std::optional<MapPage> MapPage::from_bytes(base::BytesView bytes) {
    Reader reader(bytes);
    MapPage page;
    for (Slot& slot : page.slots_) {
        switch (static_cast<SlotKind>(reader.take(1).front())) {
            case SlotKind::empty:
                break;
            case SlotKind::leaf: {
                const Digest tag = reader.digest();
                const std::uint64_t count = reader.number();
                slot.leaf = MapLeaf{.tag = tag, .chain = {.count = count, .head = reader.digest()}};
                break;
            }
            case SlotKind::below:
                slot.below = reader.digest();
                break;
            default:
                return std::nullopt;
        }
    }
    if (!reader.whole()) return std::nullopt;
    return page;
}

SparseMap::Held& SparseMap::page(const std::string& address, const Digest& hash) {
    const auto at = pages_.find(address);
    if (at != pages_.end()) return at->second;
    MapPage read = address.empty() && hash == empty_map ? MapPage{} : read_(address, hash);
    return pages_.emplace(address, Held{.page = read}).first->second;
}

std::optional<Chain> SparseMap::find(const Digest& tag) {
    std::string address;
    Digest hash = root_;
    for (std::size_t depth = 0; depth < tag_digits; ++depth) {
        const MapPage::Slot& slot = page(address, hash).page[digit(tag, depth)];
        if (!slot.below) return slot.leaf && slot.leaf->tag == tag ? std::optional(slot.leaf->chain) : std::nullopt;
        hash = *slot.below;
        address += digit_text(digit(tag, depth));
    }
    return std::nullopt;
}

MapProof SparseMap::prove(const Digest& tag) {
    MapProof proof;
    std::string address;
    Digest hash = root_;
    for (std::size_t depth = 0; depth < tag_digits; ++depth) {
        const MapPage& at = page(address, hash).page;
        std::size_t first = 0;
        for (std::size_t count = MapPage::slots;; count /= 2) {
            const MapPage::Part here = at.fold(first, count);
            if (here.leaves < 2) {
                if (here.only != nullptr) proof.leaf = *here.only;
                std::ranges::reverse(proof.path);
                return proof;
            }
            if (count == 1) break;
            const bool right = (digit(tag, depth) & (count / 2)) != 0;
            proof.path.push_back(at.fold(right ? first : first + count / 2, count / 2).hash);
            if (right) first += count / 2;
        }
        hash = *at[first].below;
        address += digit_text(digit(tag, depth));
    }
    return proof;  // not reached: two tags differ somewhere
}

bool SparseMap::put(const MapLeaf& leaf) {
    std::string address;
    Digest hash = root_;
    for (std::size_t depth = 0; depth < tag_digits; ++depth) {
        Held& held = page(address, hash);
        held.changed = true;
        MapPage::Slot& slot = held.page[digit(leaf.tag, depth)];
        if (!slot.below) {
            const bool fresh = !slot.leaf || slot.leaf->tag != leaf.tag;
            if (!slot.leaf || !fresh) {
                slot.leaf = leaf;
                return fresh;
            }
            // Two at one place: both go a page deeper, the other one first.
            MapPage deeper;
            deeper[digit(slot.leaf->tag, depth + 1)].leaf = slot.leaf;
            slot.leaf.reset();
            slot.below = empty_map;  // finish() tells it
            pages_[address + digit_text(digit(leaf.tag, depth))] = {.page = deeper, .changed = true};
        }
        hash = *slot.below;
        address += digit_text(digit(leaf.tag, depth));
    }
    return false;  // not reached: two tags differ somewhere
}

SparseMap::Changed SparseMap::finish() {
    std::vector<std::string> changed;
    for (const auto& [address, held] : pages_) {
        if (held.changed) changed.push_back(address);
    }
    // From the deepest up: a page holds the hashes of those below it.
    std::ranges::sort(changed, std::ranges::greater{}, &std::string::size);
    Changed all{.root = root_, .pages = {}};
    for (const std::string& address : changed) {
        Held& held = pages_.at(address);
        held.changed = false;
        const Digest hash = held.page.hash();
        all.pages.emplace(address, held.page);
        if (address.empty()) {
            all.root = root_ = hash;
            continue;
        }
        const char last = address.back();
        const auto slot = static_cast<std::size_t>(last <= '9' ? last - '0' : last - 'a' + 10);
        pages_.at(address.substr(0, address.size() - 1)).page[slot].below = hash;
    }
    return all;
}

}  // namespace kelisim::ledger
