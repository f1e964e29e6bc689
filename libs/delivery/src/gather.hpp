// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
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

}  // namespace kelisim::delivery
