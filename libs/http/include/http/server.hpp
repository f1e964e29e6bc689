// SPDX-License-Identifier: Apache-2.0
// HTTP/1.0 and 1.1 (RFC 9112) over plain sockets or TLS, one coroutine per connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/route.hpp"
#include "http/tls.hpp"
#include "http/workers.hpp"

namespace kelisim::http {

// What the server itself answers. `kind` of a reason says nothing here: the status stands beside it.
extern const base::Reason request_malformed;    // 400
extern const base::Reason route_not_found;      // 404
extern const base::Reason method_not_allowed;   // 405, Allow
extern const base::Reason request_timeout;      // 408
extern const base::Reason body_too_large;       // 413
extern const base::Reason target_too_long;      // 414
extern const base::Reason expectation_failed;   // 417
extern const base::Reason header_too_large;     // 431
extern const base::Reason internal_error;       // 500
extern const base::Reason service_unavailable;  // 503, Retry-After: outage or overload
extern const base::Reason deadline_exceeded;    // 503, Retry-After: the handler took longer than its route allows

// Plain text in English, for tools without an api/.
Response plain_error_page(int status, const base::Reason& reason, const Request& request);

struct Finished {
    const Request& request;
    std::string_view pattern;  // of the route; empty when none was found
    int status = 0;
    std::chrono::steady_clock::duration duration{};  // from the first byte of the request to the written answer
};

// How the handshake of a connection over TLS ended.
enum class HandshakeEnd {
    done,
    late,                 // over its deadline
    too_many,             // not begun: there were handshakes_max others
    plain_http,           // the peer spoke HTTP without TLS
    nothing_in_common,    // no version, cipher suite or protocol of ours
    no_certificate,       // the listener asks for one
    certificate_refused,  // not under our anchors, expired, revoked or for another purpose
    broken,               // anything else; the peer may also have refused us
};

// Called on io threads; must be thread-safe and quick.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void finished(const Finished& exchange) noexcept = 0;
    // No connection could be accepted (no descriptors, no memory); the server tries again after a pause.
    virtual void accepting_failed(std::string_view what) noexcept = 0;
    // A handler or the error page threw. The text is for logs only.
    virtual void failed(const Request& request, std::exception_ptr failure) noexcept = 0;
    // `why`: words of OpenSSL, nothing that the peer chose.
    virtual void handshake_ended(HandshakeEnd end, std::string_view why) noexcept = 0;
};

struct ServerOptions {
    std::size_t connections_max = 10'000;  // further ones are closed at once: an answer would cost what is lacking
    std::size_t in_flight_max = 4'096;     // requests in handlers; further ones get 503 with Retry-After
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 100;
    std::size_t target_bytes_max = 4 * 1024;
    std::size_t handshakes_max = 512;  // at the same time; further connections are closed
    // Precise to 50 ms.
    std::chrono::milliseconds handshake_deadline{10'000};
    std::chrono::milliseconds header_deadline{10'000};  // from the first byte (or the connection) to the whole header
    std::chrono::milliseconds body_deadline{30'000};
    std::chrono::milliseconds piece_deadline{10'000};  // of 64 KiB of content that is read as it comes
    std::chrono::milliseconds idle_deadline{60'000};   // between requests
    std::chrono::milliseconds write_deadline{30'000};
    std::chrono::milliseconds linger_deadline{2'000};  // reading on after a refusal, so that it is not lost to a reset
};

// A bound, listening socket whose port is known before anything is composed.
class Listener {
public:
    // IPv4 or IPv6 address; port 0 picks a free one. Throws base::Outage.
    Listener(std::string_view address, std::uint16_t port);
    ~Listener();
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&&) = delete;

    std::uint16_t port() const { return port_; }
    int release();  // the descriptor, now the caller's

private:
    int descriptor_;
    std::uint16_t port_;
};

// What a server works with; all outlive it.
struct ServerParts {
    Workers& workers;
    const base::Clock& clock;
    base::Entropy& entropy;
    Observer& observer;
    ErrorPage error_page;
    const ServerTls* tls = nullptr;  // null: plain, for loopback and behind a proxy that speaks TLS
};

// Serves from the constructor on. Thread-safe.
class Server {
public:
    Server(Listener listener, Routes routes, ServerParts parts, const ServerOptions& options = {});
    ~Server();  // stop(0)

    // Stops accepting, closes idle connections, lets requests in flight finish; after `grace` closes the others too.
    // Returns when every handler has returned, because handlers refer to what is destroyed next: a handler that waits
    // for ever keeps it waiting. Never called from an io thread.
    void stop(std::chrono::milliseconds grace);

    std::size_t connections() const;
    std::size_t in_flight() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with connections, which may end after stop() has counted them
};

}  // namespace kelisim::http
