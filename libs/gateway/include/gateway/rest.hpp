// SPDX-License-Identifier: Apache-2.0
// REST mediation: ANY /gateway/{serviceKey}/{path...} with the security token in Authorization or kdp-token
// (236/НК п.2(11), 307/НК п.45-7: without a valid token no call passes).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "access/introspection.hpp"
#include "access/uses.hpp"
#include "api/client_authentication.hpp"
#include "api/possession.hpp"
#include "gateway/outcomes.hpp"
#include "gateway/quotas.hpp"
#include "gateway/refusals.hpp"
#include "gateway/routes.hpp"
#include "gateway/signed_messages.hpp"
#include "http/route.hpp"

namespace kelisim::gateway {

extern const base::Reason service_not_on_rest;
extern const base::Reason token_missing;
extern const base::Reason token_given_twice;
extern const base::Reason owner_unreachable;
extern const base::Reason owner_silent;
extern const base::Reason owner_failed;
extern const base::Reason owner_refused;
extern const base::Reason method_not_passed;
extern const base::Reason stream_not_kept;
extern const base::Reason stream_has_no_fields;

struct RestParts {
    const registry::Registry& registry;
    store::Writer& writer;
    const base::Clock& clock;
    const access::Introspection& introspection;
    base::Entropy& entropy;
    const records::Exchanges& exchanges;
    const access::Uses& uses;
    Outcomes& outcomes;
    Quotas& quotas;
    Refusals& refusals;
    const api::ClientAuthentication& clients;
    const api::Possession& possession;
    Owners& owners;
    const Routes& routes;
    const SignedMessages& signatures;
};

// Thread-safe. Outlives the server that has its routes.
class Rest {
public:
    explicit Rest(RestParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    // Who may call what: the result of authentication.
    struct Caller {
        access::Introspection::Active token;
        std::string receiver;  // system key
        std::string bearer;
    };
    using Answer = boost::asio::awaitable<http::Response>;

    boost::asio::awaitable<std::variant<Caller, http::Response>> identify(const http::Request& request) const;
    // The answer to a call that is no exchange, counted.
    http::Response turn_away(const KnownSender& sender, const base::Reason& why, http::Response response) const;
    http::Response turn_away(const Caller& caller, const base::Refusal& why, const http::Request& request) const;
    KnownSender known(const Caller& caller) const;
    const registry::OpenService* open_elsewhere(const http::Request& request) const;
    Answer take(const Caller& caller, const http::Request& request);
    Answer exchange(const Caller& caller, const http::Request& request);
    Answer pass(const Caller& caller, const http::Request& request, const std::string& service, const Binding& binding);
    bool streamed(const http::Request& request) const;
    // What a call says, or why it is turned away.
    std::variant<ReadCall, http::Response> read(const Caller& caller, const http::Request& request,
                                                const std::string& service, const Binding& binding) const;
    std::variant<ReadCall, http::Response> read_streamed(const Caller& caller, const http::Request& request,
                                                         const std::string& service) const;
    boost::asio::awaitable<access::UseDecision> decide(const Caller& caller, const http::Request& request,
                                                       const ReadCall& call, const records::Exchange& exchange);
    records::Exchange begun(const Caller& caller, const http::Request& request, const std::string& service) const;
    http::Response noted(const Caller& caller, records::Exchange exchange, http::Response response);
    // To the owner of a service, and back.
    struct Use {
        OwnerWay way;
        const Binding& binding;
        const access::Reserved& reserved;
        records::Exchange& exchange;
    };
    http::Outgoing to_owner(const Caller& caller, const http::Request& request, const Use& use,
                            const ReadCall& call) const;
    Answer forward(const Caller& caller, const http::Request& request, Use use, const ReadCall& call);
    Answer forward_stream(const Caller& caller, const http::Request& request, Use use, const ReadCall& call);
    http::Response streamed_answer(const Caller& caller, const Use& use, http::AnswerHead answer);
    template <class Given>
    std::optional<http::Response> given_nothing(const http::Request& request, const Use& use,
                                                const std::variant<Given, http::Failure, Owners::Rests>& asked);
    http::Response conclude(const http::Request& request, const Use& use, Owners::Asked asked,
                            const std::optional<http_signatures::SentRequest>& signed_request);
    http::Response not_answered(const http::Request& request, const Use& use, http::Lost lost);

    RestParts parts_;
};

}  // namespace kelisim::gateway
