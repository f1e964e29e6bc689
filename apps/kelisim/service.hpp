// SPDX-License-Identifier: Apache-2.0
// The composition root: the only place that knows everybody.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/answers.hpp"
#include "access/asking.hpp"
#include "access/contact.hpp"
#include "access/exchange_search.hpp"
#include "access/introspection.hpp"
#include "access/person_side.hpp"
#include "access/registrations.hpp"
#include "access/tokens.hpp"
#include "access/uses.hpp"
#include "api/cabinet.hpp"
#include "api/client_authentication.hpp"
#include "api/oauth.hpp"
#include "api/staff_authentication.hpp"
#include "api/status_lists.hpp"
#include "archive/archiver.hpp"
#include "base/zone.hpp"
#include "certificates.hpp"
#include "config/config.hpp"
#include "data_directory.hpp"
#include "delivery/event_pusher.hpp"
#include "delivery/runner.hpp"
#include "delivery/sandbox_phones.hpp"
#include "gateway/async_channel.hpp"
#include "gateway/async_pusher.hpp"
#include "gateway/kdp_facade.hpp"
#include "gateway/kdp_services.hpp"
#include "gateway/own_data.hpp"
#include "gateway/owner_health.hpp"
#include "gateway/refusals.hpp"
#include "gateway/rest.hpp"
#include "gateway/sync_channel.hpp"
#include "gateway/temp_files.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "identity/clients.hpp"
#include "identity/dpop.hpp"
#include "identity/electronic_signature.hpp"
#include "identity/proofs.hpp"
#include "identity/system_certificates.hpp"
#include "network_status_source.hpp"
#include "notary/sequencer.hpp"
#include "notary/time_stamps.hpp"
#include "notary/witness.hpp"
#include "sandbox_registries.hpp"
#include "signing.hpp"
#include "storage.hpp"
#include "store/scheduler.hpp"
#include "telemetry/http_metrics.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace kelisim::app {

// Where the issuer is fixed at the first start (records::setting).
inline constexpr std::string_view issuer_setting = "issuer";

struct ServiceOptions {
    config::Config config = config::Config::defaults();
    std::filesystem::path data;
    std::string world;  // TOML, for the first start of a sandbox
    std::optional<std::filesystem::path> config_file =
        {};  // where `config` comes from; its routes are read again there
};

