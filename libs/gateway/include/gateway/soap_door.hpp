// SPDX-License-Identifier: Apache-2.0
// What every SOAP channel does before anybody looks at what is asked, and how each of them answers (wire.md A5, A6): a message is
// of whom its transport signature proves, or of whose password it brings where that is enough, and it is of these days.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.hpp"
#include "base/zone.hpp"
#include "crypto/hash.hpp"
#include "gateway/message_signatures.hpp"
#include "gateway/quotas.hpp"
#include "gateway/refusals.hpp"
#include "http/elsewhere.hpp"
#include "http/route.hpp"
#include "identity/clients.hpp"
#include "records/exchanges.hpp"
#include "soap/envelope.hpp"
#include "soap/fault.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::gateway {

extern const base::Reason sender_unknown;
extern const base::Reason sender_of_another_organisation;
extern const base::Reason sender_outside;
extern const base::Reason interface_unknown;

// Codes of faults that ШЭП's table does not have; errorData holds the codes of our reasons (contracts/error-codes.csv).
inline constexpr std::string_view kls_sender = "KLS401";        // who sends is not known, or not let in here
inline constexpr std::string_view kls_refused = "KLS403";       // the decision was against it
inline constexpr std::string_view kls_conflict = "KLS409";      // the messageId was used before
inline constexpr std::string_view kls_over_quota = "KLS429";    // the sender calls too often
inline constexpr std::string_view kls_owner_failed = "KLS502";  // the owner was not reached, or answered nothing usable
inline constexpr std::string_view kls_owner_resting = "KLS503";  // the owner failed too often and is not asked
inline constexpr std::string_view kls_owner_silent = "KLS504";

// What becomes a fault.
struct SoapRefusal {
    SoapRefusal(std::string_view fault, base::Refusal reasons,
                records::ExchangeState outcome = records::ExchangeState::refused)
        : code(fault), why(std::move(reasons)), state(outcome) {}
    explicit SoapRefusal(const soap::Defects& defects)
        : code(soap::sce_malformed), why(defects.refusal()), details(defects.in_words()) {}

    std::string code;
    base::Refusal why;
    std::string details = {};               // instead of the codes of the reasons
    std::vector<soap::ErrorInfo> sub = {};  // subError
    records::ExchangeState state = records::ExchangeState::refused;
    std::optional<base::Duration> wait = {};  // before that it makes no sense to ask again
};

// Whether an address wants messages signed; answers follow it.
enum class Protection { wss, inside };

// What an address says of the messages that come there. Addresses under /shep/, and those without signatures, stand inside the
// unified transport environment, the others are those of the external gateway (wire.md A6).
struct Entrance {
    Protection protection;
    registry::Side side;
};

// A message that came in. What is read from it lives as long as it.
struct Arrival {
    const http::Request& request;
    Protection protection;
    registry::Side side;
    base::Time received;
    soap::SessionId session;
    soap::Version version = soap::Version::v11;
    std::optional<soap::Envelope> envelope = {};
    std::string organisation = {};  // BIN that the signature proves
    bool speaks_for_it = false;
    std::optional<xml::Document> signed_body = {};
    const registry::System* sender = nullptr;  // before it is let in: whom the message names
    bool sender_proven = false;

    // What is to be processed: where a signature is wanted, what it covers, and nothing else.
    xml::Element body() const { return signed_body ? signed_body->root() : envelope->body(); }
};

struct SoapDoorParts {
    const registry::Registry& registry;
    const base::Clock& clock;
    const base::Zone& zone;
    base::Entropy& entropy;
    const identity::Clients& clients;
    Quotas& quotas;
    Refusals& refusals;
    const MessageSignatures& signatures;
    http::Elsewhere& signature_checks;
    const trust::SigningKeys& signing_keys;
    std::string address;  // under which this server is known: scheme, host and port
    soap::FaultForm fault_form = soap::FaultForm::qualified;
};

// Immutable; thread-safe.
class SoapDoor {
public:
    explicit SoapDoor(SoapDoorParts parts) : parts_(std::move(parts)) {}

    // `path` takes messages by POST, and describes its interface: ADDRESS?wsdl, which is `wsdl`,
    // ADDRESS?wsdl=NAME and ADDRESS?xsd=NAME.
    // Both are literals. When something of ours is broken, the caller is told so by a fault of `operation`.
    void add_routes(std::vector<http::Route>& routes, std::string_view path, std::string_view wsdl,
                    soap::FaultOf operation, http::RouteLimits limits, http::Endpoint take) const;

    // For who says in the message itself who sends it.
    static http::Endpoint by_message(http::Handler handler);

    Arrival arrive(const http::Request& request, Entrance entrance) const;

    // Who a body says that sends it, before anything of it is believed; nothing when it does not say.
    using ClaimedSender = std::function<std::optional<std::string>(xml::Element body)>;
    // Envelope and transport signature; cheap for what is not worth more: whom nobody knows has nothing checked.
    boost::asio::awaitable<std::optional<SoapRefusal>> open(Arrival& arrival, const ClaimedSender& claimed) const;
    // Who sends, whether the message is of these days, and that its sender does not call too often.
    std::optional<SoapRefusal> admit(Arrival& arrival, const soap::Sender& sender, base::Time date) const;
    // The body of an owner's answer, when the organisation of that system signed it.
    boost::asio::awaitable<std::variant<xml::Document, SoapRefusal>> check_envelope(
        const soap::Envelope& envelope, const registry::System& signer) const;
    // Whether the organisation of that system signed the business data; for services that ask for it (wire.md A7).
    boost::asio::awaitable<std::optional<SoapRefusal>> check_data(const soap::BusinessData& data,
                                                                  const registry::System& signer) const;

    // The name by which a message is the same one when it is signed anew: the canonical form of what stands in the body, and a
    // token beside it, which is a part of what is asked. Nothing for what has no such form.
    static std::optional<crypto::Digest> digest_of(const Arrival& arrival);
    static std::optional<std::string_view> bearer(const http::Headers& headers);

    // Signed where the sender has to sign too. Throws base::Outage without a key that is valid now: then nothing is said in our
    // name.
    http::Response respond(const Arrival& arrival, int status, std::string_view content) const;
    http::Response fault(const Arrival& arrival, soap::FaultOf operation, const SoapRefusal& refused) const;
    // The same for a message that was not taken, so that it stands on record nowhere else: it is counted.
    http::Response turn_away(const Arrival& arrival, soap::FaultOf operation, const SoapRefusal& refused) const;

    // To be asked before anything is counted: without a key neither an owner nor the sender could be told anything.
    void require_key(base::Time now) const;
    // A message of ours, signed.
    base::Result<std::string> signed_message(std::string_view content, base::Time now) const;
    std::string random_uuid() const;

private:
    // Not signed: what keeps us from answering may keep us from signing.
    http::Response broken(soap::FaultOf operation, int status, const base::Reason& why,
                          const http::Request& request) const;
    boost::asio::awaitable<http::Response> describe(const http::Request& request, std::string_view wsdl) const;

    SoapDoorParts parts_;
};

}  // namespace kelisim::gateway
