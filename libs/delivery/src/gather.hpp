// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "store/writer.hpp"

namespace kelisim::delivery {

// Submits one unit per item, so that they share batches, and waits for all. The outcome of a unit that was not even
// accepted is its exception, like that of one that failed.
template <class Item, class F>
auto gather(store::Writer& writer, const std::vector<Item>& items, F unit) {
    using R = store::Returned<decltype(
        [](store::WriteSession&) -> std::invoke_result_t<F&, store::WriteSession&, const Item&> { throw 0; })>;
    using Outcome = store::Outcome<R>;
    struct Waiting {
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t open;
        std::vector<std::optional<Outcome>> outcomes;
    } waiting{.mutex = {},
              .changed = {},
              .open = items.size(),
              .outcomes = std::vector<std::optional<Outcome>>(items.size())};

    const auto book = [&waiting](std::size_t at, Outcome outcome) {
        const std::lock_guard lock(waiting.mutex);
        waiting.outcomes[at].emplace(std::move(outcome));
        // Under the lock: `waiting` is gone as soon as the waiter has seen zero.
        if (--waiting.open == 0) waiting.changed.notify_one();
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        try {
            store::submit(
                writer, [&unit, &item = items[i]](store::WriteSession& session) { return unit(session, item); },
                [&book, i](Outcome outcome) noexcept { book(i, std::move(outcome)); });
        } catch (const store::Unavailable&) {
            book(i, Outcome{std::in_place_index<1>, std::current_exception()});
        }
    }
    std::unique_lock lock(waiting.mutex);
    waiting.changed.wait(lock, [&] { return waiting.open == 0; });
    std::vector<Outcome> outcomes;
    outcomes.reserve(items.size());
    for (auto& outcome : waiting.outcomes)
        outcomes.push_back(std::move(*outcome));
    return outcomes;
}

template <class Outcome>
bool failed(const Outcome& outcome) {
    return outcome.index() == 1;
}

// A failure that would have met each item alike: of the engine or the queue, and not of what was run.
inline bool engine_failed(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const store::Unavailable&) {
        return true;
    } catch (...) {
        return false;
    }
}

// As gather, but up to so many items share a unit: a savepoint for each would keep the same pages again and again. When
// such a unit fails by one of its items, each of them is run in a unit of its own, so that this one fails alone.
// `unit` returns a value and may run twice: it changes nothing outside the session.
inline constexpr std::size_t items_per_unit = 64;

template <class Item, class F>
auto gather_in_groups(store::Writer& writer, const std::vector<Item>& items, F unit) {
    using R = std::invoke_result_t<F&, store::WriteSession&, const Item&>;
    using Group = std::span<const Item>;
    std::vector<Group> groups;
    for (Group left(items); !left.empty(); left = left.subspan(groups.back().size()))
        groups.push_back(left.first(std::min(items_per_unit, left.size())));
    const auto grouped = gather(writer, groups, [&unit](store::WriteSession& session, const Group& group) {
        std::vector<R> values;
        for (const Item& item : group)
            values.push_back(unit(session, item));
        return values;
    });

    std::vector<store::Outcome<R>> outcomes;
    outcomes.reserve(items.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (!failed(grouped[i])) {
            for (const R& value : std::get<0>(grouped[i]))
                outcomes.emplace_back(std::in_place_index<0>, value);
        } else if (engine_failed(std::get<1>(grouped[i]))) {
            outcomes.resize(outcomes.size() + groups[i].size(),
                            store::Outcome<R>{std::in_place_index<1>, std::get<1>(grouped[i])});
        } else {
            auto alone = gather(writer, std::vector<Item>(groups[i].begin(), groups[i].end()), unit);
            std::move(alone.begin(), alone.end(), std::back_inserter(outcomes));
        }
    }
    return outcomes;
}

}  // namespace kelisim::delivery
