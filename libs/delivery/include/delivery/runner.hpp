// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

#include "access/answers.hpp"
#include "access/contact.hpp"
#include "access/person_side.hpp"
#include "base/clock.hpp"
#include "delivery/sms_transport.hpp"
#include "store/outbox.hpp"
#include "store/writer.hpp"

namespace kelisim::delivery {

struct RunnerParts {
    store::Writer& writer;
    store::Readers& readers;
    store::Outbox& outbox;
    const base::Clock& clock;
    const access::Contact& contact;
    const access::Answers& answers;
    const access::PersonSide& persons;
    SmsTransport& sms;
    std::function<void()> events_came = {};  // for whoever pushes them
};

// Runs due rows in rounds: the attempt is durable before anything is sent, and a row goes in the unit that books its
// outcome. Where that unit is the whole effect, an attempt is recorded only when it failed. A row whose turn fails is put
// off with growing delay, and parked after limits::effect_attempts_max. No SMS is sent more than limits::sms_sends_max
// times, whatever fails meanwhile.
class DueEffects {
public:
    explicit DueEffects(const RunnerParts& parts) : parts_(parts) {}

    // Runs what is due now until nothing is. Returns when the next row will be due. Throws store::Unavailable when the
    // store fails; what was not booked is due again after its hold.
    std::optional<base::Time> run_due();

    std::uint64_t done() const { return done_; }
    std::uint64_t put_off() const { return put_off_; }
    std::uint64_t parked() const { return parked_; }

private:
    struct Round;
    struct Sending;
    // What a final outcome of a message means, in the unit that ends its row.
    using Book = std::function<void(store::WriteSession&, const store::OutboxRow&, Sent)>;

    std::size_t run_round();
    Round look();
    void run_unit(store::WriteSession& session, const store::OutboxRow& row);
    void run_units(const std::vector<store::OutboxRow>& rows);
    void run_questions(const std::vector<store::OutboxRow>& rows);
    void run_notices(const std::vector<store::OutboxRow>& rows);
    void send(const Sending& sending, const Book& book);
    void fail(const store::OutboxRow& row);

    const RunnerParts parts_;
    std::atomic<std::uint64_t> done_{0}, put_off_{0}, parked_{0};
};

// The one thread of delivery.
class Runner {
public:
    explicit Runner(const RunnerParts& parts);
    ~Runner();  // finishes the round that is under way
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    const DueEffects& effects() const { return effects_; }
    std::uint64_t outages() const { return outages_; }

private:
    void work();

    const RunnerParts parts_;
    DueEffects effects_;
    std::atomic<std::uint64_t> outages_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::delivery
