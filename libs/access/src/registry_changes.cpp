// SPDX-License-Identifier: Apache-2.0
#include "access/registry_changes.hpp"

#include <algorithm>

#include "facts.hpp"
#include "records/registry_store.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;

const Reason registry_entry_unknown{
    "registry_entry_unknown",
    Kind::not_found,
    "",
    {"Тізілімде мұндай жазба жоқ.", "В реестре нет такой записи.", "The registry has no such entry."}};
const Reason registry_ended_before{"registry_ended_before",
                                   Kind::conflict,
                                   "418-V ст.41(2)",
                                   {"Бұрын тоқтатылған.", "Уже прекращено раньше.", "It was ended before."}};
const Reason key_registration_organisation_unknown{
    "key_registration_organisation_unknown",
    Kind::not_found,
    "236/НК п.10(2)",
    {"Мұндай БСН-мен тіркелген ұйым жоқ.", "Организации с таким БИН здесь нет.",
     "No organisation of this BIN is registered here."}};
const Reason key_registration_client_unknown{
    "key_registration_client_unknown",
    Kind::not_found,
    "236/НК п.10(2)",
    {"Ұйымның мұндай жүйесі (client_id) жоқ.", "У организации нет такой системы (client_id).",
     "The organisation has no such system (client_id)."}};
const Reason key_registration_superseded{
    "key_registration_superseded",
    Kind::conflict,
    "236/НК п.10(2)",
    {"Осы кілттер үшін дәл осы немесе кейінірек жасалған тіркеу бар: қайта жіберілген құжат қабылданбайды.",
     "Для этих ключей уже есть эта же или более поздняя регистрация: повторённый документ не принимается.",
     "For these keys there is this very registration or a later one: a document that is sent again is not taken."}};
const Reason key_registration_name_taken{
    "key_registration_name_taken",
    Kind::conflict,
    "RFC 8705 section 2.1.2",
    {"Сертификаттың бұл атауымен басқа жүйе тіркелген.", "Под этим именем сертификата зарегистрирована другая система.",
     "Another system is registered under this name of a certificate."}};

namespace {

constexpr std::size_t consents_a_piece = 200;

// The one walk of a database has a name of its own instead of an entity.
constexpr std::string_view walk_name = "the one walk";

RegistryEnd by(const RegistryChanges::Order& order, RegistryEnd end) {
    end.by = order.official;
    end.organisation = order.organisation;
    end.reason = order.reason;
    return end;
}

store::TimerKey walk_key() {
    return {timer_registry_ended, base::Bucket{}, base::as_bytes(walk_name)};
}

}  // namespace

base::RawId RegistryChanges::new_id(base::Time now) const {
    return base::RawId::make(now, base::Bucket{}, parts_.entropy);
}

template <class Entry>
void RegistryChanges::save(store::WriteSession& session, const Entry& entry) const {
    registry::Entries changed{.organisations = {}, .systems = {}, .services = {}, .connections = {}};
    if constexpr (std::is_same_v<Entry, registry::Connection>) changed.connections.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::IntegrationService>) changed.services.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::Organisation>) changed.organisations.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::ClientCredential>) changed.credentials.push_back(entry);
    if constexpr (std::is_same_v<Entry, registry::TlsClient>) changed.tls_clients.push_back(entry);
    records::save_registry(session, changed);
    session.after_commit([&registry = registry_, entry] { registry.replace(entry); });
}

void RegistryChanges::note(store::WriteSession& session, const records::Fact& fact, base::Time now) const {
    parts_.records.journal.append(session, fact);
    // From the first consent on, also when a walk is under way: it passed some that this end concerns.
    parts_.timers.schedule(session, walk_key(), now);
}

Result<void> RegistryChanges::end_connection(store::WriteSession& session, std::string_view key, const Order& order,
                                             base::Time now) const {
    auto connection = records::load_connection(session, key);
    if (!connection) return Refusal(registry_entry_unknown);
    if (!connection->ended.empty()) return Refusal(registry_ended_before);
    connection->ended = base::to_iso8601(now);
    save(session, *connection);
    note(session, registry_fact("registry.connection_ended", new_id(now), by(order, {.connection = key}), now), now);
    return {};
}

