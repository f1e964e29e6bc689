// SPDX-License-Identifier: Apache-2.0
// What was handed over to others and is not booked yet.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kelisim::delivery {

// One thing at a time for each place (a receiver, a queue), so that none waits for another and each keeps its order. A place is
// free again once what came of its thing is booked: if booking fails it is tried again, and nothing is sent in its place before.
// Thread-safe. `Outcome`: what is known at the end.
template <class Outcome>
class UnderWay {
public:
    explicit UnderWay(std::size_t most) : most_(most) {}

    // False while something of this place is under way, or too much of all is: what ends wakes whoever hands over.
    bool begin(const std::string& place) {
        const std::lock_guard lock(mutex_);
        return places_.size() < most_ && places_.try_emplace(place).second;
    }
    // Nothing was handed over after all.
    void forget(const std::string& place) {
        const std::lock_guard lock(mutex_);
        places_.erase(place);
    }
    // `wake` runs under the lock: who waits for the last may end all of this as soon as it is released.
    template <class Wake>
    void end(const std::string& place, Outcome outcome, Wake wake) {
        const std::lock_guard lock(mutex_);
        places_.at(place) = std::move(outcome);
        wake();
        all_ended_.notify_all();
    }

    using Ended = std::vector<std::pair<std::string, Outcome>>;  // by place
    Ended ended() const {
        const std::lock_guard lock(mutex_);
        return ended_now();
    }
    void booked(const Ended& those) {
        const std::lock_guard lock(mutex_);
        for (const auto& [place, outcome] : those)
            places_.erase(place);
    }
    // Waits until nothing is out any more.
    Ended last() const {
        std::unique_lock lock(mutex_);
        all_ended_.wait(lock, [this] {
            return std::all_of(places_.begin(), places_.end(),
                               [](const auto& each) { return each.second.has_value(); });
        });
        return ended_now();
    }

private:
    Ended ended_now() const {
        Ended all;
        for (const auto& [place, outcome] : places_) {
            if (outcome) all.emplace_back(place, *outcome);
        }
        return all;
    }

    const std::size_t most_;
    mutable std::mutex mutex_;
    mutable std::condition_variable all_ended_;
    std::map<std::string, std::optional<Outcome>> places_;
};

}  // namespace kelisim::delivery
