// SPDX-License-Identifier: Apache-2.0
// What carries the bytes of a session: a socket as it is, or TLS over it.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "http/tls.hpp"
#include "socket.hpp"
#include "tls_channel.hpp"

namespace kelisim::http {

class PlainTransport {
public:
    static constexpr bool has_handshake = false;

    PlainTransport(Socket socket, const ServerTls*) : socket_(std::move(socket)) {}

    Socket& socket() { return socket_; }
    auto read_some(boost::asio::mutable_buffer into, boost::system::error_code& error) {
        return socket_.async_read_some(into, boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
    std::size_t write_some(const Pieces& pieces, boost::system::error_code& error) {
        return socket_.write_some(pieces, error);
    }
    auto write_all(const Pieces& pieces, boost::system::error_code& error) {
        return boost::asio::async_write(socket_, pieces,
                                        boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
    void cancel() noexcept {
        boost::system::error_code ignored;  // a socket that cannot be cancelled has nothing to wait for
        socket_.cancel(ignored);
    }
    void end() noexcept {}

private:
    Socket socket_;
};

class TlsTransport {
public:
    static constexpr bool has_handshake = true;

    TlsTransport(Socket socket, const ServerTls* tls)
        : socket_(std::move(socket)), channel_(socket_, tls->context(), TlsChannel::Side::server) {}

    Socket& socket() { return socket_; }
    TlsChannel& channel() { return channel_; }
    auto read_some(boost::asio::mutable_buffer into, boost::system::error_code& error) {
        return channel_.read_some(into, error);
    }
    std::size_t write_some(const Pieces& pieces, boost::system::error_code& error) {
        return channel_.write_some(pieces, error);
    }
    auto write_all(const Pieces& pieces, boost::system::error_code& error) { return channel_.write_all(pieces, error); }
    void cancel() noexcept { channel_.cancel(); }
    void end() noexcept { channel_.end(); }

private:
    Socket socket_;
    TlsChannel channel_;  // last: it says its end to the socket
};

}  // namespace kelisim::http
