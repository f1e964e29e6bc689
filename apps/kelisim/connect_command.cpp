// SPDX-License-Identifier: Apache-2.0
#include "connect_command.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <cstdio>

#include "commands.hpp"
#include "connect_settings.hpp"
#include "connector/access_point.hpp"
#include "connector/rest_way.hpp"
#include "connector/soap_way.hpp"
#include "http/server.hpp"
#include "signals.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/schema.hpp"
#include "telemetry/http_metrics.hpp"

namespace kelisim::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds stop_grace{5};

std::unique_ptr<store_sqlite::Database> open_database(const fs::path& directory) {
    const store_sqlite::Options options{.directory = directory, .schema = connector::migrations()};
    if (fs::exists(directory / "kelisim.db"))
        store_sqlite::upgrade(options);
    else
        store_sqlite::init(options);
    return store_sqlite::Database::open(options);
}

// Made in this order, and ended in the reverse.
class Connector {
public:
    Connector(const config::Config& config, const ConnectFiles& files)
        : listener_(config.text("core.address"), static_cast<std::uint16_t>(config.number("core.port"))),
          url_(fmt::format("{}://{}:{}", files.certificate() ? "https" : "http", config.text("core.address"),
                           listener_.port())),
          gateway_tls_(files.gateway_anchors()),
          book_(files.seal_key(), entropy_),
          database_(open_database(files.database())),
          workers_(1),
          client_(workers_, {.tls = &gateway_tls_}),
          gateway_({.client = client_,
                    .clock = clock_,
                    .entropy = entropy_,
                    .authority = *http::parse_http_origin(config.text("gateway.url")),
                    .service = config.text("service.key"),
                    .wire = config.text("service.wire"),
                    .client_id = config.text("client.id"),
                    .key = files.client_key(),
                    .proof_key = token::SigningKey(crypto::PrivateKey::generate_p256())}),
          way_(way_out(config, files)),
          access_point_({.gateway = gateway_,
                         .way = *way_,
                         .book = book_,
                         .writer = database_->writer(),
                         .readers = database_->readers(),
                         .catalogue = catalogue_,
                         .secret = files.secret(),
                         .kept_after_end = std::chrono::days{config.number("kept.days")}}) {
        if (auto certificate = files.certificate()) tls_.emplace(std::move(*certificate));
    }

    // What the gateway objects to; a gateway that does not answer is no objection: it may come later.
    std::optional<connector::Told> introduce() {
        return boost::asio::co_spawn(workers_.executor(0), gateway_.introduce(), boost::asio::use_future).get();
    }
    void serve() {
        http::ServerParts parts{.workers = workers_,
                                .clock = clock_,
                                .entropy = entropy_,
                                .observer = observer_,
                                .error_page = catalogue_.error_page(),
                                .tls = tls_ ? &*tls_ : nullptr};
        server_.emplace(std::move(listener_), http::Routes(access_point_.routes()), std::move(parts));
    }
    void stop() { server_->stop(stop_grace); }

    const std::string& url() const { return url_; }
    std::string words(const connector::Told& told) const {
        const auto reasons = catalogue_.reasons(told.codes);
        return std::string(reasons.at(0).at("en").as_string());
    }

private:
    std::unique_ptr<connector::WayOut> way_out(const config::Config& config, const ConnectFiles& files) {
        if (config.text("service.wire") == "rest") {
            return std::make_unique<connector::RestWay>(connector::RestParts{.gateway = gateway_,
                                                                             .service = config.text("service.key"),
                                                                             .path = config.text("service.path"),
                                                                             .keys = files.gateway_keys()});
        }
        soap::DataForm form{};
        boost::describe::enum_from_string(config.text("soap.form").c_str(), form);
        return std::make_unique<connector::SoapWay>(
            connector::SoapParts{.gateway = gateway_,
                                 .book = book_,
                                 .writer = database_->writer(),
                                 .readers = database_->readers(),
                                 .zone = zone_,
                                 .service = config.text("service.key"),
                                 .path = config.text("soap.path"),
                                 .sender = config.text("soap.sender"),
                                 .password = files.sender_password(),
                                 .data = files.message_template(),
                                 .form = form,
                                 .signed_data = config.text("soap.sign_data") == "yes",
                                 .key = files.organisation_key(entropy_),
                                 .gateway_certificates = files.gateway_certificates()});
    }

    base::SystemClock clock_;
    base::SystemEntropy entropy_;
    std::unique_ptr<telemetry::Log> log_ = telemetry::log_to_stderr(clock_);
    telemetry::HttpMetrics observer_{*log_};
    connector::Catalogue catalogue_;
    http::Listener listener_;
    std::string url_;
    http::ClientTls gateway_tls_;
    std::optional<http::ServerTls> tls_;
    connector::Book book_;
    std::unique_ptr<store_sqlite::Database> database_;
    http::Workers workers_;
    http::Client client_;
    // All of Kazakhstan; dates on the wire name their offset anyway.
    base::FixedZone zone_{std::chrono::hours{5}};
    connector::Gateway gateway_;
    std::unique_ptr<connector::WayOut> way_;
    connector::AccessPoint access_point_;
    std::optional<http::Server> server_;
};

std::optional<config::Config> read_settings(const std::string& service, const fs::path& file) {
    const config::Read read = config::read(read_text(file), file.string(), config::connector_keys());
    std::vector<std::string> errors = read.errors;
    for (std::string& error : objections_to(read.config))
        errors.push_back(file.string() + ": " + std::move(error));
    if (errors.empty() && read.config.text("service.key") != service)
        errors.push_back(
            fmt::format("{}: is for the service {}, not {}", file.string(), read.config.text("service.key"), service));
    for (const std::string& error : errors)
        complain(error);
    if (!errors.empty()) return std::nullopt;
    return read.config;
}

}  // namespace

int connect(const std::string& service, const fs::path& file) {
    const auto config = read_settings(service, file);
    if (!config) return 1;
    const sigset_t ends = held_signals();
    const ConnectFiles files(*config, file.parent_path());
    Connector connector(*config, files);
    const auto objection = connector.introduce();
    const bool refused = objection && (objection->status == 401 || objection->status == 404);
    if (refused) {
        complain(fmt::format("the gateway does not take {} with this key for {}: {}", config->text("client.id"),
                             service, connector.words(*objection)));
        return 1;
    }
    connector.serve();
    print_line("listening on " + connector.url());
    if (objection) print_line("the gateway cannot be asked yet: " + connector.words(*objection));
    std::fflush(stdout);
    for (int signal = 0; sigwait(&ends, &signal) != 0;) {
    }
    connector.stop();
    return 0;
}

}  // namespace kelisim::app
