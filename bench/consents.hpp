// SPDX-License-Identifier: Apache-2.0
// Many consents at the same time: a bank asks, 1414 writes to the person, the person says yes, the bank fetches a token.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "delivery/runner.hpp"
#include "delivery/sandbox_phones.hpp"
#include "installation.hpp"
#include "uses.hpp"

namespace kelisim::bench {

// Keeps `in_flight` consents going from the constructor to the destructor. The steps are those of the service: units on
// the writer, effects by delivery's runner, a poll on a reader, and access and id token signed with ES256 at the end.
// A step that fails ends the program: figures with errors in them are none.
class Consents final : public delivery::SmsTransport {
public:
    // Precondition: more persons in the installation than `in_flight`, so that nobody is asked twice at once.
    Consents(Installation& installation, std::size_t in_flight);
    ~Consents() override;

    // Called by delivery: the sandbox's phones, whose messages the persons then read.
    std::vector<delivery::Sent> send(const std::vector<access::Sms>& messages) override;

    const std::atomic<std::uint64_t>& completed() const { return completed_; }
    std::vector<Granted> granted() const;

private:
    enum class Stage { idle, asked, answered };
    struct Flow {
        Stage stage = Stage::idle;
        consent::RequestId request;
    };
    struct Message {
        std::string phone;
    };
    struct Heard {
        std::size_t person;
    };
    struct Issued {
        std::size_t person;
        access::IssuedToken token;
    };
    using Event = std::variant<Message, Heard, Issued>;

    void work();
    void push(Event event);
    bool take(std::deque<Event>& events);

    void ask(std::size_t person);
    void handle(const Message& message);
    void handle(const Heard& heard);
    void handle(const Issued& issued);
    void answer(std::size_t person);
    void redeem(std::size_t person);
    void sign(const access::IssuedToken& issued, consent::RequestId request) const;

    Installation& in_;
    delivery::SandboxPhones phones_;
    std::vector<Flow> flows_;  // by person
    std::unordered_map<std::string, std::size_t> person_of_phone_;
    std::size_t next_person_ = 0;
    std::atomic<std::uint64_t> completed_{0};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Event> events_;
    std::vector<Granted> granted_;
    bool stopping_ = false;

    std::unique_ptr<delivery::Runner> runner_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace kelisim::bench
