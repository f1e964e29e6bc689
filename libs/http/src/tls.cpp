// SPDX-License-Identifier: Apache-2.0
#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <chrono>
#include <fstream>
#include <mutex>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace kelisim::http {

namespace {

namespace limits = base::limits;
using std::filesystem::path;

template <auto free>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using RevocationList = std::unique_ptr<X509_CRL, Free<X509_CRL_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Context = std::shared_ptr<SSL_CTX>;

[[noreturn]] void refuse(const path& file, std::string_view what) {
    ERR_clear_error();
    throw base::Outage(file.string() + ": " + std::string(what));
}

void require(bool fine, const char* what) {
    if (fine) return;
    ERR_clear_error();
    throw base::Outage(what);
}

std::string read_file(const path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(limits::tls_file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || in.gcount() == 0) refuse(file, "cannot be read, or is empty");
    if (!in.eof()) refuse(file, "is too large");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

// Nobody is asked for a passphrase: a server starts by itself.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

// Every object of one kind in a file, and at least one.
template <class Object, class Read>
std::vector<Object> read_all(const path& file, Read read, std::string_view none) {
    const std::string text = read_file(file);
    const Memory in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    require(in != nullptr, "OpenSSL has no memory");
    std::vector<Object> all;
    for (;;) {
        ERR_clear_error();
        Object object(read(in.get(), nullptr, no_passphrase, nullptr));
        if (!object) break;
        all.push_back(std::move(object));
    }
    // The end is told as a missing start line; anything else is an object that does not read.
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) refuse(file, "holds what does not read as PEM");
    if (all.empty()) refuse(file, none);
    ERR_clear_error();
    return all;
}

std::vector<Certificate> read_certificates(const path& file) {
    return read_all<Certificate>(file, PEM_read_bio_X509, "holds no certificate");
}

PrivateKey read_key(const path& file) {
    const std::string text = read_file(file);
    const Memory in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    require(in != nullptr, "OpenSSL has no memory");
    PrivateKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
    if (!key) refuse(file, "holds no private key, or one under a passphrase");
    return key;
}

// What proves who we are.
struct Identity {
    std::vector<Certificate> chain;
    PrivateKey key;
};

Identity read_identity(const path& chain, const path& key) {
    Identity identity{.chain = read_certificates(chain), .key = read_key(key)};
    const X509* own = identity.chain.front().get();
    if (X509_check_private_key(own, identity.key.get()) != 1) {
        refuse(key, "is not the key of the first certificate of " + chain.string());
    }
    if (X509_cmp_current_time(X509_get0_notAfter(own)) <= 0) refuse(chain, "the certificate has expired");
    if (X509_cmp_current_time(X509_get0_notBefore(own)) >= 0) refuse(chain, "the certificate is not valid yet");
    return identity;
}

base::Time end_of(const X509* certificate) {
    std::tm end{};
    require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1, "a certificate without an end");
    const auto day = std::chrono::year{end.tm_year + 1900} / (end.tm_mon + 1) / end.tm_mday;
    return base::Time{std::chrono::sys_days{day} + std::chrono::hours{end.tm_hour} + std::chrono::minutes{end.tm_min} +
                      std::chrono::seconds{end.tm_sec}};
}

Context make_context(const SSL_METHOD* method) {
    Context context(SSL_CTX_new(method), Free<SSL_CTX_free>{});
    SSL_CTX* raw = context.get();
    require(raw != nullptr, "OpenSSL makes no context");
    // RFC 9325 3.1.1: "Implementations MUST NOT negotiate TLS version 1.1"; 4.2: "cipher suites ... that offer forward
    // secrecy" and authenticated encryption, of TLS 1.2; those of TLS 1.3 are such by themselves. Level 2 refuses RSA below
    // 2048 bits, SHA-1 and what is as weak.
    constexpr const char* suites =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:"
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
    SSL_CTX_set_security_level(raw, 2);
    require(SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1 && SSL_CTX_set_cipher_list(raw, suites) == 1 &&
                SSL_CTX_set1_groups_list(raw, "X25519:P-256:P-384") == 1,
            "OpenSSL does not know the suites of RFC 9325");
    // Compression tells what is compressed with it (RFC 9325 3.3); a renegotiated connection is another one (3.5).
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A write may be tried again from other memory, and an idle connection keeps no buffers of 16 KiB.
    SSL_CTX_set_mode(raw,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(raw, 1);  // a record in one call, not its header and its rest
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    return context;
}

void use_identity(SSL_CTX* context, const Identity& identity, const path& chain) {
    if (SSL_CTX_use_certificate(context, identity.chain.front().get()) != 1) {
        refuse(chain, "the certificate is not taken: its key or its signature is too weak");
    }
    require(SSL_CTX_use_PrivateKey(context, identity.key.get()) == 1, "OpenSSL takes no key");
    for (std::size_t i = 1; i < identity.chain.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, identity.chain[i].get()) != 1) {
            refuse(chain, "a certificate of the chain is not taken: its key or its signature is too weak");
        }
    }
}