Result<void> RegistryChanges::end_purpose(store::WriteSession& session, std::string_view connection_key,
                                          std::string_view code, const Order& order, base::Time now) const {
    auto connection = records::load_connection(session, connection_key);
    if (!connection) return Refusal(registry_entry_unknown);
    const auto purpose = std::find_if(connection->purposes.begin(), connection->purposes.end(),
                                      [&](const registry::Purpose& p) { return p.code == code; });
    if (purpose == connection->purposes.end()) return Refusal(registry_entry_unknown);
    if (!connection->ended.empty() || !purpose->ended.empty()) return Refusal(registry_ended_before);
    purpose->ended = base::to_iso8601(now);
    save(session, *connection);
    note(session,
         registry_fact("registry.purpose_ended", new_id(now),
                       by(order, {.connection = connection_key, .purpose = code}), now),
         now);
    return {};
}

Result<void> RegistryChanges::end_service(store::WriteSession& session, std::string_view key, const Order& order,
                                          base::Time now) const {
    auto service = records::load_service(session, key);
    if (!service) return Refusal(registry_entry_unknown);
    if (!service->ended.empty()) return Refusal(registry_ended_before);
    service->ended = base::to_iso8601(now);
    save(session, *service);
    note(session, registry_fact("registry.service_ended", new_id(now), by(order, {.service = key}), now), now);
    return {};
}

void RegistryChanges::put_keys(store::WriteSession& session, const registry::KeyRegistration& content) const {
    switch (content.purpose) {
        case registry::KeyPurpose::client_authentication: {
            auto credential = records::load_credential(session, content.client_id)
                                  .value_or(registry::ClientCredential{content.client_id, {}, {}});
            credential.jwks = content.jwks;
            return save(session, credential);
        }
        case registry::KeyPurpose::proofs: {
            auto organisation = records::load_organisation(session, content.organisation).value();
            organisation.proof_keys = content.jwks;
            return save(session, organisation);
        }
        case registry::KeyPurpose::tls_certificate:
            return save(session, registry::TlsClient{content.client_id, content.name_kind, content.name});
    }
}

Result<records::KeyRegistrationId> RegistryChanges::register_keys(store::WriteSession& session,
                                                                  records::KeptKeyRegistration signed_by,
                                                                  base::Time now) const {
    const registry::KeyRegistration& content = signed_by.content;
    if (registry_.organisation(content.organisation) == nullptr) return Refusal(key_registration_organisation_unknown);
    if (content.purpose != registry::KeyPurpose::proofs) {
        const registry::System* system = registry_.system_of_client(content.client_id);
        if (system == nullptr || system->organisation != content.organisation) {
            return Refusal(key_registration_client_unknown);
        }
    }
    // The store and not the memory: another unit of this batch may have registered.
    const auto last = parts_.records.key_registrations.last_made(session, content);
    if (last && content.made <= *last) return Refusal(key_registration_superseded);
    if (content.purpose == registry::KeyPurpose::tls_certificate) {
        // Two clients of one name would both be locked out where nothing but the certificate names the client.
        const auto clients = records::load_tls_clients(session);
        const bool taken = std::any_of(clients.begin(), clients.end(), [&](const registry::TlsClient& other) {
            return other.client_id != content.client_id && registry::same_name(other, content.name_kind, content.name);
        });
        if (taken) return Refusal(key_registration_name_taken);
    }
    signed_by.id = records::KeyRegistrationId{new_id(now)};
    put_keys(session, content);
    parts_.records.key_registrations.add(session, signed_by);
    parts_.records.journal.append(session, keys_registered_fact(signed_by, now));
    return signed_by.id;
}

void RegistryChanges::invalidate_some(store::WriteSession& session, const store::DueTimer& timer,
                                      base::Time now) const {
    // Every living consent has the timer of its end, so those are the list of them.
    const auto consents = store::Timers::entities(session, timer_consent_expiry, timer.payload, consents_a_piece);
    for (const base::RawId& id : consents)
        steering_.invalidate(session, consent::ConsentId{id}, now);
    if (consents.size() == consents_a_piece) {
        parts_.timers.schedule(session, walk_key(), now, consents.back().bytes());
    }
}

}  // namespace kelisim::access
