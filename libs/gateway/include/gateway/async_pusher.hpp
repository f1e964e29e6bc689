// SPDX-License-Identifier: Apache-2.0
// Calls participants that want to be called (IAsyncChannelClient, wire.md A1, A4): with messages for them, and with what became
// of theirs. And books what became of uses.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "access/async_queues.hpp"
#include "base/limits.hpp"
#include "delivery/under_way.hpp"
#include "gateway/async_leaving.hpp"
#include "gateway/async_stored.hpp"
#include "gateway/soap_door.hpp"
#include "gateway/soap_receivers.hpp"
#include "store/alarm.hpp"

namespace kelisim::gateway {

struct AsyncPusherParts {
    store::Writer& writer;
    store::Readers& readers;
    const records::AsyncMessages& messages;
    const access::AsyncQueues& queues;
    const registry::Registry& registry;
    const base::Clock& clock;
    const base::Zone& zone;
    store::Alarm& alarm;  // rung when there may be something to push
    const SoapDoor& door;
    http::Client& client;                                       // of its own, so that its connections are nobody else's
    std::map<std::string, SoapAddress, std::less<>> receivers;  // by system; the others ask
};

// What an answer to a pushed message means; nothing: it was taken.
std::optional<access::AsyncFailure> read_push_answer(const http::Outcome& outcome, std::string_view message_id,
                                                     const base::Zone& zone);

// One thread that hands over, and exchanges on the io threads: one message of each queue at a time, in its order. The attempt is
// durable before the message leaves; it goes again until it is acknowledged.
class AsyncPusher {
public:
    explicit AsyncPusher(AsyncPusherParts parts);
    ~AsyncPusher();  // waits for exchanges under way, limits::async_push_deadline at most
    AsyncPusher(const AsyncPusher&) = delete;
    AsyncPusher& operator=(const AsyncPusher&) = delete;

    std::uint64_t taken() const { return taken_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t outages() const { return outages_; }

private:
    // Of a message or of a notice.
    struct Answered {
        records::AsyncMessageId id;
        std::optional<records::AsyncNotice> notice = {};
        std::optional<access::AsyncFailure> failure = {};
        records::AsyncWire wire = {};
    };
    using Ended = delivery::UnderWay<Answered>::Ended;
    using Next = std::optional<base::Time>;

    void work();
    Next run_round();
    void book(const Ended& ended);
    void book_uses();
    Next push_messages();
    Next push_notices();
    // Does it unless something of the place is under way. False from `hand_over`: nothing was sent.
    void attempt(const std::string& place, const std::function<bool()>& hand_over);
    bool hand_over(const records::AsyncQueue& queue, const SoapAddress& to);
    void tell(const records::AsyncNotice& notice, const SoapAddress& to);
    void send(const SoapAddress& to, std::string_view content, std::string_view token, std::string place,
              Answered answered);

    LeavingParts leaving_parts() const { return {parts_.queues, parts_.messages, parts_.registry, parts_.zone}; }

    const AsyncPusherParts parts_;
    delivery::UnderWay<Answered> under_way_{base::limits::async_pushed_at_once};  // by queue, and receiver of notices
    std::atomic<std::uint64_t> taken_{0}, failed_{0}, outages_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::gateway
