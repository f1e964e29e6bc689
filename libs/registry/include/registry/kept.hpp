// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kelisim::registry {

// All versions of the entries of one kind, and which of them holds. One thread at a time changes it, while any others read: nothing
// that a reader may stand on is moved or goes away.
template <class Entry>
class Kept {
public:
    Kept() : buckets_(buckets) {}

    // Throws std::invalid_argument where there is one of this key.
    void add(const std::string& key, Entry&& entry) {
        if (find(key) != nullptr) throw std::invalid_argument("registered twice: " + key);
        put(key, std::move(entry));
    }

    void put(const std::string& key, Entry&& entry) {
        std::string name = key;  // which may be a part of the entry
        const Entry* version = &versions_.emplace_back(std::move(entry));
        if (const auto at = places_by_key_.find(name); at != places_by_key_.end()) {
            at->second->current = version;
        } else {
            insert(std::move(name), version);
        }
    }

    // Null where there is none.
    const Entry* find(std::string_view key) const {
        const Place* place = buckets_[bucket_of(key)];
        while (place != nullptr && place->key != key)
            place = place->older;
        return place == nullptr ? nullptr : place->current.load();
    }

    // By key.
    std::vector<const Entry*> all() const {
        std::vector<const Entry*> entries;
        for (const Place* place = first_; place != nullptr; place = place->next)
            entries.push_back(place->current);
        return entries;
    }

private:
    static constexpr std::size_t buckets = 1024;

    struct Place {
        Place(std::string its_key, const Entry* version, const Place* before)
            : key(std::move(its_key)), current(version), older(before) {}

        const std::string key;
        std::atomic<const Entry*> current;
        const Place* const older;                 // in its bucket
        std::atomic<const Place*> next{nullptr};  // by key
    };

    static std::size_t bucket_of(std::string_view key) { return std::hash<std::string_view>()(key) % buckets; }

    // Readers come to the place when it is whole.
    void insert(std::string key, const Entry* version) {
        std::atomic<const Place*>& bucket = buckets_[bucket_of(key)];
        Place& place = places_.emplace_back(std::move(key), version, bucket);
        const auto at = places_by_key_.emplace(place.key, &place).first;
        const auto after = std::next(at);
        if (after != places_by_key_.end()) place.next = after->second;
        bucket = &place;
        (at == places_by_key_.begin() ? first_ : std::prev(at)->second->next) = &place;
    }

    std::deque<Entry> versions_;
    std::deque<Place> places_;
    std::map<std::string_view, Place*> places_by_key_;  // for who changes
    std::vector<std::atomic<const Place*>> buckets_;
    std::atomic<const Place*> first_{nullptr};
};

}  // namespace kelisim::registry
