// SPDX-License-Identifier: Apache-2.0
// Pushes Security Event Tokens to the receivers that registered an endpoint (RFC 8935).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "access/parts.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "delivery/under_way.hpp"
#include "http/client.hpp"
#include "store/alarm.hpp"
#include "store/writer.hpp"
#include "token/keys.hpp"

namespace kelisim::delivery {

struct EventPusherParts {
    std::string issuer;
    store::Writer& writer;
    store::Readers& readers;
    const records::SecurityEvents& events;
    const base::Clock& clock;
    store::Alarm& alarm;  // rung when there may be something to push: an event came, a stream or the clock was changed
    const token::SigningKey& signing_key;
    http::Client& client;  // of its own, so that its connections are nobody else's
    http::Reach reach = http::Reach::public_only;
};

// What an answer of a receiver means.
struct PushOutcome {
    enum class Kind { confirmed, refused, failed };
    Kind kind = Kind::failed;
    std::string code;              // of the SET error, or of the failure
    base::Duration wait_for = {};  // as the receiver asked by Retry-After
};
PushOutcome read_push_answer(const http::Outcome& outcome);

// How long to wait after so many failures in a row.
base::Duration push_delay(int failures);

// One thread that hands over, and exchanges on the io threads: one SET at a time to each receiver, so that none waits for
// another. The attempt is durable before the SET leaves; it goes again, the same, until it is confirmed or refused. A
// receiver that fails is left alone for longer and longer.
class EventPusher {
public:
    explicit EventPusher(EventPusherParts parts);
    ~EventPusher();  // waits for exchanges under way, limits::event_push_deadline at most
    EventPusher(const EventPusher&) = delete;
    EventPusher& operator=(const EventPusher&) = delete;

    std::uint64_t confirmed() const { return confirmed_; }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t outages() const { return outages_; }

private:
    struct Answered {
        records::SecurityEvent event;
        int failures = 0;  // of the receiver, before
        PushOutcome outcome;
    };

    void work();
    std::optional<base::Time> run_round();
    void book(const UnderWay<Answered>::Ended& ended);
    bool hand_over(const records::EventStream& stream);  // false when nothing is left for it
    void send(const records::EventStream& stream, const records::SecurityEvent& event);

    const EventPusherParts parts_;
    UnderWay<Answered> under_way_{base::limits::events_pushed_at_once};  // by receiver
    std::atomic<std::uint64_t> confirmed_{0}, refused_{0}, failed_{0}, outages_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::delivery
