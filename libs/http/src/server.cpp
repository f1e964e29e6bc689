// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "session.hpp"
#include "worker.hpp"

namespace kelisim::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int backlog = 1024;
constexpr std::chrono::milliseconds pause_after_failed_accept{100};

[[noreturn]] void cannot_listen(std::string_view address, std::uint16_t port) {
    const std::string why = std::system_category().message(errno);
    throw base::Outage("cannot listen on " + std::string(address) + " port " + std::to_string(port) + ": " + why);
}

std::uint64_t seed_from(base::Entropy& entropy) {
    std::array<std::uint8_t, 8> bytes{};
    entropy.fill(bytes);
    std::uint64_t seed = 0;
    for (const auto byte : bytes)
        seed = seed << 8U | byte;
    return seed;
}

}  // namespace

Listener::Listener(std::string_view address, std::uint16_t port) : descriptor_(-1), port_(port) {
    error_code malformed;
    const auto parsed = asio::ip::make_address(std::string(address), malformed);
    if (malformed) throw base::Outage("not an IP address to listen on: " + std::string(address));
    tcp::endpoint endpoint(parsed, port);
    descriptor_ = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    // After a restart the port is still in TIME_WAIT.
    const bool bound = descriptor_ >= 0 && ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                       ::bind(descriptor_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
                       ::listen(descriptor_, backlog) == 0;
    socklen_t size = static_cast<socklen_t>(endpoint.capacity());
    if (!bound || ::getsockname(descriptor_, endpoint.data(), &size) != 0) {
        const int cause = errno;
        if (descriptor_ >= 0) ::close(descriptor_);
        errno = cause;
        cannot_listen(address, port);
    }
    port_ = endpoint.port();
}

Listener::Listener(Listener&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), port_(other.port_) {}

Listener::~Listener() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int Listener::release() {
    return std::exchange(descriptor_, -1);
}

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

struct Server::Impl {
    Impl(Listener listener, Routes routes, ServerParts given, const ServerOptions& options)
        : workers(given.workers),
          shared(std::make_shared<Shared>(std::move(routes), std::move(given), options)),
          acceptor(workers.worker(0).context) {
        for (std::size_t i = 0; i < workers.size(); ++i)
            lanes.push_back(std::make_shared<Lane>(workers.worker(i), seed_from(shared->parts.entropy)));
        adopt(std::move(listener));
    }

    // The family of the socket decides the protocol that it is taken as.
    void adopt(Listener listener) {
        const int descriptor = listener.release();
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
        acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor);
    }

    // Keeps what it uses alive: it ends after the server has let go of it.
    static asio::awaitable<void> accept_all(std::shared_ptr<Impl> self) {
        asio::steady_timer pause(self->workers.worker(0).context);
        for (std::size_t turn = 0; self->acceptor.is_open(); turn = (turn + 1) % self->lanes.size()) {
            error_code error;
            tcp::endpoint peer;
            const auto& lane = self->lanes[turn];
            Socket socket = co_await self->acceptor.async_accept(lane->worker.context, peer,
                                                                 asio::redirect_error(asio::use_awaitable, error));
            if (!error) {
                self->start(lane, std::move(socket), peer);
            } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
                self->shared->parts.observer.accepting_failed(error.message());
                pause.expires_after(pause_after_failed_accept);
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            }
        }
    }

    void start(const std::shared_ptr<Lane>& lane, Socket socket, const tcp::endpoint& peer) const {
        if (shared->stopping || shared->connections() >= shared->options.connections_max) return;  // closes it
        try {
            auto session = Session::make(shared, lane, std::move(socket), peer.address().to_string());
            asio::co_spawn(lane->worker.context, Session::run(std::move(session)), asio::detached);
        } catch (const base::Outage& outage) {
            shared->parts.observer.accepting_failed(outage.what());  // of this connection alone
        }
    }

    void close_acceptor() {
        error_code ignored;  // a socket that does not close accepts nothing either
        acceptor.close(ignored);
    }

    template <class Action>
    void each_session(Action action) {
        for (const auto& lane : lanes) {
            asio::post(lane->worker.context, [lane, action] {
                for (Session* session : lane->sessions)
                    action(*session);
            });
        }
    }

    Workers& workers;
    std::shared_ptr<Shared> shared;
    std::vector<std::shared_ptr<Lane>> lanes;
    Acceptor acceptor;
};

Server::Server(Listener listener, Routes routes, ServerParts parts, const ServerOptions& options)
    : impl_(std::make_shared<Impl>(std::move(listener), std::move(routes), std::move(parts), options)) {
    asio::co_spawn(impl_->workers.worker(0).context, Impl::accept_all(impl_), asio::detached);
}

Server::~Server() {
    stop(std::chrono::milliseconds(0));
}

void Server::stop(std::chrono::milliseconds grace) {
    Shared& shared = *impl_->shared;
    shared.stopping = true;
    asio::post(impl_->workers.worker(0).context, [impl = impl_] { impl->close_acceptor(); });
    impl_->each_session([](Session& session) { session.finish_soon(); });
    if (shared.wait_for_end(grace)) return;
    impl_->each_session([](Session& session) { session.abort(); });
    shared.wait_for_end();
}

std::size_t Server::connections() const {
    return impl_->shared->connections();
}

std::size_t Server::in_flight() const {
    return impl_->shared->in_flight.load(std::memory_order_relaxed);
}

}  // namespace kelisim::http
