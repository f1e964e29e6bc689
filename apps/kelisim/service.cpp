// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "access/erasure.hpp"
#include "access/sweeps.hpp"
#include "api/certificate_guard.hpp"
#include "api/deferrals.hpp"
#include "api/events.hpp"
#include "api/initiator.hpp"
#include "api/key_registrations.hpp"
#include "api/ledger.hpp"
#include "api/openapi.hpp"
#include "api/operation.hpp"
#include "api/owner.hpp"
#include "api/problem.hpp"
#include "api/sandbox.hpp"
#include "api/service_registry.hpp"
#include "api/staff.hpp"
#include "authority/authority.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "exchange.hpp"
#include "kept_keys.hpp"
#include "ledger_command.hpp"
#include "records/add_people.hpp"
#include "records/registry_store.hpp"
#include "settings.hpp"
#include "world/world.hpp"

namespace kelisim::app {

namespace {

constexpr telemetry::Message server_started{"SERVER_STARTED", telemetry::Level::info};
constexpr telemetry::Message server_stopped{"SERVER_STOPPED", telemetry::Level::info};
constexpr telemetry::Message certificate_standing{"TLS_CERTIFICATE_STANDING", telemetry::Level::warning};
constexpr telemetry::Message store_taken_over{"STORE_TAKEN_OVER", telemetry::Level::error};

std::unique_ptr<store::Database> open_database(Storage& storage, telemetry::Log& log) {
    if (!storage.exists()) storage.init();
    // What is in memory may be wrong by then, and nothing may be answered from it any more.
    return storage.open([&log] {
        log.write(store_taken_over);
        std::_Exit(EXIT_FAILURE);
    });
}

std::optional<std::string> read_setting(store::Readers& readers, std::string_view name) {
    std::optional<std::string> value;
    readers.read([&](store::ReadSession& session) { value = records::setting(session, name); });
    return value;
}

std::string public_halves(std::vector<token::VerificationKey> keys) {
    return boost::json::serialize(token::KeySet(std::move(keys)).to_jwks());
}

// The sandbox's clients and organisations get key pairs, so that private_key_jwt and proofs can be tried at once.
void give_keys(registry::Entries& entries, const DataDirectory& directory) {
    for (registry::ClientCredential& credential : entries.credentials)
        credential.jwks =
            public_halves({token::SigningKey(directory.sandbox_key(credential.client_id)).verification()});
    for (registry::Organisation& organisation : entries.organisations)
        organisation.proof_keys = public_halves(
            {token::SigningKey(directory.sandbox_key("proof-" + organisation.bin)).verification(),
             token::SigningKey(directory.sandbox_rsa_key("ovt-" + organisation.bin), crypto::Algorithm::rs256)
                 .verification()});
}

// At the first start everything that a sandbox begins with goes into one unit; the issuer says whether that was done.
std::string settle_issuer(store::Database& database, const records::Records& records, const ServiceOptions& options,
                          const DataDirectory& directory, const std::string& url, base::Time now) {
    if (auto issuer = read_setting(database.readers(), issuer_setting)) return *issuer;
    std::string issuer = options.config.text("service.issuer");
    if (issuer.empty()) issuer = url;
    world::World world = world::load(options.world, "the sandbox world");
    give_keys(world.entries, directory);
    store::run(database.writer(), [&](store::WriteSession& session) {
        records::save_registry(session, world.entries);
        records::add_people(session, records, world.persons, now);
        for (const world::Official& official : world.officials) {
            const auto subject = records.subjects.find(session, official.iin).value();
            records.officials.appoint(session, {subject.id, official.organisation, now});
        }
        records::set_setting(session, issuer_setting, issuer);
        return true;
    });
    return issuer;
}

base::Duration stored_offset(store::Readers& readers) {
    const auto text = read_setting(readers, api::clock_setting);
    const auto micros = text ? base::parse_integer(*text) : std::nullopt;
    return base::Duration{micros.value_or(0)};
}

registry::Entries load_entries(store::Readers& readers) {
    registry::Entries entries;
    readers.read([&](store::ReadSession& session) { entries = records::load_registry(session); });
    return entries;
}

std::string url_of(const http::Listener& listener, const http::ServerTls* tls) {
    return (tls == nullptr ? "http://127.0.0.1:" : "https://127.0.0.1:") + std::to_string(listener.port());
}

std::optional<http::Listener> systems_listener(const config::Config& config, const http::ServerTls* tls) {
    if (tls == nullptr) return std::nullopt;
    return http::Listener("127.0.0.1", static_cast<std::uint16_t>(config.number("systems.port")));
}

// An address of ours with a path of its own would be another one in each document that names it.
std::string systems_url_of(const config::Config& config, const std::optional<http::Listener>& listener,
                           const http::ServerTls* tls) {
    if (!listener) return {};
    const std::string& configured = config.text("systems.url");
    if (configured.empty()) return url_of(*listener, tls);
    const auto origin = http::parse_http_origin(configured);
    if (!origin || !origin->tls || configured.ends_with('/')) {
        throw base::Outage("systems.url: not https://host:port: " + configured);
    }
    return configured;
}

}  // namespace

Service::Service(const ServiceOptions& options)
    : options_(options),
      directory_(options.data),
      log_(telemetry::log_to_stderr(system_clock_)),
      zone_(options.config.text("service.zone")),
      certificates_(options_.config, *log_),
      listener_("127.0.0.1", static_cast<std::uint16_t>(options.config.number("server.port"))),
      port_(listener_.port()),
      url_(url_of(listener_, certificates_.people())),
      systems_listener_(systems_listener(options_.config, certificates_.systems())),
      systems_url_(systems_url_of(options_.config, systems_listener_, certificates_.systems())),
      storage_(storage_of(options.data, options_.config)),
      vault_(directory_.master_key(entropy_, found_in(*storage_))),
      archive_files_(archive_directory(options_.data, options_.config), log_.get()),
      signing_key_(directory_.signing_key()),
      wire_key_(directory_.wire_key()),
      keys_({signing_key_.verification(), wire_key_.verification()}),
      ledger_key_(directory_.ledger_key()),
      database_(open_database(*storage_, *log_)),
      records_(vault_, entropy_, &archive_files_),
      receipt_key_(kept_receipt_key(database_->readers(), directory_)),
      receipt_keys_(settle_receipt_keys(*database_, records_, receipt_key_, signing_key_)),
      tag_key_(kept_tag_key(database_->readers(), records_, directory_)),
      issuer_(settle_issuer(*database_, records_, options_, directory_, url_, system_clock_.now())),
      ledger_vkey_({.name = ledger_origin(options_.config, issuer_), .key = ledger_key_.public_key()}),
      clock_(system_clock_, stored_offset(database_->readers())),
      registry_(load_entries(database_->readers())),
      asking_(parts()),
      contact_(parts()),
      answers_(parts()),
      tokens_(parts(), issuer_),
      uses_(parts()),
      use_cases_(parts(), answers_, issuer_, ledger_vkey_.name),
      registry_changes_(parts(), use_cases_.steering, registry_),
      registrations_(parts(), registry_),
      introspection_(index_, keys_, issuer_),
      proofs_(registry_, issuer_),
      clients_(registry_, audiences_of(addresses_of(issuer_, systems_url_))),
      authentication_(clients_, records_, database_->writer(), clock_),
      dpop_(addresses_of(issuer_, systems_url_)),
      possession_(dpop_, records_, database_->writer(), clock_),
      http_metrics_(*log_),
      workers_(static_cast<std::size_t>(options_.config.number("server.io_threads"))),
      client_(workers_, {.tls = &certificates_.upstream()}),
      event_client_(workers_, {.tls = &certificates_.events()}),
      async_client_(workers_, {.tls = &certificates_.upstream()}),
      elsewhere_(base::limits::archive_threads, base::limits::archive_queue_max),
      signature_checks_(base::limits::signature_threads, base::limits::signature_queue_max),
      message_checks_(base::limits::signature_threads, base::limits::signature_queue_max),
      certificate_checks_(base::limits::certificate_check_threads, base::limits::certificate_check_queue_max),
      status_source_(workers_, client_),
      verifier_(trusted(options_.config, directory_, entropy_), signature_policy_of(options_.config), status_source_,
                clock_, entropy_),
      signatures_(verifier_),
      oauth_({.issuer = issuer_,
              .systems_url = systems_url_,
              .registry = registry_,
              .vault = vault_,
              .writer = database_->writer(),
              .readers = database_->readers(),
              .clock = clock_,
              .clients = authentication_,
              .possession = possession_,
              .asking = asking_,
              .proofs = proofs_,
              .tokens = tokens_,
              .introspection = introspection_,
              .signing_key = signing_key_,
              .keys = keys_}),
      status_lists_({.issuer = issuer_,
                     .records = records_,
                     .readers = database_->readers(),
                     .clock = clock_,
                     .places = index_.places(),
                     .signing_key = signing_key_}),
      exchanges_(parts()),
      outcomes_(database_->writer(), uses_, exchanges_, clock_),
      quotas_(zone_, common_quota_of(options_.config), own_quotas_of(options_.config, registry_)),
      refusals_(records_.refused_messages, database_->writer(), clock_),
      owners_({.client = client_, .clock = clock_, .log = *log_, .rules = breaker_rules_of(options_.config)}),
      gateway_routes_(first_routes(), owners_),
      signed_messages_({.registry = registry_,
                        .records = records_,
                        .writer = database_->writer(),
                        .clock = clock_,
                        .entropy = entropy_,
                        .log = *log_,
                        .own = signing_key_,
                        .ours = authorities_of(addresses_of(issuer_, systems_url_))}),
      gateway_({.registry = registry_,
                .writer = database_->writer(),
                .clock = clock_,
                .introspection = introspection_,
                .entropy = entropy_,
                .exchanges = records_.exchanges,
                .uses = uses_,
                .outcomes = outcomes_,
                .quotas = quotas_,
                .refusals = refusals_,
                .clients = authentication_,
                .possession = possession_,
                .owners = owners_,
                .routes = gateway_routes_,
                .signatures = signed_messages_}),
      message_signatures_(verifier_, known_certificates(options_.config)),
      gateway_keys_(options_.config, directory_, entropy_, clock_, *log_),
      soap_door_({.registry = registry_,
                  .clock = clock_,
                  .zone = zone_,
                  .entropy = entropy_,
                  .clients = clients_,
                  .quotas = quotas_,
                  .refusals = refusals_,
                  .signatures = message_signatures_,
                  .signature_checks = message_checks_,
                  .signing_keys = gateway_keys_.keys(),
                  .address = url_,
                  .fault_form = options_.config.text("gateway.fault_form") == "bare_code"
                                    ? soap::FaultForm::bare_code
                                    : soap::FaultForm::qualified}),
      person_data_access_({.registry = registry_,
                           .clock = clock_,
                           .zone = zone_,
                           .writer = database_->writer(),
                           .readers = database_->readers(),
                           .asking = asking_,
                           .tokens = tokens_,
                           .records = records_,
                           .proofs = proofs_,
                           .signing_key = wire_key_,
                           .settings = kdp_settings_of(options_.config)}),
      kdp_services_({.access = person_data_access_,
                     .cabinet = use_cases_.cabinet,
                     .steering = use_cases_.steering,
                     .records = records_,
                     .writer = database_->writer(),
                     .readers = database_->readers(),
                     .elsewhere = elsewhere_,
                     .clock = clock_,
                     .zone = zone_,
                     .door = soap_door_}),
      kdp_facade_({.access = person_data_access_,
                   .clients = authentication_,
                   .door = soap_door_,
                   .zone = zone_,
                   .insurers_purpose = options_.config.text("kdp.insurers_purpose")}),
      exchange_search_(parts()),
      temp_files_(parts()),
      temp_file_service_({.registry = registry_,
                          .clients = clients_,
                          .files = temp_files_,
                          .records = records_.temp_files,
                          .writer = database_->writer(),
                          .readers = database_->readers(),
                          .clock = clock_,
                          .zone = zone_,
                          .door = soap_door_}),
      soap_decisions_({.registry = registry_,
                       .writer = database_->writer(),
                       .zone = zone_,
                       .introspection = introspection_,
                       .uses = uses_,
                       .keys = keys_,
                       .possession = possession_}),
      persons_decisions_(soap_decisions_, outcomes_, clock_),
      async_queues_(parts(), async_rules_of(options_.config)),
      sync_channel_({.registry = registry_,
                     .writer = database_->writer(),
                     .clock = clock_,
                     .zone = zone_,
                     .entropy = entropy_,
                     .door = soap_door_,
                     .exchanges = exchanges_,
                     .decisions = soap_decisions_,
                     .persons = persons_decisions_,
                     .outcomes = outcomes_,
                     .owners = owners_,
                     .forms = data_forms_of(options_.config),
                     .routes = gateway_routes_,
                     .local = local_services(),
                     .bodies = records_.exchange_bodies,
                     .kept = kept_messages_of(options_.config, registry_)}),
      async_channel_({.registry = registry_,
                      .messages = records_.async_messages,
                      .writer = database_->writer(),
                      .readers = database_->readers(),
                      .clock = clock_,
                      .zone = zone_,
                      .entropy = entropy_,
                      .door = soap_door_,
                      .decisions = soap_decisions_,
                      .persons = persons_decisions_,
                      .outcomes = outcomes_,
                      .queues = async_queues_,
                      .services = async_services_of(options_.config),
                      .forms = data_forms_of(options_.config),
                      .queued = [this] { async_alarm_.ring(); }}),
      persons_(use_cases_.signing_in, database_->writer(), database_->readers(), clock_, issuer_, parts(),
               levels_of(options_.config)),
      staff_(persons_, parts(), database_->readers()),
      proxies_(proxies_of(options_.config)),
      sign_ins_(options_.config.number("sign_in.address_hour_max"), entropy_),
      key_registrations_(base::limits::key_registrations_address_hour_max, entropy_),
      cabinet_({.parts = parts(),
                .writer = database_->writer(),
                .readers = database_->readers(),
                .elsewhere = elsewhere_,
                .clock = clock_,
                .persons = persons_,
                .use_cases = use_cases_,
                .receipt_key = receipt_key_,
                .receipt_keys = receipt_keys_,
                .board = board_,
                .tags = tag_key_,
                .proxies = proxies_,
                .sign_ins = sign_ins_,
                .signatures = signatures_,
                .signature_checks = signature_checks_,
                .issuer = issuer_,
                .entropy = entropy_}),
      own_data_({.writer = database_->writer(),
                 .clock = clock_,
                 .persons = persons_,
                 .own_data = use_cases_.own_data,
                 .signing_key = signing_key_,
                 .client = client_,
                 .routes = gateway_routes_,
                 .signatures = signed_messages_}),
      phones_(database_->writer(), records_, clock_) {
    database_->readers().read([&](store::ReadSession& session) { tokens_.load_index(session, clock_.now()); });
    start_archiver();
    scheduler_ = std::make_unique<store::Scheduler>(timers_, database_->writer(), database_->readers(), clock_,
                                                    timer_handlers());
    store::run(database_->writer(), [&](store::WriteSession& session) {
        access::plan_sweep(parts(), session, clock_.now());
        return true;
    });
    replay_erasures();
    start_async_pusher();
    pusher_ =
        std::make_unique<delivery::EventPusher>(delivery::EventPusherParts{.issuer = issuer_,
                                                                           .writer = database_->writer(),
                                                                           .readers = database_->readers(),
                                                                           .events = records_.security_events,
                                                                           .clock = clock_,
                                                                           .alarm = event_alarm_,
                                                                           .signing_key = signing_key_,
                                                                           .client = event_client_,
                                                                           .reach = reach_of_events(options_.config)});
    runner_ = std::make_unique<delivery::Runner>(
        delivery::RunnerParts{.writer = database_->writer(),
                              .readers = database_->readers(),
                              .outbox = outbox_,
                              .clock = clock_,
                              .contact = contact_,
                              .answers = answers_,
                              .persons = use_cases_,
                              .sms = phones_,
                              .events_came = [&alarm = event_alarm_] { alarm.ring(); }});
    start_ledger();
    start_time_stamps();
    archiver_->ring();  // there is a checkpoint now
    if (systems_listener_) {
        systems_server_ = serve(std::move(*systems_listener_), guarded_routes_of_systems(), certificates_.systems());
    }
    server_ = serve(std::move(listener_), routes(), certificates_.people());
    log_->write(server_started, {{"port", port_}});
}

Service::~Service() {
    const std::chrono::milliseconds grace{options_.config.number("server.stop_grace_ms")};
    server_->stop(grace);
    server_.reset();
    if (systems_server_) systems_server_->stop(grace);
    systems_server_.reset();
    for (const auto& witness : witnesses_)
        witness->stop();
    witnesses_.clear();
    time_stamper_.reset();
    sequencer_.reset();
    runner_.reset();
    scheduler_.reset();
    archiver_.reset();
    // Their last bookings need the writer.
    async_pusher_.reset();
    pusher_.reset();
    refusals_.stop();
    // Units that were accepted are finished here, while everything that they refer to is still there.
    database_.reset();
    log_->write(server_stopped);
}

std::unique_ptr<http::Server> Service::serve(http::Listener listener, http::Routes routes, const http::ServerTls* tls) {
    http::ServerOptions options;
    options.connections_max = static_cast<std::size_t>(options_.config.number("server.connections_max"));
    options.handshakes_max = static_cast<std::size_t>(options_.config.number("server.handshakes_max"));
    return std::make_unique<http::Server>(std::move(listener), std::move(routes),
                                          http::ServerParts{.workers = workers_,
                                                            .clock = clock_,
                                                            .entropy = entropy_,
                                                            .observer = http_metrics_,
                                                            .error_page = api::error_page,
                                                            .tls = tls},
                                          options);
}

// A restored backup may hold persons whose data were erased after it was made.
void Service::replay_erasures() {
    for (const consent::SubjectId id : directory_.erasures()) {
        store::run(database_->writer(),
                   [&](store::WriteSession& session) { access::erase_person(parts(), session, id, clock_.now()); });
    }
}

access::Parts Service::parts() {
    return {.registry = registry_,
            .records = records_,
            .timers = timers_,
            .outbox = outbox_,
            .entropy = entropy_,
            .zone = zone_,
            .tokens = index_,
            .script = script_of(options_.config),
            .question_limits = limits_of(options_.config),
            .quiet_hours = quiet_hours_of(options_.config),
            .own_means_methods = options_.config.list("kdp.own_means_methods")};
}

store::TimerHandlers Service::timer_handlers() {
    store::TimerHandlers handlers;
    handlers[std::string(access::timer_request_expiry)] = [this](store::WriteSession& session,
                                                                 const store::DueTimer& t) {
        asking_.expire(session, consent::RequestId::from_bytes(t.key.entity).value(), clock_.now());
    };
    handlers[std::string(access::timer_consent_expiry)] = [this](store::WriteSession& session,
                                                                 const store::DueTimer& t) {
        answers_.expire_consent(session, consent::ConsentId::from_bytes(t.key.entity).value(), clock_.now());
    };
    handlers[std::string(access::timer_answer_forget)] = [this](store::WriteSession& session,
                                                                const store::DueTimer& t) {
        uses_.forget_answer(session, consent::UseId::from_bytes(t.key.entity).value());
    };
    handlers[std::string(access::timer_sweep)] = [this](store::WriteSession& session, const store::DueTimer&) {
        access::sweep(parts(), session, clock_.now());
        async_queues_.give_up(session, clock_.now());
        session.after_commit([this] {
            archiver_->ring();
            async_alarm_.ring();
        });
    };
    handlers[std::string(access::timer_question_due)] = [this](store::WriteSession& session, const store::DueTimer& t) {
        use_cases_.inquiries.fall_due(session, records::QuestionId::from_bytes(t.key.entity).value(), clock_.now());
    };
    handlers[std::string(access::timer_deferral_due)] = [this](store::WriteSession& session, const store::DueTimer& t) {
        use_cases_.deferring.fall_due(session, consent::SubjectId::from_bytes(t.key.entity).value(), clock_.now());
    };
    handlers[std::string(access::timer_registry_ended)] = [this](store::WriteSession& session,
                                                                 const store::DueTimer& t) {
        registry_changes_.invalidate_some(session, t, clock_.now());
    };
    return handlers;
}

gateway::LocalServices Service::local_services() {
    auto services = kdp_services_.services();
    services.emplace(gateway::temp_files_service, temp_file_service_.service());
    return services;
}

gateway::OwnerHealthParts Service::owner_health() const {
    return {.registry = registry_,
            .clock = clock_,
            .zone = zone_,
            .clients = authentication_,
            .staff = staff_,
            .owners = owners_};
}

std::vector<http::Route> Service::routes_of_systems() {
    std::vector<http::Route> routes = oauth_.routes();
    const auto add = [&](std::vector<http::Route> more) {
        std::move(more.begin(), more.end(), std::back_inserter(routes));
    };
    add(status_lists_.routes());
    add(gateway_.routes());
    add(sync_channel_.routes());
    routes.push_back(gateway::owner_health_for_systems(owner_health()));
    routes.push_back(
        api::service_registry({.registry = registry_,
                               .clock = clock_,
                               .zone = zone_,
                               .clients = authentication_,
                               .elsewhere = elsewhere_,
                               .wires = [this](std::string_view service) { return owners_.wires(service); }}));
    add(kdp_facade_.routes());
    add(async_channel_.routes());
    add(api::initiator_routes({.records = records_,
                               .writer = database_->writer(),
                               .readers = database_->readers(),
                               .elsewhere = elsewhere_,
                               .clock = clock_,
                               .clients = authentication_,
                               .steering = use_cases_.steering,
                               .inquiries = use_cases_.inquiries}));
    add(api::event_routes({.issuer = issuer_,
                           .events = records_.security_events,
                           .writer = database_->writer(),
                           .readers = database_->readers(),
                           .clock = clock_,
                           .clients = authentication_,
                           .signing_key = signing_key_,
                           .reach = reach_of_events(options_.config),
                           .stream_changed = [&alarm = event_alarm_] { alarm.ring(); }}));
    add(api::owner_routes({.writer = database_->writer(),
                           .clock = clock_,
                           .clients = authentication_,
                           .reports = use_cases_.data_reports}));
    add(api::deferral_routes({.writer = database_->writer(),
                              .readers = database_->readers(),
                              .clock = clock_,
                              .clients = authentication_,
                              .staff = staff_,
                              .deferring = use_cases_.deferring}));
    add(api::key_registration_routes({.issuer = issuer_,
                                      .registry = registry_,
                                      .records = records_,
                                      .writer = database_->writer(),
                                      .readers = database_->readers(),
                                      .clock = clock_,
                                      .clients = authentication_,
                                      .staff = staff_,
                                      .registry_changes = registry_changes_,
                                      .signatures = signatures_,
                                      .signature_checks = signature_checks_,
                                      .proxies = proxies_,
                                      .pace = key_registrations_}));
    add(api::ledger_routes({.board = board_,
                            .readers = database_->readers(),
                            .elsewhere = elsewhere_,
                            .records = records_,
                            .vkey = ledger_vkey_.to_text(),
                            .tag_key = tag_key_.public_key()}));
    add(api::openapi_routes());
    return routes;
}

http::Routes Service::guarded_routes_of_systems() {
    std::vector<http::Route> routes = routes_of_systems();
    const std::string& revocation = options_.config.text("systems.revocation");
    if (revocation != "not_asked") {
        trust::Policy policy;
        policy.revocation_required = revocation == "required";
        const auto heard = [&log = *log_](identity::CertificateStanding::Says says, const trust::Findings& findings) {
            const bool passes = says == identity::CertificateStanding::Says::good;
            for (const trust::Finding& one : findings.all()) {
                log.write(certificate_standing, {{"code", telemetry::SafeText::of_program(one.reason->code)},
                                                 {"passes", telemetry::SafeText::of_program(passes ? "yes" : "no")}});
            }
        };
        system_certificates_.emplace(policy, status_source_, system_clock_, entropy_, heard);
        const http::Guard guard = api::certificate_guard(*system_certificates_, certificate_checks_);
        for (http::Route& route : routes)
            route.endpoint = http::guarded(guard, std::move(route.endpoint));
    }
    return http::Routes(std::move(routes));
}

http::Routes Service::routes() {
    std::vector<http::Route> routes = routes_of_systems();
    const auto add = [&](std::vector<http::Route> more) {
        std::move(more.begin(), more.end(), std::back_inserter(routes));
    };
    add(cabinet_.routes());
    add(own_data_.routes());
    routes.push_back(gateway::owner_health_for_operators(owner_health()));
    add(api::staff_routes({.parts = parts(),
                           .writer = database_->writer(),
                           .readers = database_->readers(),
                           .elsewhere = elsewhere_,
                           .clock = clock_,
                           .staff = staff_,
                           .cabinet = use_cases_.cabinet,
                           .reports = use_cases_.data_reports,
                           .supervision = use_cases_.supervision,
                           .registry_changes = registry_changes_,
                           .registrations = registrations_,
                           .exchange_search = exchange_search_,
                           .write_refusals = [this] { refusals_.write(); },
                           .async_queues = async_queues_,
                           .messages_ordered = [this] { async_alarm_.ring(); },
                           .board = board_,
                           .evidence_keys = gateway_keys_.keys()}));
    add(api::operation_routes(
        {.writer = database_->writer(), .readers = database_->readers(), .clock = clock_, .metrics = [this] {
             return metrics();
         }}));
    add(api::sandbox_routes({.writer = database_->writer(),
                             .readers = database_->readers(),
                             .clock = clock_,
                             .entropy = entropy_,
                             .timers = timers_,
                             .outbox = outbox_,
                             .records = records_,
                             .contact = contact_,
                             .clock_moved = [this] {
                                 event_alarm_.ring();
                                 async_alarm_.ring();
                             }}));
    return http::Routes(std::move(routes));
}

}  // namespace kelisim::app
