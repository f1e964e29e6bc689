// SPDX-License-Identifier: Apache-2.0
#include "uses.hpp"

#include <thread>

namespace kelisim::bench {

namespace {

constexpr std::size_t in_flight = 4'000;

}  // namespace

void Uses::decide(std::function<void()> decided) {
    const Granted& granted = granted_[next_++ % granted_.size()];
    const access::UseCommand command{.token = granted.token,
                                     .receiver = target_.receiver,
                                     .service = "GBDFLUniversal_token",
                                     .purpose = {},
                                     .side = registry::Side::external,
                                     .fields = {"surname", "name"},
                                     .acts = {},
                                     .persons = {granted.subject},
                                     .idempotency_key = {},
                                     .digest = {}};
    enter();
    book_outcomes();
    store::submit(
        target_.writer,
        [this, command, now = target_.clock.now()](store::WriteSession& session) {
            return target_.uses.reserve(session, command, now);
        },
        [this, decided = std::move(decided)](store::Outcome<access::UseDecision> outcome) noexcept {
            if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
            decided();
            leave(std::get<access::Reserved>(std::get<0>(outcome)).id);
        });
}

void Uses::wait_until_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == 0; });
    lock.unlock();
    book_outcomes();
    store::run(target_.writer, [](store::WriteSession&) {});
}

void Uses::enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ < in_flight; });
    ++inside_;
}

void Uses::leave(consent::UseId id) {
    const std::lock_guard lock(mutex_);
    if (outcomes_ == Outcomes::booked) reserved_.push_back(id);
    if (--inside_ == in_flight / 2 || inside_ == 0) changed_.notify_all();
}

void Uses::book_outcomes() {
    std::vector<consent::UseId> reserved;
    {
        const std::lock_guard lock(mutex_);
        reserved.swap(reserved_);
    }
    for (const consent::UseId id : reserved) {
        store::submit(
            target_.writer,
            [this, id, now = target_.clock.now()](store::WriteSession& session) {
                target_.uses.conclude(session, id, consent::UseState::delivered, std::nullopt, now);
            },
            [](store::Outcome<std::monostate> outcome) noexcept {
                if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
            });
    }
}

std::vector<SteadyClock::duration> at_rate(const UseTarget& target, const std::vector<Granted>& granted,
                                           const Pace& pace) {
    const std::size_t count = pace.rate * static_cast<std::size_t>(pace.time.count());
    std::vector<SteadyClock::duration> latencies(count);
    std::size_t submitted = 0;
    {
        Uses uses(target, granted, Outcomes::booked);
        const auto start = SteadyClock::now();
        for (; submitted < count && SteadyClock::now() < start + pace.time + pace.patience; ++submitted) {
            const auto due = start + std::chrono::nanoseconds(1'000'000'000ULL * submitted / pace.rate);
            std::this_thread::sleep_until(due);
            uses.decide([&latencies, i = submitted, due] { latencies[i] = SteadyClock::now() - due; });
        }
    }
    latencies.resize(submitted);
    return latencies;
}

}  // namespace kelisim::bench
