// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "delivery/sms_transport.hpp"

namespace kelisim::simulation {

// The process was killed between two steps.
class ProcessEnds : public std::exception {};

// A carrier that now and then loses the outcome or refuses. What it reports as unknown may have arrived or not.
class Carrier final : public delivery::SmsTransport {
public:
    explicit Carrier(std::mt19937_64& random) : random_(random) {}

    std::vector<delivery::Sent> send(const std::vector<access::Sms>& messages) override {
        using delivery::Sent;
        std::vector<Sent> outcomes;
        for (const access::Sms& message : messages) {
            ++times[message.id];
            const auto [at, fresh] = texts.emplace(message.id, message.text);
            EXPECT_EQ(at->second, message.text) << "sent again, it says the same";
            const auto chance = random_() % 100;
            outcomes.push_back(chance < 80 ? Sent::accepted : chance < 95 ? Sent::unknown : Sent::rejected);
            if (outcomes.back() == Sent::rejected) rejected.insert(message.id);
            arrived.push_back(message);
        }
        if (random_() % 50 == 0) throw ProcessEnds();  // the carrier has them, and nobody wrote down that it does
        return outcomes;
    }

    std::map<std::string, int> times;
    std::map<std::string, std::string> texts;
    std::set<std::string> rejected;
    std::vector<access::Sms> arrived;  // on phones, oldest first

private:
    std::mt19937_64& random_;
};

}  // namespace kelisim::simulation
