// SPDX-License-Identifier: Apache-2.0
// One TLS connection over a socket that waits nowhere. OpenSSL reads and writes the socket itself, so that an answer leaves in
// one call where the socket takes it, as on a plain connection; Asio only waits until it can go on. (asio::ssl::stream keeps
// the bytes between OpenSSL and the socket in buffers of its own, and loses some when a call without waiting does not take
// all of them.)
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "http/message.hpp"
#include "http/server.hpp"
#include "http/uri.hpp"
#include "socket.hpp"

struct ssl_st;

namespace kelisim::http {

using Pieces = std::array<boost::asio::const_buffer, 2>;

// Used on the thread of its socket, one operation at a time. Coroutines refer to it and to `error`, and end before they do.
class TlsChannel {
public:
    enum class Side { server, client };

    // The socket is non-blocking and outlives the channel.
    TlsChannel(Socket& socket, const std::shared_ptr<ssl_ctx_st>& context, Side side);
    ~TlsChannel();  // says the end, as end()
    TlsChannel(const TlsChannel&) = delete;
    TlsChannel& operator=(const TlsChannel&) = delete;

    // Before the handshake of a client: whose certificate it has to be. Throws base::Outage.
    void expect(const Authority& server);

    boost::asio::awaitable<void> handshake(boost::system::error_code& error);

    // asio::error::eof after the peer's close_notify only: an end without it may be somebody else's cut.
    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into, boost::system::error_code& error);

    // At most one record; asio::error::would_block when the socket takes nothing. Then the next write has to begin with the
    // same bytes.
    std::size_t write_some(const Pieces& pieces, boost::system::error_code& error);
    boost::asio::awaitable<std::size_t> write_all(Pieces pieces, boost::system::error_code& error);

    // Ends a handshake or a reading under way, and all later ones: a cancelled wait alone may already have been over, and the
    // next one would wait for ever.
    void cancel() noexcept;

    // "Each party MUST send a "close_notify" alert before closing its write side of the connection" (RFC 8446 6.1). Once.
    void end() noexcept;

    // Whether bytes were read that nobody has asked for yet.
    bool has_pending() const;

    // After a failed handshake.
    HandshakeEnd failure() const { return failure_; }
    const std::string& why() const { return why_; }

    // Null when the peer showed none.
    std::shared_ptr<const PeerCertificate> peer_certificate() const;

private:
    enum class Wants { nothing, to_read, to_write };
    Wants after(int result, boost::system::error_code& error);
    boost::asio::awaitable<void> wait(Wants wants, boost::system::error_code& error);
    void note_failure();

    struct Free {
        void operator()(ssl_st* ssl) const;
    };

    Socket& socket_;
    std::unique_ptr<ssl_st, Free> ssl_;
    std::string record_;  // pieces that leave as one
    bool established_ = false;
    bool ended_ = false;
    bool cancelled_ = false;
    HandshakeEnd failure_ = HandshakeEnd::broken;
    std::string why_;
};

}  // namespace kelisim::http
