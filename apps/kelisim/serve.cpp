// SPDX-License-Identifier: Apache-2.0
#include "serve.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

namespace kelisim::app {

void serve(const ServiceOptions& options) {
    // Blocked before any thread starts, so that only this one gets them, and at a point where it can stop in order.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    const Service service(options);
    const std::string url = fmt::format("http://127.0.0.1:{}", service.port());
    fmt::print("listening on {}\n", url);
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
    int signal = 0;
    sigwait(&ends, &signal);
}

}  // namespace kelisim::app
