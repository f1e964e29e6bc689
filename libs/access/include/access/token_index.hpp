// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "access/status_places.hpp"
#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "crypto/hash.hpp"

namespace kelisim::access {

// The live access tokens of this node, so that introspection asks no database. Changed only after a commit and before
// its acknowledgement (store::WriteSession::after_commit), so it never knows less than a caller was told. Thread-safe.
class TokenIndex {
public:
    struct Live {
        consent::ConsentId consent;
        base::Time expires;
        // The beginning of the SHA-256 of the token once its signature was verified; zeros before.
        std::array<std::uint8_t, 16> verified{};
    };

    void add(consent::TokenId id, const Live& live);
    void remove(consent::TokenId id);
    void end_consent(consent::ConsentId id);
    void mark_verified(consent::TokenId id, const crypto::Digest& hash);
    // Nothing when it never lived here, ended, or its consent did.
    std::optional<Live> find(consent::TokenId id, base::Time now) const;
    // Drops what is past; returns how many tokens live.
    std::size_t forget_expired(base::Time now);

    StatusPlaces& places() { return places_; }

private:
    StatusPlaces places_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<consent::TokenId, Live> live_;
    std::unordered_set<consent::ConsentId> ended_;  // kept until the last token under it has expired
};

}  // namespace kelisim::access
