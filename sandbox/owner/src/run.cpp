// SPDX-License-Identifier: Apache-2.0
#include "owner/run.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/zone.hpp"
#include "http/server.hpp"
#include "owner/problem.hpp"
#include "owner/rest.hpp"
#include "owner/shep_channel.hpp"

namespace kelisim::owner {

namespace {

struct Options {
    std::string world;
    std::string kelisim;
    std::string kelisim_anchors;
    std::string issuer;
    std::uint16_t port = 0;
    unsigned latency_ms = 0;
    std::string gateway_authorities;
    std::string gateway_bin;
    std::string key;
    std::string passphrase_file;
};

// To stderr: what went wrong and in which request; never who was asked for.
class StderrObserver final : public http::Observer {
public:
    void finished(const http::Finished&) noexcept override {}
    void accepting_failed(std::string_view what) noexcept override {
        std::fprintf(stderr, "accept: %.*s\n", static_cast<int>(what.size()), what.data());
    }
    void handshake_ended(http::HandshakeEnd, std::string_view) noexcept override {}
    void failed(const http::Request& request, std::exception_ptr failure) noexcept override {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& e) {
            std::fprintf(stderr, "request %s: %s\n", request.id.c_str(), e.what());
        } catch (...) {
            std::fprintf(stderr, "request %s: not an exception of the standard\n", request.id.c_str());
        }
    }
};

void wait_for_signal() {
    boost::asio::io_context loop;
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([](const boost::system::error_code&, int) {});
    loop.run();
}

std::string read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) throw base::Outage("cannot be read: " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

trust::SigningKey read_key(const Options& options, base::Entropy& entropy) {
    std::string passphrase = read_file(options.passphrase_file);
    passphrase.erase(std::min(passphrase.find_first_of("\r\n"), passphrase.size()));
    const std::string file = read_file(options.key);
    auto key =
        trust::SigningKey::from_pkcs12(base::as_bytes(file), base::Secret<std::string>(std::move(passphrase)), entropy);
    if (!key) throw base::Outage(options.key + ": " + std::string(key.error().first().text.en));
    return *std::move(key);
}

ShepOptions shep_options(const Options& options, base::Entropy& entropy) {
    ShepOptions shep;
    if (!options.gateway_authorities.empty()) shep.gateway = trust::read_authorities(options.gateway_authorities);
    shep.gateway_bin = options.gateway_bin;
    if (!options.key.empty()) shep.key = read_key(options, entropy);
    return shep;
}

void serve(const Options& options, const Role& role, const Open& open) {
    const auto authority = http::parse_http_origin(options.kelisim);
    if (!authority) throw base::Outage("--kelisim is not https://host:port");
    const base::ProcessZone zone("Asia/Almaty");
    const base::SystemClock clock;
    base::SystemEntropy entropy;
    StderrObserver observer;
    http::Workers workers(1);
    const http::ClientTls tls({.anchors = options.kelisim_anchors});
    http::Client client(workers, {.tls = &tls});
    KelisimSide kelisim(client, clock,
                        {.authority = *authority,
                         .issuer = options.issuer.empty() ? options.kelisim : options.issuer,
                         .client_id = std::string(role.client_id),
                         .client_secret = base::Secret<std::string>(std::string(role.client_secret))});
    const std::chrono::milliseconds latency(options.latency_ms);
    Opened opened = open({.world_file = options.world, .kelisim = kelisim, .zone = zone, .latency = latency});
    Rest rest(std::move(opened.rest), kelisim, role.system_key, latency);
    ShepChannel shep({*opened.registry, kelisim, entropy, zone, observer}, shep_options(options, entropy));
    std::vector<http::Route> routes = rest.routes();
    for (http::Route& route : shep.routes())
        routes.push_back(std::move(route));
    http::Listener listener("127.0.0.1", options.port);
    const int port = listener.port();
    http::Server server(std::move(listener), http::Routes(std::move(routes)),
                        {workers, clock, entropy, observer, problem_page});
    std::printf("listening on http://127.0.0.1:%d\n", port);
    std::fflush(stdout);
    wait_for_signal();
    server.stop(std::chrono::seconds(5));
}

}  // namespace

int run(int argc, char** argv, const Role& role, const Open& open) {
    Options options;
    CLI::App app{role.description, role.program};
    app.add_option("--world", options.world, "world file with what the registry knows")->required();
    app.add_option("--kelisim", options.kelisim, "address of Kelisim, http://host:port or https")->required();
    app.add_option("--kelisim-anchors", options.kelisim_anchors,
                   "whose certificate Kelisim has; those of the system when left out");
    app.add_option("--issuer", options.issuer, "issuer of the tokens; the address of Kelisim when left out");
    app.add_option("--port", options.port, "port on loopback; 0 picks a free one");
    app.add_option("--latency-ms", options.latency_ms, "waited for before each record");
    auto* authorities =
        app.add_option("--gateway-authorities", options.gateway_authorities,
                       "directory with authorities.toml: messages to /shep/ have to be signed under them");
    app.add_option("--gateway-bin", options.gateway_bin, "BIN of the organisation that has to have signed them")
        ->needs(authorities);
    auto* key = app.add_option("--key", options.key, "PKCS #12 file that answers of /shep/ are signed with");
    auto* passphrase =
        app.add_option("--passphrase-file", options.passphrase_file, "its passphrase, in the first line");
    key->needs(passphrase);
    passphrase->needs(key);
    CLI11_PARSE(app, argc, argv);
    try {
        serve(options, role, open);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", role.program, failure.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace kelisim::owner
