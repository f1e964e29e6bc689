// SPDX-License-Identifier: Apache-2.0
#include "serve.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "signals.hpp"

namespace kelisim::app {

void serve(const ServiceOptions& options) {
    // SIGHUP where there is a file to be read again, also one that names nothing yet: a sandbox in a terminal ends with it.
    const sigset_t held = options.config_file ? held_signals({SIGHUP}) : held_signals();

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
