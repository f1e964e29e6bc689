// SPDX-License-Identifier: Apache-2.0
// The synchronous channel of ШЭП: SendMessage over SOAP (wire.md A). A message is of whom its transport signature proves, is
// taken once, and passes to the owner of its service only under a decision that is durable before (307/НК п.45-7).
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "access/exchanges.hpp"
#include "gateway/local_service.hpp"
#include "gateway/outcomes.hpp"
#include "gateway/persons_decisions.hpp"
#include "gateway/routes.hpp"
#include "gateway/soap_decisions.hpp"

namespace kelisim::gateway {

extern const base::Reason service_not_on_soap;
extern const base::Reason route_unknown;
extern const base::Reason answer_not_soap;

// For how long the signed messages of a service are kept, by its key; not at all where it is not named.
using KeptFor = std::map<std::string, std::chrono::days, std::less<>>;

struct SyncChannelParts {
    const registry::Registry& registry;
    store::Writer& writer;
    const base::Clock& clock;
    const base::Zone& zone;
    base::Entropy& entropy;
    const SoapDoor& door;
    const access::Exchanges& exchanges;
    const SoapDecisions& decisions;
    const PersonsDecisions& persons;
    Outcomes& outcomes;
    Owners& owners;
    DataForms forms;
    const Routes& routes;
    LocalServices local = {};  // that the gateway answers itself
    const records::ExchangeBodies& bodies;
    KeptFor kept = {};
};

// Thread-safe. Outlives the server that has its routes.
class SyncChannel {
public:
    explicit SyncChannel(SyncChannelParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    struct Call;
    using Refused = SoapRefusal;
    using Served = std::variant<std::string, Refused>;  // the content of the answer's body
    using Uses = std::vector<access::Reserved>;
    using Decision = std::variant<Uses, access::Repeated, Refused>;
    using Answer = boost::asio::awaitable<http::Response>;

    Answer take(const http::Request& request, Entrance entrance);
    std::optional<Refused> read(Call& call) const;
    Answer handle(Call& call);
    Answer handle_locally(Call& call, const LocalService& service);
    // Nothing when it is answered already, from what is kept.
    boost::asio::awaitable<std::optional<http::Response>> begin(Call& call);
    boost::asio::awaitable<Served> carry(Call& call, const SoapService& service);
    static std::optional<Refused> choose_route(Call& call, const SoapService& service);
    static AskedUse asked_use(const Call& call, std::string_view subject);
    boost::asio::awaitable<Decision> decide(Call& call, const SoapService& service);
    boost::asio::awaitable<Decision> decide_each(Call& call, const AskedUse& asked) const;
    void book(const Uses& uses, consent::UseState state, std::vector<std::string> answers);
    boost::asio::awaitable<Served> forward(Call& call, const SoapService& service, const Uses& uses);
    std::vector<std::string> to_keep(const SoapService& service, const Uses& uses, const std::string& answer) const;
    base::Result<std::string> outgoing(const Call& call, base::Time now) const;
    static Refused not_answered(http::Lost lost);
    struct OwnersEnvelope;
    struct OwnersAnswer;
    std::variant<OwnersAnswer, Refused> read_answer(const http::Answer& answer, OwnersEnvelope envelope) const;
    boost::asio::awaitable<std::variant<OwnersEnvelope, Refused>> open_answer(const http::Answer& answer,
                                                                              const SoapService& service,
                                                                              const registry::System& owner) const;
    boost::asio::awaitable<Served> judge(Call& call, const http::Answer& answer, const SoapService& service,
                                         const Uses& uses) const;
    void tell_of_owner(const Call& call, int status, const Served& judged);
    // Signs what the sender is given, concludes the exchange with it, and only then lets it go.
    Answer finish(Call& call, const Served& served, bool keep);
    boost::asio::awaitable<void> conclude(Call& call, const Served& served, bool keep, const std::string& sent);
    std::optional<std::chrono::days> kept_for(const Call& call) const;
    void note(Call& call, records::ExchangeMessage which, const std::string& bytes) const;
    http::Response turn_away(const Call& call, const Refused& refused) const;
    http::Response fault(const Call& call, const Refused& refused) const;

    SyncChannelParts parts_;
};

}  // namespace kelisim::gateway
