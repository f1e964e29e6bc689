// SPDX-License-Identifier: Apache-2.0
#include "tls_channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "base/result.hpp"

namespace kelisim::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 5.1: "The length MUST NOT exceed 2^14 bytes"

// OpenSSL's own would write without MSG_NOSIGNAL, and a peer that has gone would end the process.
Socket& socket_of(BIO* bio) {
    return *static_cast<Socket*>(BIO_get_data(bio));
}

int write_socket(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto sent =
        ::send(socket_of(bio).native_handle(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int read_socket(BIO* bio, char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto got = ::recv(socket_of(bio).native_handle(), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

long control_socket(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
    struct Free {
        void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
    };
    static const std::unique_ptr<BIO_METHOD, Free> method = [] {
        std::unique_ptr<BIO_METHOD, Free> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
        if (!made) throw base::Outage("OpenSSL makes no BIO");
        BIO_meth_set_write(made.get(), write_socket);
        BIO_meth_set_read(made.get(), read_socket);
        BIO_meth_set_ctrl(made.get(), control_socket);
        return made;
    }();
    return method.get();
}

HandshakeEnd end_of(unsigned long code) {
    switch (ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0) {
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
            return HandshakeEnd::plain_http;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
        case SSL_R_NO_SUITABLE_GROUPS:
        case SSL_R_NO_APPLICATION_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
            return HandshakeEnd::nothing_in_common;
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return HandshakeEnd::no_certificate;
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return HandshakeEnd::certificate_refused;
        default:
            return HandshakeEnd::broken;
    }
}

std::string der_of(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) throw base::Outage("OpenSSL writes no certificate");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

std::string subject_of(const X509* certificate) {
    // RFC 4514 as OpenSSL writes it; other letters than those of ASCII stay as they are (its section 2.4 allows both), so
    // that a Kazakh name can be registered as it is read.
    constexpr unsigned long style = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
    if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, style) < 0) {
        throw base::Outage("OpenSSL writes no name");
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

// As text; nothing for what is neither of the two kinds.
std::string address_of(const std::string& octets) {
    if (octets.size() == 4) {
        asio::ip::address_v4::bytes_type bytes{};
        std::copy(octets.begin(), octets.end(), bytes.begin());
        return asio::ip::address_v4(bytes).to_string();
    }
    asio::ip::address_v6::bytes_type bytes{};
    if (octets.size() != bytes.size()) return {};
    std::copy(octets.begin(), octets.end(), bytes.begin());
    return asio::ip::address_v6(bytes).to_string();
}

void read_alternative_names(const X509* certificate, PeerCertificate& into) {
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int kind = 0;
        const auto* value =
            static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind));
        if (kind == GEN_DNS) into.dns.push_back(text_of(value));
        if (kind == GEN_URI) into.uris.push_back(text_of(value));
        if (kind == GEN_EMAIL) into.emails.push_back(text_of(value));
        if (kind == GEN_IPADD) into.addresses.push_back(address_of(text_of(value)));
    }
}

}  // namespace

void TlsChannel::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

TlsChannel::TlsChannel(Socket& socket, const std::shared_ptr<ssl_ctx_st>& context, Side side)
    : socket_(socket), ssl_(SSL_new(context.get())) {
    BIO* bio = ssl_ ? BIO_new(socket_method()) : nullptr;
    if (bio == nullptr) throw base::Outage("OpenSSL makes no connection");
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // which now owns it
    if (side == Side::server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
    }
}

TlsChannel::~TlsChannel() {
    end();
}

void TlsChannel::expect(const Authority& server) {
    SSL* ssl = ssl_.get();
    error_code named;
    asio::ip::make_address(server.host, named);
    bool done = false;
    if (named) {
        // RFC 9525 section 2 leaves the common name out, and 6.3 takes a wildcard for a whole label only.
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        done = SSL_set1_host(ssl, server.host.c_str()) == 1 &&
               SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                        const_cast<char*>(server.host.c_str())) == 1;
    } else {
        // "Literal IPv4 and IPv6 addresses are not permitted in "HostName"" (RFC 6066 section 3).
        done = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server.host.c_str()) == 1;
    }
    if (!done) throw base::Outage("OpenSSL takes no name for a server");
}

// What the call that returned `result` needs before it can be made again; with `error` set nothing helps.
TlsChannel::Wants TlsChannel::after(int result, error_code& error) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
            error = {};
            return Wants::nothing;
        case SSL_ERROR_WANT_READ:
            error = {};
            return Wants::to_read;
        case SSL_ERROR_WANT_WRITE:
            error = {};
            return Wants::to_write;
        case SSL_ERROR_ZERO_RETURN:
            error = asio::error::eof;
            return Wants::nothing;
        default:
            note_failure();
            // "It is not allowed to call SSL_shutdown() ... if a previous fatal error has occurred" (SSL_shutdown(3)).
            ended_ = true;
            error = asio::error::connection_aborted;
            return Wants::nothing;
    }
}

