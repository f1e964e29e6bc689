// SPDX-License-Identifier: Apache-2.0
#include "serve.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "signals.hpp"

namespace kelisim::app {

namespace {

// What is read anew at SIGHUP.
bool has_keys_of_its_operator(const config::Config& config) {
    for (const auto* key : {"server.tls_certificate", "systems.anchors", "upstream.anchors", "upstream.tls_certificate",
                            "events.anchors", "gateway.token_module"}) {
        if (!config.text(key).empty()) return true;
    }
    return !config.list("gateway.signing_keys").empty();
}

bool has_routes_of_its_operator(const config::Config& config) {
    return !config.list("gateway.upstreams").empty() || !config.list("gateway.soap_services").empty();
}

}  // namespace

void serve(const ServiceOptions& options) {
    // SIGHUP only where there is something to be read again: a sandbox in a terminal ends with it.
    const bool reads_again = has_keys_of_its_operator(options.config) || has_routes_of_its_operator(options.config);
    const sigset_t held = reads_again ? held_signals({SIGHUP}) : held_signals();

    Service service(options);
    const std::string url = service.url();
    fmt::print("listening on {}\n", url);
    if (!service.systems_url().empty()) fmt::print("systems with certificates on {}\n", service.systems_url());
    fmt::print(
        "\nThis is the Kelisim sandbox: no real person, no real data.\n"
        "  {0}/             phones of the sandbox: read SMS, answer them\n"
        "  {0}/.well-known/openid-configuration\n"
        "  {0}/sandbox/persons   whom to ask\n"
        "  README.md, Try it, has the commands to ask as a bank.\n"
        "  {1}/sandbox/*.pem   private keys of the clients, for private_key_jwt\n"
        "Stop with Ctrl-C.\n",
        url, options.data.string());
    std::fflush(stdout);
    for (int signal = 0; sigwait(&held, &signal) == 0 && signal == SIGHUP;)
        service.reload();
}

}  // namespace kelisim::app
