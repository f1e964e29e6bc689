// SPDX-License-Identifier: Apache-2.0
#include "access/token_index.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace kelisim::access {

namespace {

// Of eight places seven are taken at most, and a table grows by a fifth: the 57 bytes of a token and its mark become 65 to 78.
constexpr std::size_t taken_of_eight = 7;
constexpr std::size_t least_places = 8;
constexpr std::size_t pages_from = 64 << 10;  // bytes; below it, the rest of the last page would weigh

std::size_t places_for(std::size_t tokens) {
    return std::max(least_places, tokens * 8 / taken_of_eight + 1);
}

// The last bytes of an id, all of them random, each for a choice of its own; those before hold its variant too (RFC 9562
// 5.7).
std::uint32_t hash_of(consent::TokenId id) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, id.bytes().data() + 12, sizeof bits);
    return bits;
}
std::size_t shard_number(consent::TokenId id) {
    return id.bytes()[11];
}
std::uint8_t mark_of(consent::TokenId id) {
    return id.bytes()[10] | 1U;  // never that of a free place
}

}  // namespace

// --- memory -----------------------------------------------------------------------------------------------------------

void* TokenIndex::take(std::size_t bytes) {
    if (bytes < pages_from) return ::operator new(bytes);
    void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    return at;
}

void TokenIndex::give(void* at, std::size_t bytes) {
    if (bytes < pages_from) return ::operator delete(at);
    ::munmap(at, bytes);
}

// --- one table --------------------------------------------------------------------------------------------------------

std::size_t TokenIndex::Table::home(consent::TokenId id) const {
    return std::uint64_t{hash_of(id)} * places_.size() >> 32U;
}

std::size_t TokenIndex::Table::place_of(consent::TokenId id) const {
    const Mark mark = mark_of(id);
    std::size_t place = home(id);
    while (marks_[place] != 0 && (marks_[place] != mark || places_[place].id != id))
        place = after(place);
    return place;
}

const TokenIndex::Token* TokenIndex::Table::find(consent::TokenId id) const {
    if (places_.empty()) return nullptr;
    const std::size_t place = place_of(id);
    return marks_[place] == 0 ? nullptr : &places_[place];
}

void TokenIndex::Table::put(const Token& token) {
    if (places_for(size_ + 1) > places_.size()) resize(places_for((size_ + 1) * 6 / 5));
    const std::size_t place = place_of(token.id);
    if (marks_[place] == 0) ++size_;
    marks_[place] = mark_of(token.id);
    places_[place] = token;
}

// Closes the gap: a search that would have gone on over it must not end there.
void TokenIndex::Table::erase(consent::TokenId id) {
    if (places_.empty()) return;
    std::size_t gap = place_of(id);
    if (marks_[gap] == 0) return;
    --size_;
    for (std::size_t next = after(gap); marks_[next] != 0; next = after(next)) {
        // How far each place lies behind the home of its token: it may move to the gap as long as that is not before its home.
        const std::size_t count = places_.size(), begin = home(places_[next].id);
        if ((gap + count - begin) % count > (next + count - begin) % count) continue;
        places_[gap] = places_[next];
        marks_[gap] = marks_[next];
        gap = next;
    }
    marks_[gap] = 0;
}

void TokenIndex::Table::erase_if(const std::function<bool(const Token&)>& over) {
    std::size_t left = 0;
    for (std::size_t place = 0; place < places_.size(); ++place) {
        if (marks_[place] == 0) continue;
        if (over(places_[place])) {
            marks_[place] = 0;  // mended by the new table
        } else {
            ++left;
        }
    }
    if (left == size_) return;
    size_ = left;
    resize(left == 0 ? 0 : places_for(left * 6 / 5));
}

void TokenIndex::Table::resize(std::size_t places) {
    std::vector<Token, Pages<Token>> tokens(places);
    std::vector<Mark, Pages<Mark>> marks(places);
    tokens.swap(places_);
    marks.swap(marks_);
    for (std::size_t place = 0; place < tokens.size(); ++place) {
        if (marks[place] == 0) continue;
        const std::size_t to = place_of(tokens[place].id);
        places_[to] = tokens[place];
        marks_[to] = marks[place];
    }
}

// --- all of them ------------------------------------------------------------------------------------------------------

const TokenIndex::Shard& TokenIndex::shard_of(consent::TokenId id) const {
    return shards_[shard_number(id)];
}

bool TokenIndex::ended(consent::ConsentId id) const {
    const std::shared_lock lock(ended_mutex_);
    return ended_.contains(id);
}

void TokenIndex::add(consent::TokenId id, const Live& live) {
    Shard& shard = shard_of(id);
    const std::unique_lock lock(shard.mutex);
    shard.table.put({.id = id, .live = live});
}

// Shard by shard: a lock between any two would wait for the memory of each, which lies at random.
void TokenIndex::add(std::span<const Token> tokens) {
    std::vector<const Token*> order;
    order.reserve(tokens.size());
    for (const Token& token : tokens)
        order.push_back(&token);
    const auto number = [](const Token* token) { return shard_number(token->id); };
    std::sort(order.begin(), order.end(), [&](auto* a, auto* b) { return number(a) < number(b); });
    for (auto begin = order.begin(); begin != order.end();) {
        const auto end = std::find_if(begin, order.end(), [&](auto* each) { return number(each) != number(*begin); });
        Shard& shard = shards_[number(*begin)];
        const std::unique_lock lock(shard.mutex);
        for (; begin != end; ++begin)
            shard.table.put(**begin);
    }
}

void TokenIndex::remove(consent::TokenId id) {
    Shard& shard = shard_of(id);
    const std::unique_lock lock(shard.mutex);
    shard.table.erase(id);
}

void TokenIndex::end_consent(consent::ConsentId id) {
    const std::unique_lock lock(ended_mutex_);
    ended_.insert(id);
}

void TokenIndex::mark_verified(consent::TokenId id, const crypto::Digest& hash) {
    Shard& shard = shard_of(id);
    const std::unique_lock lock(shard.mutex);
    Token* token = shard.table.find(id);
    if (token == nullptr) return;
    std::copy_n(hash.begin(), token->live.verified.size(), token->live.verified.begin());
}

std::optional<TokenIndex::Live> TokenIndex::find(consent::TokenId id, base::Time now) const {
    const Shard& shard = shard_of(id);
    // Held to the end: what ended_ says of a token stays there for as long as the token is in its shard.
    const std::shared_lock lock(shard.mutex);
    const Token* token = shard.table.find(id);
    if (token == nullptr || now >= token->live.expires || ended(token->live.consent)) return std::nullopt;
    return token->live;
}

std::size_t TokenIndex::forget_expired(base::Time now) {
    std::unordered_set<consent::ConsentId> ended;
    {
        const std::shared_lock lock(ended_mutex_);
        ended = ended_;
    }
    std::size_t living = 0;
    for (Shard& shard : shards_) {
        const std::unique_lock lock(shard.mutex);
        shard.table.erase_if([&](const Token& token) {
            return now >= token.live.expires || (!ended.empty() && ended.contains(token.live.consent));
        });
        living += shard.table.size();
    }
    const std::unique_lock lock(ended_mutex_);
    std::erase_if(ended_, [&](const consent::ConsentId& id) { return ended.contains(id); });
    return living;
}

TokenIndex::Size TokenIndex::size() const {
    Size size{.bytes = sizeof shards_};
    for (const Shard& shard : shards_) {
        const std::shared_lock lock(shard.mutex);
        size.tokens += shard.table.size();
        size.bytes += shard.table.bytes();
    }
    return size;
}

}  // namespace kelisim::access
