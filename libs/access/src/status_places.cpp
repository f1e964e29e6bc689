// SPDX-License-Identifier: Apache-2.0
#include "access/status_places.hpp"

#include <algorithm>
#include <cstring>

#include "base/limits.hpp"

namespace kelisim::access {

namespace limits = base::limits;

namespace {

static_assert((limits::status_list_places & (limits::status_list_places - 1)) == 0, "a mask draws a place");

std::size_t draw(base::Entropy& entropy) {
    std::array<std::uint8_t, 4> bytes{};
    entropy.fill(bytes);
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), bytes.size());
    return number & (limits::status_list_places - 1);
}

}  // namespace

StatusPlaces::Open StatusPlaces::open(store::ReadSession& session, const records::Records& records,
                                      base::Time closes) const {
    // Those before may not be durable yet, and keep their numbers all the same.
    const std::int64_t before =
        std::max({brief_ ? brief_->number : 0, lasting_ ? lasting_->number : 0, records.status_lists.last(session)});
    return {.number = before + 1,
            .closes = closes,
            .taken = 0,
            .places = std::vector<bool>(limits::status_list_places),
            .durable = false};
}

records::StatusPlace StatusPlaces::take(store::WriteSession& session, const records::Records& records,
                                        records::TokenKind kind, base::Entropy& entropy, base::Time now) {
    const bool lasting = kind == records::TokenKind::lasting;
    const auto window = lasting ? limits::lasting_status_list_window : limits::status_list_window;
    const auto life = lasting ? limits::lasting_token_life_max : limits::access_token_life;
    const std::lock_guard lock(mutex_);
    std::optional<Open>& list = lasting ? lasting_ : brief_;
    const bool over = !list || now >= list->closes || list->taken >= limits::status_list_tokens_max;
    if (over) list = open(session, records, now + window);
    if (!list->durable) {
        // The unit that opened the list may be undone, so each one says it until one was committed.
        records.status_lists.add(session, list->number, list->closes + life);
        session.after_commit([this, &list, number = list->number] {
            const std::lock_guard committed(mutex_);
            if (list && list->number == number) list->durable = true;
        });
    }
    std::size_t place = draw(entropy);
    while (list->places[place])  // half of them are free
        place = draw(entropy);
    list->places[place] = true;
    ++list->taken;
    return {.list = list->number, .index = static_cast<std::int64_t>(place)};
}

void StatusPlaces::changed(std::int64_t list) {
    const std::lock_guard lock(mutex_);
    ++changes_[list];
}

std::uint64_t StatusPlaces::changes(std::int64_t list) const {
    const std::lock_guard lock(mutex_);
    const auto at = changes_.find(list);
    return at == changes_.end() ? 0 : at->second;
}

void StatusPlaces::keep_only(const std::vector<std::int64_t>& live) {
    const std::lock_guard lock(mutex_);
    std::erase_if(changes_,
                  [&](const auto& entry) { return !std::binary_search(live.begin(), live.end(), entry.first); });
}

}  // namespace kelisim::access
