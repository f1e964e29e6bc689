// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/entries.hpp"
#include "registry/kept.hpp"

namespace kelisim::registry {

extern const base::Reason unknown_service;
extern const base::Reason purpose_outside_connection;
extern const base::Reason service_outside_purpose;
extern const base::Reason no_connection;
extern const base::Reason connection_ambiguous;
extern const base::Reason connection_not_valid_today;

struct Entries {
    std::vector<Organisation> organisations;
    std::vector<System> systems;
    std::vector<IntegrationService> services;
    std::vector<Connection> connections;
    std::vector<ClientCredential> credentials = {};
    std::vector<Campaign> campaigns = {};
    std::vector<DeferralLaw> deferral_laws = {};
    std::vector<TlsClient> tls_clients = {};
    std::vector<SecurityAgreement> agreements = {};
    std::vector<OpenService> open_services = {};
};

// What of a connection a request names. Empty parts are not given; services and purpose are, but for `any_purpose`.
struct Wanted {
    std::string_view initiator;
    Environment environment{};
    std::string_view purpose;
    std::vector<std::string> services;
    std::optional<Channel> channel;
    std::string_view connection;
    std::string_view local_day;  // "2026-11-21"
    // Messages of the SOAP wire name no purpose, and the oldest no service (wire.md B2): one alone has to fit.
    bool any_purpose = false;
};

struct Match {
    const Connection* connection = nullptr;
    const Purpose* purpose = nullptr;
};

// What is registered now. Thread-safe. An entry that was found stays valid and unchanged as long as the registry lives: a
// change puts another one in its place and keeps the old one, some kilobytes each, and changes are made by people.
class Registry {
public:
    // Precondition, checked with std::invalid_argument naming the key: every reference names an entry, keys are unique.
    explicit Registry(Entries entries);
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    const Organisation* organisation(std::string_view bin) const;
    const System* system(std::string_view key) const;
    const System* system_of_client(std::string_view client_id) const;
    const IntegrationService* service(std::string_view key) const;  // one that ended, too: it still has a name
    const Connection* connection(std::string_view key) const;       // likewise
    const ClientCredential* credential(std::string_view client_id) const;
    const TlsClient* tls_client(std::string_view client_id) const;  // null: it shows no certificate
    const Campaign* campaign(std::string_view code) const;
    const DeferralLaw* deferral_law(std::string_view key) const;  // one that ended, too
    const OpenService* open_service(std::string_view key) const;  // one that ended, too

    // By key.
    std::vector<const Connection*> connections() const;
    std::vector<const IntegrationService*> services() const;
    std::vector<const TlsClient*> tls_clients() const;
    std::vector<const System*> systems() const;
    std::vector<const SecurityAgreement*> agreements() const;  // by number
    std::vector<const OpenService*> open_services() const;

    // In the place of the one of the same key; of a client's credential and certificate name, the client must be there, of the
    // others the entry itself (std::invalid_argument). By one thread at a time, while any others read.
    void replace(Connection connection);
    void replace(IntegrationService service);
    void replace(Organisation organisation);
    void replace(ClientCredential credential);
    void replace(TlsClient client);
    // Likewise, and beside the others where there is none of this key; what it names must be there.
    void put(System system);
    void put(IntegrationService service);
    void put(SecurityAgreement agreement);
    void put(OpenService service);

    // Whether its system answers for personal data of state objects: a base operator (236/НК п.2(4)).
    bool base_operator(std::string_view system) const;

    // Exactly one connection, else every reason why there is none (design section 5, "Which connection").
    base::Result<Match> match(const Wanted& wanted) const;

private:
    void require_parties(const SecurityAgreement& agreement) const;

    Kept<Organisation> organisations_;
    Kept<System> systems_, clients_;
    Kept<IntegrationService> services_;
    Kept<Connection> connections_;
    Kept<ClientCredential> credentials_;
    Kept<Campaign> campaigns_;
    Kept<DeferralLaw> deferral_laws_;
    Kept<TlsClient> tls_clients_;
    Kept<SecurityAgreement> agreements_;
    Kept<OpenService> open_services_;
};

// Whether this is the name by which the client's certificate is known. Whole names compare, letters of one case or the other
// alike only in a DNS name (RFC 4343); addresses as they are written.
bool same_name(const TlsClient& client, CertificateName kind, std::string_view name);
// Whether it holds on this local day: within its period, and not ended before (236/НК п.5(3)).
bool stands(const Connection& connection, std::string_view local_day);
// Whether an approved application of the system's stands on this local day and names the service for a услуга that is not ended.
bool is_connected(const Registry& registry, std::string_view system, std::string_view service,
                  std::string_view local_day);
// The услуга of this connection; null where there is none or it ended.
const Purpose* purpose_of(const Connection& connection, std::string_view code);

}  // namespace kelisim::registry
