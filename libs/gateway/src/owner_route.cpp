// SPDX-License-Identifier: Apache-2.0
#include "gateway/owner_route.hpp"

namespace kelisim::gateway {

namespace {

// What is left of a time that began then; nothing: it is over, or the clock was set back since.
std::optional<base::Duration> left_of(std::optional<base::Time> begun, base::Duration length, base::Time now) {
    if (!begun || now < *begun || now >= *begun + length) return std::nullopt;
    return *begun + length - now;
}

}  // namespace

std::optional<base::Duration> OwnerRoute::rest_left(base::Time now) const {
    if (!opened_) return std::nullopt;
    if (const auto left = left_of(opened_, rules_.rest, now)) return left;
    return left_of(probed_, rules_.rest, now);
}

Breaker OwnerRoute::breaker(base::Time now) const {
    if (!opened_) return Breaker::closed;
    return left_of(opened_, rules_.rest, now) ? Breaker::open : Breaker::half_open;
}

std::optional<base::Duration> OwnerRoute::resting(base::Time now) const {
    const std::lock_guard lock(mutex_);
    return rest_left(now);
}

std::optional<base::Duration> OwnerRoute::enter(base::Time now) {
    const std::lock_guard lock(mutex_);
    if (const auto left = rest_left(now)) {
        ++health_.not_asked;
        return left;
    }
    if (opened_) probed_ = now;
    return std::nullopt;
}

OwnerRoute::Turn OwnerRoute::ask_again() {
    const bool rested = opened_.has_value();
    failures_ = 0;
    opened_ = probed_ = std::nullopt;
    return rested ? Turn::back : Turn::none;
}

OwnerRoute::Turn OwnerRoute::went_well(base::Time now) {
    const std::lock_guard lock(mutex_);
    ++health_.answered;
    for (Seen& step : health_.steps)
        step.good = now;
    health_.failed_at = std::nullopt;
    health_.why.clear();
    return ask_again();
}

OwnerRoute::Turn OwnerRoute::failed(OwnerStep step, Held held, std::string why, base::Time now) {
    const std::lock_guard lock(mutex_);
    const auto at = static_cast<std::size_t>(step);
    for (std::size_t i = 0; i < at; ++i)
        health_.steps[i].good = now;
    health_.steps[at].bad = now;
    health_.failed_at = step;
    health_.why = std::move(why);
    ++health_.failed;
    // It answered, which is what the one call was to find out.
    if (held == Held::not_against_owner) return ask_again();
    ++failures_;
    // Calls that were under way when it was left in peace end later; they do not make its rest longer.
    if (!probed_ && (opened_ || failures_ < rules_.failures)) return Turn::none;
    const bool rested = opened_.has_value();
    opened_ = now;
    probed_ = std::nullopt;
    return rested ? Turn::none : Turn::rests;
}

void OwnerRoute::unheard() {
    const std::lock_guard lock(mutex_);
    probed_ = std::nullopt;
}

OwnerRoute::Health OwnerRoute::health(base::Time now) const {
    const std::lock_guard lock(mutex_);
    Health health = health_;
    health.breaker = breaker(now);
    health.rests = rest_left(now);
    health.failures_in_a_row = failures_;
    return health;
}

}  // namespace kelisim::gateway