// An authority in the middle of a chain may be an anchor as well: an operator trusts it and no sister of it.
void trust(SSL_CTX* context, const std::vector<Certificate>& anchors) {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    for (const Certificate& anchor : anchors)
        require(X509_STORE_add_cert(store, anchor.get()) == 1, "OpenSSL takes no anchor");
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

constexpr unsigned char http11[] = "\x08http/1.1";
constexpr unsigned int http11_bytes = sizeof http11 - 1;

// RFC 7301 3.2: "In the event that the server supports no protocols that the client advertises, then the server SHALL
// respond with a fatal "no_application_protocol" alert." One protocol read as another is how ALPACA works.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes, const unsigned char* offered,
                    unsigned int offered_bytes, void*) {
    unsigned char* found = nullptr;
    const int result = SSL_select_next_proto(&found, chosen_bytes, http11, http11_bytes, offered, offered_bytes);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Everything that a server's context is made of.
struct ServerMaterial {
    Identity identity;
    std::vector<Certificate> client_anchors;
    std::vector<RevocationList> client_crls;
};

ServerMaterial read_material(const ServerTlsFiles& files) {
    ServerMaterial material{.identity = read_identity(files.chain, files.key), .client_anchors = {}, .client_crls = {}};
    if (!files.client_anchors.empty()) material.client_anchors = read_certificates(files.client_anchors);
    if (!files.client_crls.empty()) {
        material.client_crls =
            read_all<RevocationList>(files.client_crls, PEM_read_bio_X509_CRL, "holds no revocation list");
    }
    return material;
}

void ask_for_certificates(SSL_CTX* context, const ServerMaterial& material) {
    trust(context, material.client_anchors);
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    for (const RevocationList& list : material.client_crls)
        require(X509_STORE_add_crl(store, list.get()) == 1, "OpenSSL takes no revocation list");
    if (!material.client_crls.empty()) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    for (const Certificate& anchor : material.client_anchors)
        require(SSL_CTX_add_client_CA(context, anchor.get()) == 1, "OpenSSL takes no name of an anchor");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_verify_depth(context, limits::tls_chain_max);
    // A resumed session is not verified again: each connection shows its certificate, so that one that has expired or whose
    // anchor was taken away ends with the connection.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

Context server_context(const ServerMaterial& material, const path& chain) {
    Context context = make_context(TLS_server_method());
    use_identity(context.get(), material.identity, chain);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    // "session ticket validity SHOULD be limited to a reasonable duration (e.g., half as long as ticket key validity)"
    // (RFC 9325 3.4).
    SSL_CTX_set_timeout(context.get(), std::chrono::seconds{limits::tls_ticket_key_life}.count() / 2);
    if (!material.client_anchors.empty()) ask_for_certificates(context.get(), material);
    return context;
}

}  // namespace

struct ServerTls::Impl {
    const ServerTlsFiles files;
    mutable std::mutex mutex;
    ServerMaterial material;
    Context context;
    std::chrono::steady_clock::time_point made;

    void use(ServerMaterial&& read) {
        Context fresh = server_context(read, files.chain);
        const std::lock_guard lock(mutex);
        material = std::move(read);
        context = std::move(fresh);
        made = std::chrono::steady_clock::now();
    }
};

ServerTls::ServerTls(ServerTlsFiles files) : impl_(new Impl{std::move(files), {}, {}, {}, {}}) {
    impl_->use(read_material(impl_->files));
}

ServerTls::~ServerTls() = default;

void ServerTls::reload() {
    impl_->use(read_material(impl_->files));
}

base::Time ServerTls::expires() const {
    const std::lock_guard lock(impl_->mutex);
    return end_of(impl_->material.identity.chain.front().get());
}

// "Ticket keys MUST be changed regularly, e.g., once every week, so as not to negate the benefits of forward secrecy" (RFC
// 9325 3.4). They live and die with their context.
std::shared_ptr<ssl_ctx_st> ServerTls::context() const {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(impl_->mutex);
    if (now - impl_->made > limits::tls_ticket_key_life) {
        impl_->context = server_context(impl_->material, impl_->files.chain);
        impl_->made = now;
    }
    return impl_->context;
}

struct ClientTls::Impl {
    const ClientTlsFiles files;
    mutable std::mutex mutex;
    Context context;

    void read() {
        Context fresh = make_context(TLS_client_method());
        if (files.anchors.empty()) {
            require(SSL_CTX_set_default_verify_paths(fresh.get()) == 1, "the system has no anchors");
        } else {
            trust(fresh.get(), read_certificates(files.anchors));
        }
        if (files.chain.empty() != files.key.empty())
            throw base::Outage("a certificate needs its key, and a key its certificate");
        if (!files.chain.empty()) use_identity(fresh.get(), read_identity(files.chain, files.key), files.chain);
        SSL_CTX_set_verify(fresh.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_verify_depth(fresh.get(), limits::tls_chain_max);
        require(SSL_CTX_set_alpn_protos(fresh.get(), http11, http11_bytes) == 0, "OpenSSL takes no protocol");
        const std::lock_guard lock(mutex);
        context = std::move(fresh);
    }
};

ClientTls::ClientTls(ClientTlsFiles files) : impl_(new Impl{std::move(files), {}, {}}) {
    impl_->read();
}

ClientTls::~ClientTls() = default;

void ClientTls::reload() {
    impl_->read();
}

std::shared_ptr<ssl_ctx_st> ClientTls::context() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->context;
}

}  // namespace kelisim::http
