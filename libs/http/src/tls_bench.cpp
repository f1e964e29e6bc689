// SPDX-License-Identifier: Apache-2.0
// What TLS costs on loopback, one connection at a time, client and server on the same cores: handshakes with and without a
// certificate of the client, and requests over a connection that is kept, beside plain HTTP.
#include <benchmark/benchmark.h>
#include <netinet/tcp.h>

#include "tls_fixture.hpp"

namespace kelisim::http::testing {
namespace {

class Quiet final : public Observer {
public:
    void finished(const Finished&) noexcept override {}
    void accepting_failed(std::string_view) noexcept override {}
    void failed(const Request&, std::exception_ptr) noexcept override {}
    void handshake_ended(HandshakeEnd, std::string_view) noexcept override {}
};

// As lean as TlsPeer: what is compared is TLS. The answer is small and comes in one piece.
class PlainPeer {
public:
    explicit PlainPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        must(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "connect");
    }
    PlainPeer(const PlainPeer&) = delete;
    PlainPeer& operator=(const PlainPeer&) = delete;
    ~PlainPeer() { ::close(descriptor_); }

    bool answers(const std::string& request) const {
        std::array<char, 4096> part{};
        return ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) > 0 &&
               ::recv(descriptor_, part.data(), part.size(), 0) > 0;
    }

private:
    int descriptor_;
};

enum class Kind { plain, people, systems };

class Place {
public:
    explicit Place(Kind kind) {
        const Pem own = root_.issue();
        ServerTlsFiles files{.chain = folder_.put("chain.pem", own.certificate),
                             .key = folder_.put("key.pem", own.key)};
        if (kind == Kind::systems) files.client_anchors = folder_.put("anchors.pem", root_.pem());
        if (kind != Kind::plain) tls_.emplace(std::move(files));
        Listener listener("127.0.0.1", 0);
        port = listener.port();
        server_.emplace(std::move(listener), table(),
                        ServerParts{workers_, clock_, entropy_, observer_, plain_error_page, tls_ ? &*tls_ : nullptr});
    }

private:
    Folder folder_;
    const TestAuthority root_{"root"};
    base::SystemClock clock_;
    base::SystemEntropy entropy_;
    Quiet observer_;
    Workers workers_{1};
    std::optional<ServerTls> tls_;
    std::optional<Server> server_;

public:
    const Pem client = root_.issue();
    std::uint16_t port = 0;
};

void handshakes(benchmark::State& state, Kind kind, int version) {
    Place place(kind);
    Manner manner{.version_min = version, .version_max = version};
    if (kind == Kind::systems) manner.shown = place.client;
    for (auto _ : state) {
        TlsPeer peer(place.port, manner);
        // As clients do: the request would else wait for the acknowledgement of the handshake's last bytes, 40 ms.
        const int on = 1;
        ::setsockopt(SSL_get_fd(peer.ssl()), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        // In TLS 1.3 the server's part ends with its first answer.
        if (!peer.connected() || !peer.send(get("/who")) || peer.response().empty()) state.SkipWithError("no answer");
    }
    state.SetItemsProcessed(state.iterations());
}

void kept_tls(benchmark::State& state) {
    Place place(Kind::people);
    TlsPeer peer(place.port);
    for (auto _ : state) {
        if (!peer.send(get("/who")) || peer.response().empty()) state.SkipWithError("no answer");
    }
    state.SetItemsProcessed(state.iterations());
}

void kept_plain(benchmark::State& state) {
    Place place(Kind::plain);
    const PlainPeer peer(place.port);
    for (auto _ : state) {
        if (!peer.answers(get("/who"))) state.SkipWithError("no answer");
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(handshakes, people_tls13, Kind::people, TLS1_3_VERSION)->UseRealTime();
BENCHMARK_CAPTURE(handshakes, people_tls12, Kind::people, TLS1_2_VERSION)->UseRealTime();
BENCHMARK_CAPTURE(handshakes, systems_tls13, Kind::systems, TLS1_3_VERSION)->UseRealTime();
BENCHMARK(kept_tls)->Name("requests_tls13")->UseRealTime();
BENCHMARK(kept_plain)->Name("requests_plain")->UseRealTime();

}  // namespace
}  // namespace kelisim::http::testing

BENCHMARK_MAIN();
