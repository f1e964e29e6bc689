// SPDX-License-Identifier: Apache-2.0
// The decision about a message of the SOAP wire that asks for a person's data: the same for every channel (307/НК п.45-7).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/introspection.hpp"
#include "access/uses.hpp"
#include "api/possession.hpp"
#include "gateway/several_persons.hpp"
#include "gateway/soap_call.hpp"
#include "gateway/soap_door.hpp"

namespace kelisim::gateway {

extern const base::Reason service_without_connection;
extern const base::Reason answer_of_another;

struct SoapDecisionParts {
    const registry::Registry& registry;
    store::Writer& writer;
    const base::Zone& zone;
    const access::Introspection& introspection;
    const access::Uses& uses;
    const token::KeySet& keys;  // ours, published
    const api::Possession& possession;
};

// All of it lives until the decision is there.
struct AskedUse {
    const Arrival& arrival;
    const registry::IntegrationService& service;
    const soap::BusinessData& data;
    std::string_view subject;                       // where the data name the person: soap_call.hpp
    std::vector<std::string> beside;                // what goes to the owner beside the data
    const std::vector<soap::Property>& properties;  // of the message: which purpose it names
    std::string key;                                // of the message, for its repeats
    crypto::Digest digest{};
    access::Takes takes = access::Takes::first_or_repeat;
    base::Time at;  // when the message came first
};

// Immutable; thread-safe.
class SoapDecisions {
public:
    explicit SoapDecisions(const SoapDecisionParts& parts) : parts_(parts) {}

    struct Permitted {
        std::string token;  // that the decision was made under
        access::Reserved use;
    };
    using Decision = std::variant<Permitted, access::Repeated, SoapRefusal>;
    boost::asio::awaitable<Decision> decide(const AskedUse& asked) const;
    // The parts of it, for who decides about several tokens of one message: the token, shown by who may show it; the use, about
    // these persons; whether a key beside a token is one of ours.
    boost::asio::awaitable<base::Result<access::Introspection::Active>> live(const AskedUse& asked,
                                                                             const std::string& token) const;
    boost::asio::awaitable<access::UseDecision> reserve(const AskedUse& asked, consent::TokenId token,
                                                        std::vector<base::Iin> persons) const;
    bool knows_key(const std::string& public_key) const;
    // Of a service without personal data: whether the sender may reach it, and an approved application of the sender's names it,
    // on the day that it came. Requests for payments need no application (418-V ст.44(1)).
    std::optional<SoapRefusal> check_connection(const Arrival& arrival,
                                                const registry::IntegrationService& service) const;
    // Whether the sender may reach this service itself, or speak to another system in a conversation (registry/contours.hpp).
    std::optional<SoapRefusal> check_contours(const Arrival& arrival) const;
    std::optional<SoapRefusal> check_contours(const Arrival& arrival, const registry::IntegrationService& service,
                                              const registry::System& other) const;
    // Of open data: where they are open to everybody.
    std::optional<SoapRefusal> open_elsewhere(std::string_view service) const;

private:
    std::variant<std::string, SoapRefusal> token_of(const Arrival& arrival, const SoapCall& read) const;

    SoapDecisionParts parts_;
};

// Everybody whom data name, wherever they do, also in a text that is no document.
std::vector<base::Iin> persons_in(const soap::BusinessData& data);

}  // namespace kelisim::gateway
