// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <algorithm>
#include <stdexcept>

namespace kelisim::registry {

using base::Kind;
using base::Reason;

const Reason unknown_service{
    "registry_unknown_service",
    Kind::invalid,
    "307/НК п.2(22)",
    {"Мұндай интеграциялық сервис тіркелмеген.", "Такой интеграционный сервис не зарегистрирован.",
     "No such integration service is registered."}};
const Reason purpose_outside_connection{
    "registry_purpose_outside_connection",
    Kind::forbidden,
    "236/НК п.5(1)",
    {"Қосылу өтінімінде мұндай қызмет көрсетілмеген.", "Такая услуга не указана в заявке на подключение.",
     "The connection does not name this purpose."}};
const Reason service_outside_purpose{
    "registry_service_outside_purpose",
    Kind::forbidden,
    "236/НК п.5(2)",
    {"Бұл қызметке мұндай интеграциялық сервис рұқсат етілмеген.", "Для этой услуги интеграционный сервис не разрешён.",
     "The purpose does not include this integration service."}};
const Reason no_connection{
    "registry_no_connection",
    Kind::forbidden,
    "236/НК п.3",
    {"Жүйенің мұндай қосылуы жоқ.", "У системы нет такого подключения.", "The system has no such connection."}};
const Reason connection_ambiguous{
    "registry_connection_ambiguous",
    Kind::invalid,
    "236/НК п.7",
    {"Бірнеше қосылу сәйкес келеді: біреуін көрсетіңіз.", "Подходит несколько подключений: укажите одно.",
     "Several connections fit: name one."}};
const Reason connection_not_valid_today{
    "registry_connection_not_valid_today",
    Kind::forbidden,
    "236/НК п.5(3)",
    {"Қосылудың мерзімі басталмаған немесе аяқталған.", "Срок подключения не начался или истёк.",
     "The period of the connection has not begun or is over."}};

namespace {

void require(bool registered, std::string_view what, std::string_view key) {
    if (!registered) throw std::invalid_argument(std::string(what) + " is not registered: " + std::string(key));
}

// How far a connection agrees with what is wanted; the furthest one explains best why none fits.
struct Fit {
    const Reason* obstacle = nullptr;
    Match match;
};

Fit fit(const Connection& connection, const Purpose& purpose, const Wanted& wanted) {
    const bool covered = std::all_of(wanted.services.begin(), wanted.services.end(), [&](const std::string& key) {
        return std::find(purpose.services.begin(), purpose.services.end(), key) != purpose.services.end();
    });
    if (!covered) return {&service_outside_purpose, {}};
    if (!stands(connection, wanted.local_day)) return {&connection_not_valid_today, {}};
    return {nullptr, {&connection, &purpose}};
}

// One for each purpose that may be meant.
std::vector<Fit> fits(const Connection& connection, const Wanted& wanted) {
    std::vector<Fit> found;
    for (const Purpose& purpose : connection.purposes) {
        const bool meant = wanted.any_purpose || purpose.code == wanted.purpose;
        if (meant && purpose.ended.empty()) found.push_back(fit(connection, purpose, wanted));
    }
    if (found.empty()) found.push_back({&purpose_outside_connection, {}});
    return found;
}

bool candidate(const Connection& connection, const Wanted& wanted) {
    return connection.initiator == wanted.initiator && connection.environment == wanted.environment &&
           (!wanted.channel || connection.channel == *wanted.channel) &&
           (wanted.connection.empty() || connection.key == wanted.connection);
}

void add_once(std::vector<const Reason*>& reasons, const Reason* reason) {
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
}

}  // namespace

bool same_name(const TlsClient& client, CertificateName kind, std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto same_letter = [&](char a, char b) {
        return kind == CertificateName::san_dns ? lower(a) == lower(b) : a == b;
    };
    return client.kind == kind &&
           std::equal(client.name.begin(), client.name.end(), name.begin(), name.end(), same_letter);
}

bool stands(const Connection& connection, std::string_view local_day) {
    return connection.ended.empty() && connection.valid_from <= local_day && local_day <= connection.valid_to;
}

bool is_connected(const Registry& registry, std::string_view system, std::string_view service,
                  std::string_view local_day) {
    const auto names = [&](const Purpose& purpose) {
        return purpose.ended.empty() &&
               std::find(purpose.services.begin(), purpose.services.end(), service) != purpose.services.end();
    };
    const auto connections = registry.connections();
    return std::any_of(connections.begin(), connections.end(), [&](const Connection* each) {
        return each->initiator == system && stands(*each, local_day) &&
               std::any_of(each->purposes.begin(), each->purposes.end(), names);
    });
}

const Purpose* purpose_of(const Connection& connection, std::string_view code) {
    const auto at = std::find_if(connection.purposes.begin(), connection.purposes.end(),
                                 [&](const Purpose& purpose) { return purpose.code == code; });
    return at == connection.purposes.end() || !at->ended.empty() ? nullptr : &*at;
}

Registry::Registry(Entries entries) {
    for (Organisation& o : entries.organisations)
        organisations_.add(o.bin, std::move(o));
    for (System& s : entries.systems) {
        require(organisations_.find(s.organisation) != nullptr, "organisation", s.organisation);
        clients_.add(s.client_id, System(s));
        systems_.add(s.key, std::move(s));
    }
    for (IntegrationService& s : entries.services) {
        require(systems_.find(s.owner) != nullptr, "owner system", s.owner);
        services_.add(s.key, std::move(s));
    }
    for (Connection& c : entries.connections) {
        require(systems_.find(c.initiator) != nullptr, "initiator system", c.initiator);
        for (const Purpose& p : c.purposes) {
            for (const std::string& key : p.services)
                require(services_.find(key) != nullptr, "integration service", key);
        }
        connections_.add(c.key, std::move(c));
    }
    for (ClientCredential& c : entries.credentials)
        credentials_.add(c.client_id, std::move(c));
    for (TlsClient& c : entries.tls_clients) {
        require(clients_.find(c.client_id) != nullptr, "client", c.client_id);
        require(!c.name.empty(), "a name of the certificate of", c.client_id);
        tls_clients_.add(c.client_id, std::move(c));
    }
    for (Campaign& c : entries.campaigns)
        campaigns_.add(c.code, std::move(c));
    for (DeferralLaw& d : entries.deferral_laws) {
        require(base::parse_period(d.longest).has_value(), "a longest time that reads", d.longest);
        for (const std::string& bin : d.deciders)
            require(organisations_.find(bin) != nullptr, "one who decides", bin);
        deferral_laws_.add(d.key, std::move(d));
    }
    for (SecurityAgreement& a : entries.agreements) {
        require_parties(a);
        agreements_.add(a.number, std::move(a));
    }
    for (OpenService& s : entries.open_services) {
        require(organisation(s.publisher) != nullptr, "publisher", s.publisher);
        open_services_.add(s.key, std::move(s));
    }
}

void Registry::require_parties(const SecurityAgreement& agreement) const {
    for (const std::string& bin : agreement.parties)
        require(organisation(bin) != nullptr, "party", bin);
}

const Organisation* Registry::organisation(std::string_view bin) const {
    return organisations_.find(bin);
}
const System* Registry::system(std::string_view key) const {
    return systems_.find(key);
}
const System* Registry::system_of_client(std::string_view client_id) const {
    return clients_.find(client_id);
}
const IntegrationService* Registry::service(std::string_view key) const {
    return services_.find(key);
}
const Connection* Registry::connection(std::string_view key) const {
    return connections_.find(key);
}
const ClientCredential* Registry::credential(std::string_view client_id) const {
    return credentials_.find(client_id);
}
const TlsClient* Registry::tls_client(std::string_view client_id) const {
    return tls_clients_.find(client_id);
}
std::vector<const TlsClient*> Registry::tls_clients() const {
    return tls_clients_.all();
}
const Campaign* Registry::campaign(std::string_view code) const {
    return campaigns_.find(code);
}
const DeferralLaw* Registry::deferral_law(std::string_view key) const {
    return deferral_laws_.find(key);
}

const OpenService* Registry::open_service(std::string_view key) const {
    return open_services_.find(key);
}

std::vector<const System*> Registry::systems() const {
    return systems_.all();
}
std::vector<const SecurityAgreement*> Registry::agreements() const {
    return agreements_.all();
}
std::vector<const OpenService*> Registry::open_services() const {
    return open_services_.all();
}
std::vector<const Connection*> Registry::connections() const {
    return connections_.all();
}
std::vector<const IntegrationService*> Registry::services() const {
    return services_.all();
}

void Registry::replace(Connection connection) {
    require(this->connection(connection.key) != nullptr, "connection", connection.key);
    connections_.put(connection.key, std::move(connection));
}
void Registry::replace(IntegrationService service) {
    require(this->service(service.key) != nullptr, "integration service", service.key);
    put(std::move(service));
}
void Registry::replace(Organisation organisation) {
    require(this->organisation(organisation.bin) != nullptr, "organisation", organisation.bin);
    organisations_.put(organisation.bin, std::move(organisation));
}
void Registry::replace(ClientCredential credential) {
    require(system_of_client(credential.client_id) != nullptr, "client", credential.client_id);
    credentials_.put(credential.client_id, std::move(credential));
}
void Registry::replace(TlsClient client) {
    require(system_of_client(client.client_id) != nullptr, "client", client.client_id);
    tls_clients_.put(client.client_id, std::move(client));
}

void Registry::put(System system) {
    require(organisation(system.organisation) != nullptr, "organisation", system.organisation);
    clients_.put(system.client_id, System(system));
    systems_.put(system.key, std::move(system));
}
void Registry::put(IntegrationService service) {
    require(system(service.owner) != nullptr, "owner system", service.owner);
    services_.put(service.key, std::move(service));
}
void Registry::put(SecurityAgreement agreement) {
    require_parties(agreement);
    agreements_.put(agreement.number, std::move(agreement));
}
void Registry::put(OpenService service) {
    require(organisation(service.publisher) != nullptr, "publisher", service.publisher);
    open_services_.put(service.key, std::move(service));
}

bool Registry::base_operator(std::string_view system) const {
    const auto entries = services();
    return std::any_of(entries.begin(), entries.end(),
                       [&](const IntegrationService* s) { return s->personal_data && s->owner == system; });
}

base::Result<Match> Registry::match(const Wanted& wanted) const {
    for (const std::string& key : wanted.services) {
        const IntegrationService* found = service(key);
        if (found == nullptr || !found->ended.empty()) return base::Refusal(unknown_service);
    }
    std::vector<Match> matches;
    std::vector<const Reason*> obstacles;
    for (const Connection* connection : connections()) {
        if (!candidate(*connection, wanted)) continue;
        for (const Fit& found : fits(*connection, wanted)) {
            if (found.obstacle != nullptr) {
                add_once(obstacles, found.obstacle);
            } else {
                matches.push_back(found.match);
            }
        }
    }
    if (matches.size() == 1) return matches.front();
    if (matches.size() > 1) return base::Refusal(connection_ambiguous);
    if (obstacles.empty()) return base::Refusal(no_connection);
    return base::Refusal(std::move(obstacles));
}

}  // namespace kelisim::registry
