// SPDX-License-Identifier: Apache-2.0
// Use decisions with their durable record, each followed by its outcome as the gateway does, which nobody waits for.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "access/uses.hpp"
#include "measure.hpp"

namespace kelisim::bench {

struct Granted {
    consent::TokenId token;
    base::Iin subject;
};

// Where the uses are decided, and for whom; all of it outlives them.
struct UseTarget {
    store::Writer& writer;
    const access::Uses& uses;
    const base::Clock& clock;
    std::string receiver;  // system key
};

enum class Outcomes { booked, left };

// Decisions under way, at most so many. Used by one thread; what is objected to ends the program.
class Uses {
public:
    // `granted` outlives it.
    Uses(UseTarget target, const std::vector<Granted>& granted, Outcomes outcomes)
        : target_(std::move(target)), granted_(granted), outcomes_(outcomes) {}
    ~Uses() { wait_until_idle(); }
    Uses(const Uses&) = delete;
    Uses& operator=(const Uses&) = delete;

    // Submits one decision; `decided` runs on the writer's thread.
    void decide(std::function<void()> decided);
    void wait_until_idle();

private:
    void enter();
    void leave(consent::UseId id);
    void book_outcomes();

    const UseTarget target_;
    const std::vector<Granted>& granted_;
    const Outcomes outcomes_;
    std::size_t next_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t inside_ = 0;
    std::vector<consent::UseId> reserved_;
};

struct Pace {
    std::size_t rate = 0;  // a second
    std::chrono::seconds time{};
    std::chrono::seconds patience{};  // beyond it: a writer that falls behind for good need not be watched to the end
};
// Each decision is due at its time, and its latency counts from then: a writer that stalls is not spared those behind.
std::vector<SteadyClock::duration> at_rate(const UseTarget& target, const std::vector<Granted>& granted,
                                           const Pace& pace);

}  // namespace kelisim::bench
