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

template <class Entry, class Key>
void index_by(const std::vector<Entry>& entries, std::map<std::string, const Entry*, std::less<>>& index, Key key) {
    for (const Entry& entry : entries) {
        if (!index.emplace(key(entry), &entry).second) {
            throw std::invalid_argument("registered twice: " + std::string(key(entry)));
        }
    }
}

template <class Entry>
const Entry* find(const std::map<std::string, const Entry*, std::less<>>& index, std::string_view key) {
    const auto at = index.find(key);
    return at == index.end() ? nullptr : at->second;
}

void require(const void* entry, std::string_view what, std::string_view key) {
    if (entry == nullptr) throw std::invalid_argument(std::string(what) + " is not registered: " + std::string(key));
}

bool valid_on(const Connection& connection, std::string_view day) {
    return connection.valid_from <= day && day <= connection.valid_to;
}

const Purpose* purpose_of(const Connection& connection, std::string_view code) {
    const auto at = std::find_if(connection.purposes.begin(), connection.purposes.end(),
                                 [&](const Purpose& purpose) { return purpose.code == code; });
    return at == connection.purposes.end() ? nullptr : &*at;
}

bool covers(const Purpose& purpose, const std::vector<std::string>& services) {
    return std::all_of(services.begin(), services.end(), [&](const std::string& key) {
        return std::find(purpose.services.begin(), purpose.services.end(), key) != purpose.services.end();
    });
}

// How far a connection agrees with what is wanted; the furthest one explains best why none fits.
struct Fit {
    const Reason* obstacle = nullptr;
    Match match;
};

Fit fit(const Connection& connection, const Wanted& wanted) {
    const Purpose* purpose = purpose_of(connection, wanted.purpose);
    if (purpose == nullptr) return {&purpose_outside_connection, {}};
    if (!covers(*purpose, wanted.services)) return {&service_outside_purpose, {}};
    if (!valid_on(connection, wanted.local_day)) return {&connection_not_valid_today, {}};
    return {nullptr, {&connection, purpose}};
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

Registry::Registry(Entries entries) : entries_(std::move(entries)) {
    index_by(entries_.organisations, organisations_, [](const Organisation& o) { return o.bin; });
    index_by(entries_.systems, systems_, [](const System& s) { return s.key; });
    index_by(entries_.systems, clients_, [](const System& s) { return s.client_id; });
    index_by(entries_.services, services_, [](const IntegrationService& s) { return s.key; });
    index_by(entries_.connections, connections_, [](const Connection& c) { return c.key; });
    index_by(entries_.credentials, credentials_, [](const ClientCredential& c) { return c.client_id; });
    index_by(entries_.campaigns, campaigns_, [](const Campaign& c) { return c.code; });
    for (const System& s : entries_.systems)
        require(organisation(s.organisation), "organisation", s.organisation);
    for (const IntegrationService& s : entries_.services)
        require(system(s.owner), "owner system", s.owner);
    for (const Connection& c : entries_.connections) {
        require(system(c.initiator), "initiator system", c.initiator);
        for (const Purpose& p : c.purposes) {
            for (const std::string& key : p.services)
                require(service(key), "integration service", key);
        }
    }
}

const Organisation* Registry::organisation(std::string_view bin) const {
    return find(organisations_, bin);
}
const System* Registry::system(std::string_view key) const {
    return find(systems_, key);
}
const System* Registry::system_of_client(std::string_view client_id) const {
    return find(clients_, client_id);
}
const IntegrationService* Registry::service(std::string_view key) const {
    return find(services_, key);
}
const Connection* Registry::connection(std::string_view key) const {
    return find(connections_, key);
}
const ClientCredential* Registry::credential(std::string_view client_id) const {
    return find(credentials_, client_id);
}

const Campaign* Registry::campaign(std::string_view code) const {
    return find(campaigns_, code);
}

bool Registry::base_operator(std::string_view system) const {
    return std::any_of(entries_.services.begin(), entries_.services.end(),
                       [&](const IntegrationService& s) { return s.personal_data && s.owner == system; });
}

base::Result<Match> Registry::match(const Wanted& wanted) const {
    for (const std::string& key : wanted.services) {
        if (service(key) == nullptr) return base::Refusal(unknown_service);
    }
    std::vector<Match> matches;
    std::vector<const Reason*> obstacles;
    for (const Connection& connection : entries_.connections) {
        if (!candidate(connection, wanted)) continue;
        const Fit found = fit(connection, wanted);
        if (found.obstacle != nullptr) {
            add_once(obstacles, found.obstacle);
        } else {
            matches.push_back(found.match);
        }
    }
    if (matches.size() == 1) return matches.front();
    if (matches.size() > 1) return base::Refusal(connection_ambiguous);
    if (obstacles.empty()) return base::Refusal(no_connection);
    return base::Refusal(std::move(obstacles));
}

}  // namespace kelisim::registry
