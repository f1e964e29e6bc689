// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "access/status_places.hpp"
#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "crypto/hash.hpp"

namespace kelisim::access {

// The live access tokens of this node, so that introspection asks no database. Changed only after a commit and before
// its acknowledgement (store::WriteSession::after_commit), so it never knows less than a caller was told. Thread-safe.
//
// At most 80 bytes for each token (design section 8): they lie side by side in tables of their own, as many as let
// one grow, or be swept, without keeping readers of the others waiting.
class TokenIndex {
public:
    struct Live {
        consent::ConsentId consent;
        base::Time expires;
        // The beginning of the SHA-256 of the token once its signature was verified; zeros before.
        std::array<std::uint8_t, 16> verified{};
    };

    struct Token {
        consent::TokenId id;
        Live live;
    };

    void add(consent::TokenId id, const Live& live);
    // Many at once, for less than each by itself.
    void add(std::span<const Token> tokens);
    void remove(consent::TokenId id);
    // No token of this consent that is here lives any more. None may be added later: what ends this way never begins again.
    void end_consent(consent::ConsentId id);
    void mark_verified(consent::TokenId id, const crypto::Digest& hash);
    // Nothing when it never lived here, ended, or its consent did.
    std::optional<Live> find(consent::TokenId id, base::Time now) const;
    // Drops what is past or of an ended consent, with the memory that it took; returns how many tokens live. By one
    // caller at a time.
    std::size_t forget_expired(base::Time now);

    struct Size {
        std::size_t tokens = 0, bytes = 0;  // bytes: of the tables, their free places included
    };
    Size size() const;

    StatusPlaces& places() { return places_; }

private:
    // Large pieces from the system and back to it at once: what a table that grew has left, the allocator would keep, a
    // third of all.
    template <class T>
    struct Pages {
        using value_type = T;
        Pages() = default;
        template <class U>
        Pages(const Pages<U>&) {}  // NOLINT(google-explicit-constructor): as every allocator
        T* allocate(std::size_t count) { return static_cast<T*>(take(count * sizeof(T))); }
        void deallocate(T* at, std::size_t count) { give(at, count * sizeof(T)); }
        bool operator==(const Pages&) const = default;
    };
    static void* take(std::size_t bytes);  // throws std::bad_alloc
    static void give(void* at, std::size_t bytes);

    // Open addressing with linear probing. An id ends with random bits, and only ids that this service made are put in, so
    // that those bits are the hash. A search runs over the marks, of which a line of the processor's memory has 64, and looks
    // at few tokens beside the right one.
    class Table {
    public:
        const Token* find(consent::TokenId id) const;
        Token* find(consent::TokenId id) { return const_cast<Token*>(std::as_const(*this).find(id)); }
        void put(const Token& token);
        void erase(consent::TokenId id);
        void erase_if(const std::function<bool(const Token&)>& over);
        std::size_t size() const { return size_; }
        std::size_t bytes() const { return places_.size() * (sizeof(Token) + sizeof(Mark)); }

    private:
        using Mark = std::uint8_t;  // of the token at a place; 0 when it is free
        std::size_t home(consent::TokenId id) const;
        std::size_t after(std::size_t place) const { return place + 1 == places_.size() ? 0 : place + 1; }
        std::size_t place_of(consent::TokenId id) const;  // where it is, or the free place where it would be
        void resize(std::size_t places);

        std::vector<Token, Pages<Token>> places_;  // never all taken
        std::vector<Mark, Pages<Mark>> marks_;     // as many
        std::size_t size_ = 0;
    };
    struct Shard {
        mutable std::shared_mutex mutex;
        Table table;
    };
    static constexpr std::size_t shards = 256;  // by one byte of the id

    Shard& shard_of(consent::TokenId id) { return const_cast<Shard&>(std::as_const(*this).shard_of(id)); }
    const Shard& shard_of(consent::TokenId id) const;
    bool ended(consent::ConsentId id) const;

    StatusPlaces places_;
    std::array<Shard, shards> shards_;
    // Locked inside the lock of a shard. Keeps a consent until no token of it is in any shard.
    mutable std::shared_mutex ended_mutex_;
    std::unordered_set<consent::ConsentId> ended_;
};

}  // namespace kelisim::access
