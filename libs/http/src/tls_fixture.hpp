// SPDX-License-Identifier: Apache-2.0
// A server over TLS whose handlers tell what they were told.
#pragma once

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "http/tls.hpp"
#include "tls_testing.hpp"

namespace kelisim::http::testing {

inline constexpr std::size_t large_bytes = 3 * 1024 * 1024;

inline boost::asio::awaitable<Response> echo(const Request& request) {
    co_return text_response(200, request.body);
}

inline boost::asio::awaitable<Response> large(const Request&) {
    co_return text_response(200, std::string(large_bytes, 'x'));
}

// Everything that the handler is told of the peer.
inline boost::asio::awaitable<Response> who(const Request& request) {
    if (!request.certificate) co_return text_response(200, "nobody");
    const PeerCertificate& peer = *request.certificate;
    std::string text = peer.subject + "|" + base::to_base64url(peer.sha256) + "|" + std::to_string(peer.der.size());
    for (const auto* list : {&peer.dns, &peer.uris, &peer.addresses, &peer.emails}) {
        for (const std::string& name : *list)
            text += "|" + name;
    }
    co_return text_response(200, text);
}

inline Routes table() {
    return Routes({{"GET", "/who", open("test", who)},
                   {"GET", "/large", open("test", large)},
                   {"POST", "/echo", open("test", echo), {.body_bytes_max = 100'000, .deadline = 1s}},
                   {"POST", "/small", open("test", echo), {.body_bytes_max = 10, .deadline = 1s}}});
}

inline std::string get(std::string_view target, std::string_view more = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n";
}

class TlsPlace {
protected:
    static ServerOptions quick() {
        ServerOptions options;
        options.handshake_deadline = 200ms;
        options.header_deadline = 300ms;
        options.idle_deadline = 300ms;
        options.write_deadline = 1s;
        options.linger_deadline = 50ms;
        return options;
    }

    ServerTlsFiles put(const Pem& pem) const {
        return {.chain = folder_.put("chain.pem", pem.certificate), .key = folder_.put("key.pem", pem.key)};
    }
    void serve(ServerTlsFiles files, const ServerOptions& options = quick()) {
        tls_.emplace(std::move(files));
        Listener listener("127.0.0.1", 0);
        port_ = listener.port();
        server_.emplace(std::move(listener), table(),
                        ServerParts{workers_, clock_, entropy_, observer_, plain_error_page, &*tls_}, options);
    }
    void serve_people(const ServerOptions& options = quick()) { serve(put(own_), options); }
    void serve_systems() {
        ServerTlsFiles files = put(own_);
        files.client_anchors = folder_.put("anchors.pem", systems_.pem());
        serve(std::move(files));
    }
    std::string ask_who(const Manner& manner) const {
        TlsPeer peer(port_, manner);
        if (!peer.connected() || !peer.send(get("/who"))) return "";
        const std::string answer = peer.response();
        return answer.empty() ? "" : answer.substr(answer.find("\r\n\r\n") + 4);
    }
    bool ended(HandshakeEnd end) {
        return eventually([&] {
            const auto all = observer_.handshakes();
            return std::find(all.begin(), all.end(), end) != all.end();
        });
    }

    Folder folder_;
    const TestAuthority root_{"root"}, systems_{"systems"}, stranger_{"stranger"};
    const Pem own_ = root_.issue();
    base::SystemClock clock_;
    base::SystemEntropy entropy_;
    RecordingObserver observer_;
    Workers workers_{1};
    std::optional<ServerTls> tls_;
    std::optional<Server> server_;
    std::uint16_t port_ = 0;
};

}  // namespace kelisim::http::testing
