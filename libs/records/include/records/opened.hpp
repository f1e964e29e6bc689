// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/secret.hpp"

namespace kelisim::records {

// Values that were unsealed and read lately, so that the next unit that reads the same row need not do it again. It only
// spares work: whoever asks has read the row, and gets the value that was made of exactly these bytes under exactly this
// key, or none. A row that was changed, or that is gone, finds nothing here.
//
// Keeps `max` values in memory and gives up the oldest for a new one. Thread-safe.
template <class Value>
class Opened {
public:
    // What the value was made of: sealed bytes, and the key or wrapped key that opens them.
    using Source = std::initializer_list<base::BytesView>;

    explicit Opened(std::size_t max) : order_(max) {}

    // Null when nothing is kept for this row with these bytes.
    std::shared_ptr<const Value> find(const base::RawId& id, Source source) const {
        const std::lock_guard lock(mutex_);
        const auto at = entries_.find(id);
        return at != entries_.end() && at->second.made_of(source) ? at->second.value : nullptr;
    }

    void keep(const base::RawId& id, Source source, Value value) {
        Entry entry{.source = joined(source), .value = std::make_shared<const Value>(std::move(value))};
        const std::lock_guard lock(mutex_);
        const auto [at, is_new] = entries_.insert_or_assign(id, std::move(entry));
        if (!is_new) return;
        if (entries_.size() > order_.size()) entries_.erase(order_[next_]);
        order_[next_] = at->first;
        next_ = (next_ + 1) % order_.size();
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }

    // What was erased leaves the memory too.
    void clear() {
        const std::lock_guard lock(mutex_);
        entries_.clear();
        std::fill(order_.begin(), order_.end(), base::RawId{});
        next_ = 0;
    }

private:
    struct Entry {
        bool made_of(Source wanted) const {
            base::BytesView left = source.reveal();
            for (const base::BytesView part : wanted) {
                if (left.size() < part.size() || !std::equal(part.begin(), part.end(), left.begin())) return false;
                left = left.subspan(part.size());
            }
            return left.empty();
        }

        base::Secret<base::Bytes> source;  // a key among it
        std::shared_ptr<const Value> value;
    };
    struct Hash {
        std::size_t operator()(const base::RawId& id) const noexcept {
            return std::hash<std::string_view>{}(base::as_text(id.bytes()));
        }
    };

    static base::Secret<base::Bytes> joined(Source source) {
        std::size_t size = 0;
        for (const base::BytesView part : source)
            size += part.size();
        base::Bytes all;
        all.reserve(size);  // once: what a vector moves from is not wiped
        for (const base::BytesView part : source)
            all.insert(all.end(), part.begin(), part.end());
        return base::Secret<base::Bytes>(std::move(all));
    }

    mutable std::mutex mutex_;
    std::unordered_map<base::RawId, Entry, Hash> entries_;
    std::vector<base::RawId> order_;  // as long as entries may be many, oldest at next_
    std::size_t next_ = 0;
};

}  // namespace kelisim::records
