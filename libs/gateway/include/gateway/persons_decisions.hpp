// SPDX-License-Identifier: Apache-2.0
// The decision about a message with a token for each of several persons (wire.md B5), on either SOAP channel.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "gateway/outcomes.hpp"
#include "gateway/several_persons.hpp"
#include "gateway/soap_decisions.hpp"

namespace kelisim::gateway {

// Immutable; thread-safe. What it was made from outlives it.
class PersonsDecisions {
public:
    PersonsDecisions(const SoapDecisions& decisions, Outcomes& outcomes, const base::Clock& clock)
        : decisions_(decisions), outcomes_(outcomes), clock_(clock) {}

    struct PersonsUse {
        std::size_t number = 0;  // of its token in the message, from 1
        access::Reserved reserved;
    };
    struct Permitted {
        std::vector<PersonsUse> uses;   // at least one, in the order of the tokens
        std::vector<LeftOut> left_out;  // to be emptied in what goes on: with_emptied()
    };
    using Decision = std::variant<Permitted, access::Repeated, SoapRefusal>;
    // Each token is a decision of its own, about its own person, in a unit of its own, and all of them are durable before the
    // answer is there. Where the message does not pass, or the store fails in between, what was reserved is given back.
    boost::asio::awaitable<Decision> decide(const AskedUse& asked) const;

private:
    struct Deciding;
    boost::asio::awaitable<void> reserve_each(const AskedUse& asked, const PersonsCall& read, Deciding& deciding) const;
    Decision concluded(const AskedUse& asked, Deciding deciding) const;
    void give_back(const std::vector<PersonsUse>& uses) const;

    const SoapDecisions& decisions_;
    Outcomes& outcomes_;
    const base::Clock& clock_;
};

}  // namespace kelisim::gateway