void TlsChannel::note_failure() {
    const unsigned long code = ERR_peek_last_error();
    failure_ = end_of(code);
    const char* words = ERR_reason_error_string(code);
    why_ = words == nullptr ? "the connection ended" : words;
    if (failure_ == HandshakeEnd::certificate_refused) {
        why_ = X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
    }
}

asio::awaitable<void> TlsChannel::wait(Wants wants, error_code& error) {
    co_await socket_.async_wait(wants == Wants::to_read ? Socket::wait_read : Socket::wait_write,
                                asio::redirect_error(asio::use_awaitable, error));
}

void TlsChannel::cancel() noexcept {
    cancelled_ = true;
    error_code ignored;  // a socket that cannot be cancelled has nothing to wait for
    socket_.cancel(ignored);
}

asio::awaitable<void> TlsChannel::handshake(error_code& error) {
    for (;;) {
        // The queue belongs to the thread: what another connection left there would be taken for ours.
        ERR_clear_error();
        const Wants wants = after(SSL_do_handshake(ssl_.get()), error);
        if (error) co_return;
        if (wants == Wants::nothing) break;
        co_await wait(wants, error);
        if (cancelled_) error = asio::error::operation_aborted;
        if (error) co_return;
    }
    established_ = true;
}

asio::awaitable<std::size_t> TlsChannel::read_some(asio::mutable_buffer into, error_code& error) {
    // A request seldom waits already; asking first would cost a call in vain.
    Wants wants = has_pending() ? Wants::nothing : Wants::to_read;
    for (;;) {
        if (wants != Wants::nothing) {
            co_await wait(wants, error);
            if (cancelled_) error = asio::error::operation_aborted;
            if (error) co_return 0;
        }
        ERR_clear_error();
        std::size_t got = 0;
        wants = after(SSL_read_ex(ssl_.get(), into.data(), into.size(), &got), error);
        if (wants == Wants::nothing) co_return got;
    }
}

std::size_t TlsChannel::write_some(const Pieces& pieces, error_code& error) {
    const std::size_t total = pieces[0].size() + pieces[1].size();
    if (total == 0) {
        error = {};
        return 0;
    }
    // One record, so that head and body leave in one packet.
    asio::const_buffer whole = pieces[0].size() == 0 ? pieces[1] : pieces[0];
    if (pieces[0].size() != 0 && pieces[1].size() != 0) {
        record_.resize(std::min(total, record_bytes_max));
        asio::buffer_copy(asio::buffer(record_), pieces);
        whole = asio::buffer(record_);
    }
    ERR_clear_error();
    std::size_t sent = 0;
    const std::size_t size = std::min(whole.size(), record_bytes_max);
    const Wants wants = after(SSL_write_ex(ssl_.get(), whole.data(), size, &sent), error);
    if (wants != Wants::nothing) error = asio::error::would_block;
    return error ? 0 : sent;
}

asio::awaitable<std::size_t> TlsChannel::write_all(Pieces pieces, error_code& error) {
    std::size_t written = 0;
    while (pieces[0].size() + pieces[1].size() > 0) {
        const std::size_t sent = write_some(pieces, error);
        if (error == asio::error::would_block) {
            co_await wait(Wants::to_write, error);
        }
        if (error) break;
        written += sent;
        pieces[1] += sent - std::min(sent, pieces[0].size());
        pieces[0] += sent;
    }
    co_return written;
}

void TlsChannel::end() noexcept {
    if (!established_ || std::exchange(ended_, true) || !socket_.is_open()) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // what the socket does not take at once is not waited for
}

bool TlsChannel::has_pending() const {
    return SSL_has_pending(ssl_.get()) == 1;
}

std::shared_ptr<const PeerCertificate> TlsChannel::peer_certificate() const {
    const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr) return nullptr;
    auto made = std::make_shared<PeerCertificate>();
    made->der = der_of(certificate);
    if (const STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl_.get()); chain != nullptr && sk_X509_num(chain) > 1) {
        made->issuer = der_of(sk_X509_value(chain, 1));
    }
    unsigned int digest_bytes = 0;
    if (X509_digest(certificate, EVP_sha256(), made->sha256.data(), &digest_bytes) != 1 ||
        digest_bytes != made->sha256.size()) {
        throw base::Outage("OpenSSL makes no digest");
    }
    made->subject = subject_of(certificate);
    read_alternative_names(certificate, *made);
    return made;
}

}  // namespace kelisim::http