// Serves from the constructor on, until it is destroyed. The sandbox: loopback, phones that are tables, a clock that can
// be moved. Throws base::Outage when it cannot.
class Service {
public:
    explicit Service(const ServiceOptions& options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url() const { return url_; }                         // of the listener for people
    const std::string& systems_url() const { return systems_url_; }  // empty: nobody shows certificates
    // The whole table, made anew; its handlers refer to this service.
    http::Routes routes();
    // Reads certificates, keys, anchors and routes anew, for connections and calls from now on. Thread-safe.
    void reload() {
        certificates_.reload();
        gateway_keys_.reload();
        reload_routes();
    }

private:
    access::Parts parts();
    // What systems call, and what people and officials do beside it.
    std::vector<http::Route> routes_of_systems();
    // The same, for those who show certificates: behind the question whether theirs was taken back, where it is asked.
    http::Routes guarded_routes_of_systems();
    std::unique_ptr<http::Server> serve(http::Listener listener, http::Routes routes, const http::ServerTls* tls);
    store::TimerHandlers timer_handlers();
    gateway::RouteTable first_routes();
    gateway::RouteTable with_registries(gateway::RouteTable table) const;
    void start_registries();
    void reload_routes();
    gateway::LocalServices local_services();
    std::string metrics() const;
    gateway::OwnerHealthParts owner_health() const;
    void expose_owners(telemetry::Exposition& out) const;
    void expose_async(telemetry::Exposition& out) const;
    void expose_ledger(telemetry::Exposition& out) const;
    void start_archiver();
    void start_async_pusher();
    void expose_archives(telemetry::Exposition& out) const;
    void start_ledger();
    void start_time_stamps();
    void expose_time_stamps(telemetry::Exposition& out) const;
    void replay_erasures();

    // In the order in which they are made; each refers to those above it only.
    const ServiceOptions options_;
    const DataDirectory directory_;
    base::SystemClock system_clock_;
    base::SystemEntropy entropy_;
    std::unique_ptr<telemetry::Log> log_;
    base::ProcessZone zone_;
    Certificates certificates_;
    http::Listener listener_;
    const std::uint16_t port_;
    const std::string url_;
    std::optional<http::Listener> systems_listener_;
    const std::string systems_url_;
    const std::unique_ptr<Storage> storage_;
    records::Vault vault_;
    const archive::Files archive_files_;
    const token::SigningKey signing_key_;
    const token::SigningKey wire_key_;
    const token::KeySet keys_;
    const crypto::Ed25519Key ledger_key_;
    store::Timers timers_;
    store::Outbox outbox_;
    store::Alarm event_alarm_;
    std::unique_ptr<store::Database> database_;
    records::Records records_;
    const token::SigningKey receipt_key_;
    const token::KeySet receipt_keys_;
    const crypto::VrfKey tag_key_;
    const std::string issuer_;
    const ledger::NoteKey ledger_vkey_;
    notary::Board board_;
    base::MovedClock clock_;
    registry::Registry registry_;
    access::TokenIndex index_;
    access::Asking asking_;
    access::Contact contact_;
    access::Answers answers_;
    access::Tokens tokens_;
    access::Uses uses_;
    access::PersonSide use_cases_;
    access::RegistryChanges registry_changes_;
    access::Registrations registrations_;
    access::Introspection introspection_;
    identity::Proofs proofs_;
    identity::Clients clients_;
    api::ClientAuthentication authentication_;
    const identity::Dpop dpop_;
    const api::Possession possession_;
    telemetry::HttpMetrics http_metrics_;
    http::Workers workers_;
    http::Client client_;
    http::Client event_client_;
    http::Client async_client_;
    http::Elsewhere elsewhere_, signature_checks_, message_checks_, certificate_checks_;
    NetworkStatusSource status_source_;
    const trust::Verifier verifier_;
    identity::ElectronicSignatures signatures_;
    std::optional<identity::SystemCertificates> system_certificates_;  // none: not asked about
    api::OAuth oauth_;
    api::StatusLists status_lists_;
    access::Exchanges exchanges_;
    gateway::Outcomes outcomes_;
    gateway::Quotas quotas_;
    gateway::Refusals refusals_;  // writes by itself; stops before the writer goes
    gateway::Owners owners_;
    std::optional<SandboxRegistries> registries_;
    gateway::Routes gateway_routes_;
    const gateway::SignedMessages signed_messages_;
    gateway::Rest gateway_;
    gateway::MessageSignatures message_signatures_;
    GatewayKeys gateway_keys_;
    gateway::SoapDoor soap_door_;
    gateway::PersonDataAccess person_data_access_;
    gateway::KdpServices kdp_services_;
    gateway::KdpFacade kdp_facade_;
    const access::ExchangeSearch exchange_search_;
    const access::TempFiles temp_files_;
    const gateway::TempFiles temp_file_service_;
    const gateway::SoapDecisions soap_decisions_;
    const gateway::PersonsDecisions persons_decisions_;
    const access::AsyncQueues async_queues_;
    store::Alarm async_alarm_;
    gateway::SyncChannel sync_channel_;
    gateway::AsyncChannel async_channel_;
    api::PersonAuthentication persons_;
    api::StaffAuthentication staff_;
    const identity::Proxies proxies_;
    identity::AddressPace sign_ins_, key_registrations_;
    api::Cabinet cabinet_;
    gateway::OwnData own_data_;
    delivery::SandboxPhones phones_;
    // From here on things happen by themselves; they end first.
    std::unique_ptr<archive::Archiver> archiver_;
    std::unique_ptr<store::Scheduler> scheduler_;
    std::unique_ptr<delivery::EventPusher> pusher_;
    std::unique_ptr<gateway::AsyncPusher> async_pusher_;
    std::unique_ptr<delivery::Runner> runner_;
    std::unique_ptr<notary::LastSigned> last_signed_;
    std::unique_ptr<notary::Sequencer> sequencer_;
    std::vector<std::unique_ptr<notary::Witness>> witnesses_;
    std::optional<trust::Authorities> stamping_authorities_;  // none: nothing is stamped
    std::unique_ptr<notary::TimeStamper> time_stamper_;       // null: nothing is stamped
    std::unique_ptr<http::Server> systems_server_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace kelisim::app
