// SPDX-License-Identifier: Apache-2.0
// What is known of one way to an owner: at which step its calls last went well and badly, and whether it is asked at all. After
// several failures in a row it is left in peace for a while; then one call is let through, and what becomes of it decides.
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace kelisim::gateway {

// The steps of a call, in their order.
enum class OwnerStep {
    resolving,   // the name of its host
    connecting,  //
    handshake,   // TLS
    answering,   // a whole answer, in time
    serving,     // one that says more than that its system failed
};
BOOST_DESCRIBE_ENUM(OwnerStep, resolving, connecting, handshake, answering, serving)
inline constexpr std::size_t owner_steps = 5;

// closed: it is asked. open: it is not. half_open: one call is under way that decides.
enum class Breaker { closed, open, half_open };
BOOST_DESCRIBE_ENUM(Breaker, closed, open, half_open)

struct BreakerRules {
    std::int64_t failures = 5;                       // in a row, and it is left in peace
    base::Duration rest = std::chrono::seconds{10};  // for so long
};

// Thread-safe.
class OwnerRoute {
public:
    explicit OwnerRoute(BreakerRules rules) : rules_(rules) {}

    // How long it rests from now on; nothing: it may be asked. Changes nothing, so that a call can be refused before anything is
    // written.
    std::optional<base::Duration> resting(base::Time now) const;
    // The same at the moment of the call: of those that come after its rest one alone passes, until something is known of that one
    // or as long a time is over again.
    std::optional<base::Duration> enter(base::Time now);

    // Whose failure it was: what a single call can bring about is not held against the owner.
    enum class Held { against_owner, not_against_owner };
    // What that changed: whether it is left in peace from now on, or is asked by everybody again.
    enum class Turn { none, rests, back };
    Turn went_well(base::Time now);  // all steps
    Turn failed(OwnerStep step, Held held, std::string why, base::Time now);

    // Nothing became known: it was not asked after all.
    void unheard();

    struct Seen {
        std::optional<base::Time> good, bad;
    };
    struct Health {
        Breaker breaker = Breaker::closed;
        std::optional<base::Duration> rests;
        std::int64_t failures_in_a_row = 0;
        std::uint64_t answered = 0, failed = 0, not_asked = 0;
        std::array<Seen, owner_steps> steps = {};
        std::optional<OwnerStep> failed_at;  // of the newest call, if it failed
        std::string why;                     // likewise; for operators alone
    };
    Health health(base::Time now) const;

private:
    std::optional<base::Duration> rest_left(base::Time now) const;
    Breaker breaker(base::Time now) const;
    Turn ask_again();

    const BreakerRules rules_;
    mutable std::mutex mutex_;
    std::int64_t failures_ = 0;                  // in a row that are held against it
    std::optional<base::Time> opened_, probed_;  // since when it rests; since when one call is under way that decides
    Health health_;
};

}  // namespace kelisim::gateway
