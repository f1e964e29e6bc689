// SPDX-License-Identifier: Apache-2.0
#include "records/registry_store.hpp"

#include "codec.hpp"

namespace kelisim::records {

namespace {

constexpr store::Statement put{"registry_put",
                               "INSERT INTO registry_entry (kind, key, body) VALUES (?1, ?2, ?3) "
                               "ON CONFLICT (kind, key) DO UPDATE SET body = ?3"};
constexpr store::Statement of_kind{"registry_of_kind", "SELECT body FROM registry_entry WHERE kind = ?1 ORDER BY key"};
constexpr store::Statement of_key{"registry_of_key", "SELECT body FROM registry_entry WHERE kind = ?1 AND key = ?2"};
constexpr store::Statement read_setting{"setting_read", "SELECT value FROM setting WHERE name = ?1"};
constexpr store::Statement write_setting{
    "setting_write", "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2"};

template <class Entry, class Key>
void save(store::WriteSession& session, std::string_view kind, const std::vector<Entry>& entries, Key key) {
    for (const Entry& entry : entries)
        session.execute(put, {kind, std::string_view(key(entry)), to_stored(entry)});
}

template <class Entry>
std::vector<Entry> load(store::ReadSession& session, std::string_view kind) {
    std::vector<Entry> entries;
    session.query(of_kind, {kind},
                  [&](const store::Row& row) { entries.push_back(from_stored<Entry>(row.text(0), kind)); });
    return entries;
}

template <class Entry>
std::optional<Entry> load_one(store::ReadSession& session, std::string_view kind, std::string_view key) {
    std::optional<Entry> entry;
    session.query(of_key, {kind, key}, [&](const store::Row& row) { entry = from_stored<Entry>(row.text(0), kind); });
    return entry;
}

}  // namespace

void save_registry(store::WriteSession& session, const registry::Entries& entries) {
    save(session, "organisation", entries.organisations, [](const auto& e) -> const std::string& { return e.bin; });
    save(session, "system", entries.systems, [](const auto& e) -> const std::string& { return e.key; });
    save(session, "service", entries.services, [](const auto& e) -> const std::string& { return e.key; });
    save(session, "connection", entries.connections, [](const auto& e) -> const std::string& { return e.key; });
    save(session, "credential", entries.credentials, [](const auto& e) -> const std::string& { return e.client_id; });
    save(session, "campaign", entries.campaigns, [](const auto& e) -> const std::string& { return e.code; });
    save(session, "tls_client", entries.tls_clients, [](const auto& e) -> const std::string& { return e.client_id; });
    save(session, "deferral_law", entries.deferral_laws, [](const auto& e) -> const std::string& { return e.key; });
    save(session, "agreement", entries.agreements, [](const auto& e) -> const std::string& { return e.number; });
    save(session, "open_service", entries.open_services, [](const auto& e) -> const std::string& { return e.key; });
}

registry::Entries load_registry(store::ReadSession& session) {
    return {.organisations = load<registry::Organisation>(session, "organisation"),
            .systems = load<registry::System>(session, "system"),
            .services = load<registry::IntegrationService>(session, "service"),
            .connections = load<registry::Connection>(session, "connection"),
            .credentials = load<registry::ClientCredential>(session, "credential"),
            .campaigns = load<registry::Campaign>(session, "campaign"),
            .deferral_laws = load<registry::DeferralLaw>(session, "deferral_law"),
            .tls_clients = load<registry::TlsClient>(session, "tls_client"),
            .agreements = load<registry::SecurityAgreement>(session, "agreement"),
            .open_services = load<registry::OpenService>(session, "open_service")};
}

std::optional<registry::Connection> load_connection(store::ReadSession& session, std::string_view key) {
    return load_one<registry::Connection>(session, "connection", key);
}

std::optional<registry::IntegrationService> load_service(store::ReadSession& session, std::string_view key) {
    return load_one<registry::IntegrationService>(session, "service", key);
}

std::vector<registry::System> load_systems(store::ReadSession& session) {
    return load<registry::System>(session, "system");
}

std::optional<registry::System> load_system(store::ReadSession& session, std::string_view key) {
    return load_one<registry::System>(session, "system", key);
}

std::optional<registry::SecurityAgreement> load_agreement(store::ReadSession& session, std::string_view number) {
    return load_one<registry::SecurityAgreement>(session, "agreement", number);
}

std::optional<registry::OpenService> load_open_service(store::ReadSession& session, std::string_view key) {
    return load_one<registry::OpenService>(session, "open_service", key);
}

std::optional<registry::Organisation> load_organisation(store::ReadSession& session, std::string_view bin) {
    return load_one<registry::Organisation>(session, "organisation", bin);
}

std::optional<registry::ClientCredential> load_credential(store::ReadSession& session, std::string_view client_id) {
    return load_one<registry::ClientCredential>(session, "credential", client_id);
}

std::vector<registry::TlsClient> load_tls_clients(store::ReadSession& session) {
    return load<registry::TlsClient>(session, "tls_client");
}

std::optional<std::string> setting(store::ReadSession& session, std::string_view name) {
    std::optional<std::string> value;
    session.query(read_setting, {name}, [&](const store::Row& row) { value = std::string(row.text(0)); });
    return value;
}

void set_setting(store::WriteSession& session, std::string_view name, std::string_view value) {
    session.execute(write_setting, {name, value});
}

}  // namespace kelisim::records
