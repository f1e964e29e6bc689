// SPDX-License-Identifier: Apache-2.0
// The synchronous channel of ШЭП: SendMessage over SOAP (wire.md A). A message is of whom its transport signature proves, is
// taken once, and passes to the owner of its service only under a decision that is durable before (307/НК п.45-7).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "access/exchanges.hpp"
#include "access/introspection.hpp"
#include "access/uses.hpp"
#include "api/possession.hpp"
#include "api/problem.hpp"
#include "base/zone.hpp"
#include "gateway/outcomes.hpp"
#include "gateway/soap_call.hpp"
#include "gateway/transport_signatures.hpp"
#include "http/client.hpp"
#include "http/elsewhere.hpp"
#include "http/route.hpp"
#include "identity/clients.hpp"
#include "soap/fault.hpp"
#include "soap/sync_channel.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::gateway {

extern const base::Reason sender_unknown;
extern const base::Reason sender_of_another_organisation;
extern const base::Reason sender_outside;
extern const base::Reason service_not_on_soap;
extern const base::Reason tokens_many;
extern const base::Reason service_without_connection;
extern const base::Reason answer_not_soap;
extern const base::Reason answer_of_another;
extern const base::Reason interface_unknown;

// How a service is reached on the SOAP wire.
struct SoapService {
    http::Authority upstream;
    std::string target = "/";
    std::string subject = "iin";              // where the data name the person: soap_call.hpp
    std::optional<soap::DataForm> form = {};  // in which its owner wants the data; nothing: as they came
};

// Codes of faults that ШЭП's table does not have; errorData holds the codes of our reasons (contracts/error-codes.csv).
inline constexpr std::string_view kls_sender = "KLS401";        // who sends is not known, or not let in here
inline constexpr std::string_view kls_refused = "KLS403";       // the decision was against it
inline constexpr std::string_view kls_conflict = "KLS409";      // the messageId was used before
inline constexpr std::string_view kls_owner_failed = "KLS502";  // the owner was not reached, or answered nothing usable
inline constexpr std::string_view kls_owner_silent = "KLS504";

struct SyncChannelParts {
    const registry::Registry& registry;
    store::Writer& writer;
    const base::Clock& clock;
    const base::Zone& zone;
    base::Entropy& entropy;
    const access::Exchanges& exchanges;
    const access::Introspection& introspection;
    const access::Uses& uses;
    Outcomes& outcomes;
    const token::KeySet& keys;  // ours, published
    const identity::Clients& clients;
    const api::Possession& possession;
    const TransportSignatures& signatures;
    http::Elsewhere& signature_checks;
    const trust::SigningKeys& signing_keys;
    http::Client& client;
    std::map<std::string, SoapService, std::less<>> services;  // by service key
    std::string address;  // under which this server is known: scheme, host and port
    soap::FaultForm fault_form = soap::FaultForm::qualified;
};

// Thread-safe. Outlives the server that has its routes.
class SyncChannel {
public:
    explicit SyncChannel(SyncChannelParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    // Whether the path wants messages signed; answers follow it.
    enum class Protection { wss, inside };
    struct Call;
    struct Refused {
        Refused(std::string_view fault, base::Refusal reasons,
                records::ExchangeState outcome = records::ExchangeState::refused)
            : code(fault), why(std::move(reasons)), state(outcome) {}
        explicit Refused(const soap::Defects& defects)
            : code(soap::sce_malformed), why(defects.refusal()), details(defects.in_words()) {}

        std::string code;
        base::Refusal why;
        std::string details = {};  // instead of the codes of the reasons
        records::ExchangeState state = records::ExchangeState::refused;
    };
    using Served = std::variant<std::string, Refused>;  // the content of the answer's body
    using Decision = std::variant<access::Reserved, access::Repeated, Refused>;
    using Answer = boost::asio::awaitable<http::Response>;

    Answer describe(const http::Request& request) const;
    Answer take(const http::Request& request, Protection protection);
    boost::asio::awaitable<std::optional<Refused>> read(Call& call) const;
    std::optional<Refused> admit(Call& call) const;
    Answer handle(Call& call);
    boost::asio::awaitable<Served> carry(Call& call, const SoapService& service);
    std::variant<std::string, Refused> token_of(const Call& call, const SoapCall& read) const;
    boost::asio::awaitable<Decision> decide(Call& call, const SoapService& service);
    boost::asio::awaitable<Served> forward(Call& call, const SoapService& service,
                                           const std::optional<access::Reserved>& use);
    base::Result<std::string> outgoing(const Call& call, const SoapService& service, base::Time now) const;
    static Refused not_answered(http::Lost lost);
    Served judge(Call& call, const http::Answer& answer, const std::optional<access::Reserved>& use) const;
    boost::asio::awaitable<void> conclude(const Call& call, const Served& served);
    http::Response fault(const Call& call, const Refused& refused) const;
    http::Response respond(const Call& call, int status, std::string_view content) const;
    std::string random_uuid() const;

    SyncChannelParts parts_;
};

}  // namespace kelisim::gateway
