// SPDX-License-Identifier: Apache-2.0
// Serves one small static answer, to be held against another server with a load generator: bench/ measures both in the
// same run. `http_static_server [THREADS]` prints where it listens and serves until its input ends.
#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <cstdio>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/text.hpp"
#include "http/server.hpp"

namespace {

using namespace kelisim;

boost::asio::awaitable<http::Response> answer(const http::Request&) {
    co_return http::Response{
        .status = 200, .content_type = "application/json", .headers = {}, .body = std::string(150, 'x')};
}

class Silent final : public http::Observer {
public:
    void finished(const http::Finished&) noexcept override {}
    void accepting_failed(std::string_view) noexcept override {}
    void handshake_ended(http::HandshakeEnd, std::string_view) noexcept override {}
    void failed(const http::Request&, std::exception_ptr) noexcept override {}
};

}  // namespace

int main(int argc, char** argv) {
    const auto threads = argc > 1 ? base::parse_integer(argv[1]) : 1;
    if (!threads || *threads < 1) return 2;
    http::Workers workers(static_cast<std::size_t>(*threads));
    http::Listener listener("127.0.0.1", 0);
    fmt::print("listening on http://127.0.0.1:{}\n", listener.port());
    std::fflush(stdout);
    const base::SystemClock clock;
    base::SystemEntropy entropy;
    Silent silent;
    std::vector<http::Route> routes;
    routes.push_back({"GET", "/", http::open("benchmark", answer)});
    http::Server server(std::move(listener), http::Routes(std::move(routes)),
                        {workers, clock, entropy, silent, http::plain_error_page});
    while (std::getchar() != EOF) {
    }
}
