// SPDX-License-Identifier: Apache-2.0
// For tests: the service with delivery and scheduler driven by hand, and a carrier that does what it is told.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "access/testing.hpp"
#include "delivery/runner.hpp"
#include "store/scheduler.hpp"

namespace kelisim::delivery::testing {

using access::testing::World;
namespace person = records::testing::person;

// Takes every message and answers by script, `accepted` where that is over. Thread-safe.
class FakeSms final : public SmsTransport {
public:
    std::vector<Sent> send(const std::vector<access::Sms>& messages) override {
        if (during_send) during_send();
        const std::lock_guard lock(mutex_);
        std::vector<Sent> outcomes;
        for (const access::Sms& message : messages) {
            sent_.push_back(message);
            outcomes.push_back(script_.empty() ? Sent::accepted : script_.front());
            if (!script_.empty()) script_.pop_front();
        }
        changed_.notify_all();
        return outcomes;
    }
    void answer_with(std::initializer_list<Sent> outcomes) {
        const std::lock_guard lock(mutex_);
        script_.assign(outcomes);
    }
    // What was sent since the last call.
    std::vector<access::Sms> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(sent_, {});
    }
    std::vector<access::Sms> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return sent_.size() >= count; });
        return sent_;
    }

    std::function<void()> during_send;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<access::Sms> sent_;
    std::deque<Sent> script_;
};

// One process of the service, without its threads: they do what run() does.
class Desk {
public:
    explicit Desk(std::uint64_t seed = 1) : world(seed) { start(); }

    void restart() {
        effects.reset();
        timers.reset();
        world.restart();
        start();
    }
    // Everything that is due now, until nothing is.
    void run() {
        for (;;) {
            const auto timer = timers->run_due();
            const auto effect = effects->run_due();
            if ((!timer || *timer > world.clock.now()) && (!effect || *effect > world.clock.now())) return;
        }
    }
    void advance(base::Duration by) {
        world.clock.advance(by);
        run();
    }
    RunnerParts parts() {
        return {.writer = world.store.writer(),
                .readers = world.store.readers(),
                .outbox = world.service->outbox,
                .clock = world.clock,
                .contact = world.service->contact,
                .answers = world.service->answers,
                .persons = world.service->persons,
                .sms = sms};
    }

    World world;
    FakeSms sms;
    std::unique_ptr<DueEffects> effects;
    std::unique_ptr<store::DueTimers> timers;

private:
    void start() {
        effects = std::make_unique<DueEffects>(parts());
        timers = std::make_unique<store::DueTimers>(world.store.writer(), world.store.readers(), world.clock,
                                                    handlers(), store::SchedulerOptions{});
    }
    store::TimerHandlers handlers() {
        access::testing::Service& service = *world.service;
        const auto& clock = world.clock;
        return {{std::string(access::timer_request_expiry),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer& timer) {
                     const auto id = consent::RequestId::from_bytes(timer.key.entity).value();
                     service.asking.expire(session, id, clock.now());
                 }},
                {std::string(access::timer_consent_expiry),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer& timer) {
                     const auto id = consent::ConsentId::from_bytes(timer.key.entity).value();
                     service.answers.expire_consent(session, id, clock.now());
                 }},
                {std::string(access::timer_answer_forget),
                 [&service](store::WriteSession& session, const store::DueTimer& timer) {
                     service.uses.forget_answer(session, consent::UseId::from_bytes(timer.key.entity).value());
                 }},
                {std::string(access::timer_question_due),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer& timer) {
                     const auto id = records::QuestionId::from_bytes(timer.key.entity).value();
                     service.persons.inquiries.fall_due(session, id, clock.now());
                 }},
                {std::string(access::timer_deferral_due),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer& timer) {
                     const auto id = consent::SubjectId::from_bytes(timer.key.entity).value();
                     service.persons.deferring.fall_due(session, id, clock.now());
                 }},
                {std::string(access::timer_registry_ended),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer& timer) {
                     service.registry_changes.invalidate_some(session, timer, clock.now());
                 }},
                {std::string(access::timer_sweep),
                 [&service, &clock](store::WriteSession& session, const store::DueTimer&) {
                     access::sweep(service.parts, session, clock.now());
                 }}};
    }
};

}  // namespace kelisim::delivery::testing
