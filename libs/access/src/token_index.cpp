// SPDX-License-Identifier: Apache-2.0
#include "access/token_index.hpp"

#include <algorithm>

namespace kelisim::access {

void TokenIndex::add(consent::TokenId id, const Live& live) {
    const std::unique_lock lock(mutex_);
    live_.insert_or_assign(id, live);
}

void TokenIndex::remove(consent::TokenId id) {
    const std::unique_lock lock(mutex_);
    live_.erase(id);
}

void TokenIndex::end_consent(consent::ConsentId id) {
    const std::unique_lock lock(mutex_);
    ended_.insert(id);
}

void TokenIndex::mark_verified(consent::TokenId id, const crypto::Digest& hash) {
    const std::unique_lock lock(mutex_);
    const auto at = live_.find(id);
    if (at == live_.end()) return;
    std::copy_n(hash.begin(), at->second.verified.size(), at->second.verified.begin());
}

std::optional<TokenIndex::Live> TokenIndex::find(consent::TokenId id, base::Time now) const {
    const std::shared_lock lock(mutex_);
    const auto at = live_.find(id);
    if (at == live_.end() || now >= at->second.expires || ended_.contains(at->second.consent)) return std::nullopt;
    return at->second;
}

std::size_t TokenIndex::forget_expired(base::Time now) {
    const std::unique_lock lock(mutex_);
    std::erase_if(live_, [&](const auto& entry) { return now >= entry.second.expires; });
    std::unordered_set<consent::ConsentId> still_named;
    for (const auto& [id, live] : live_)
        still_named.insert(live.consent);
    std::erase_if(ended_, [&](const auto& entry) { return !still_named.contains(entry); });
    return live_.size();
}

}  // namespace kelisim::access
