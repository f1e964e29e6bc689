// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "http/server.hpp"
#include "owner/problem.hpp"
#include "skeleton.hpp"
#include "telemetry/http_metrics.hpp"

namespace {

using namespace kelisim;

struct Options {
    std::string file, kelisim, issuer, kelisim_anchors, behind, behind_anchors;
    publication::Choices choices;
    std::uint16_t port = 0;
};

publication::Offer offer_of(const Options& options) {
    std::ifstream in(options.file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto description = publication::read_description(text);
    if (const auto* wrong = std::get_if<publication::Unread>(&description))
        throw base::Outage(std::string(wrong->refusal.first().text.en));
    auto offer = publication::make_running(std::get<publication::Description>(description), options.choices);
    if (offer.has_error()) throw base::Outage(std::string(offer.error().first().text.en));
    return std::move(*offer);
}

http::Prefix prefix_of(const std::string& url) {
    auto prefix = http::parse_http_prefix(url);
    if (!prefix) throw base::Outage("--behind is not http[s]://host:port/path: " + url);
    if (!prefix->upstream.tls && !http::is_own_network(prefix->upstream.host))
        throw base::Outage("--behind must be https: personal data do not leave the own network unprotected");
    return std::move(*prefix);
}

// Before any thread starts, so that only one gets them.
sigset_t block_ends() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return ends;
}

void serve(const Options& options) {
    const sigset_t ends = block_ends();
    const auto authority = http::parse_http_origin(options.kelisim);
    if (!authority) throw base::Outage("--kelisim is not https://host:port: " + options.kelisim);
    const base::SystemClock clock;
    base::SystemEntropy entropy;
    const auto log = telemetry::log_to_stderr(clock);
    telemetry::HttpMetrics observer(*log);
    http::Workers workers(1);
    const http::ClientTls tls({.anchors = options.kelisim_anchors}), behind_tls({.anchors = options.behind_anchors});
    http::Client client(workers, {.tls = &tls}), behind_client(workers, {.tls = &behind_tls});
    // Nothing is asked about tokens: keys and status lists are for everybody.
    owner::KelisimSide kelisim(client, clock,
                               {.authority = *authority,
                                .issuer = options.issuer.empty() ? options.kelisim : options.issuer,
                                .client_id = {},
                                .client_secret = {}});
    std::optional<skeleton::Behind> behind;
    if (!options.behind.empty()) behind.emplace(behind_client, prefix_of(options.behind));
    skeleton::Skeleton skeleton(offer_of(options), kelisim, std::move(behind));
    http::Listener listener("127.0.0.1", options.port);
    const int port = listener.port();
    http::Server server(std::move(listener), http::Routes(skeleton.routes()),
                        {workers, clock, entropy, observer, owner::problem_page});
    std::printf("listening on http://127.0.0.1:%d\n", port);
    std::fflush(stdout);
    for (int signal = 0; sigwait(&ends, &signal) != 0;) {
    }
    server.stop(std::chrono::seconds(5));
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"A data owner made from a description of an interface; started by kelisim publish --serve.",
                 "kelisim-skeleton"};
    app.add_option("file", options.file, "OpenAPI 3 in JSON, or WSDL 1.1")->required()->check(CLI::ExistingFile);
    app.add_option("--key", options.choices.key, "key of the service")->required();
    app.add_option("--owner", options.choices.owner, "key of its system, the audience of its tokens")->required();
    app.add_option("--operation", options.choices.operation, "which of the operations");
    app.add_option("--iin", options.choices.person, "where a request names the person");
    app.add_option("--kelisim", options.kelisim, "address of Kelisim, http://host:port or https")->required();
    app.add_option("--issuer", options.issuer, "issuer of the tokens; the address of Kelisim when left out");
    app.add_option("--kelisim-anchors", options.kelisim_anchors, "whose certificate Kelisim has");
    app.add_option("--behind", options.behind, "the real interface; without, examples are given");
    app.add_option("--behind-anchors", options.behind_anchors, "whose certificate that has");
    app.add_option("--port", options.port, "port on loopback; 0 picks a free one");
    CLI11_PARSE(app, argc, argv);
    try {
        serve(options);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "kelisim-skeleton: %s\n", failure.what());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
