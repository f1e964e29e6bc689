// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/entries.hpp"

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
};

// What of a connection a request names. Empty parts are not given; services and purpose are always given.
struct Wanted {
    std::string_view initiator;
    Environment environment{};
    std::string_view purpose;
    std::vector<std::string> services;
    std::optional<Channel> channel;
    std::string_view connection;
    std::string_view local_day;  // "2026-11-21"
};

struct Match {
    const Connection* connection = nullptr;
    const Purpose* purpose = nullptr;
};

// An immutable snapshot; pointers live as long as it does. Safe to read from several threads.
class Registry {
public:
    // Precondition, checked with std::invalid_argument naming the key: every reference names an entry, keys are unique.
    explicit Registry(Entries entries);
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    const Entries& entries() const { return entries_; }
    const Organisation* organisation(std::string_view bin) const;
    const System* system(std::string_view key) const;
    const System* system_of_client(std::string_view client_id) const;
    const IntegrationService* service(std::string_view key) const;
    const Connection* connection(std::string_view key) const;
    const ClientCredential* credential(std::string_view client_id) const;
    const Campaign* campaign(std::string_view code) const;

    // Whether its system answers for personal data of state objects: a base operator (236/НК п.2(4)).
    bool base_operator(std::string_view system) const;

    // Exactly one connection, else every reason why there is none (design section 5, "Which connection").
    base::Result<Match> match(const Wanted& wanted) const;

private:
    template <class Entry>
    using Index = std::map<std::string, const Entry*, std::less<>>;

    Entries entries_;  // the indexes point into it: never copied, never changed
    Index<Organisation> organisations_;
    Index<System> systems_, clients_;
    Index<IntegrationService> services_;
    Index<Connection> connections_;
    Index<ClientCredential> credentials_;
    Index<Campaign> campaigns_;
};

}  // namespace kelisim::registry
