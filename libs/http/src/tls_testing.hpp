// SPDX-License-Identifier: Apache-2.0
// For the tests of TLS: authorities and what they sign, files to put them into, and a peer that can be made to do what a
// usual client does not.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing.hpp"

namespace kelisim::http::testing {

template <auto free>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

inline void must(bool fine, const char* what) {
    if (!fine) throw std::runtime_error(what);
}

template <class Write>
std::string pem_of(Write write) {
    const std::unique_ptr<BIO, Free<BIO_free_all>> out(BIO_new(BIO_s_mem()));
    must(write(out.get()) == 1, "no PEM");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

struct Pem {
    std::string certificate, key;
    long serial = 0;
};

// What a certificate says; the defaults are those of a server on loopback that is also a client.
struct Wish {
    std::vector<std::pair<const char*, std::string>> subject = {{"CN", "kelisim.test"}};
    std::string names = "IP:127.0.0.1,DNS:localhost";
    std::string purpose = "serverAuth,clientAuth";
    std::chrono::seconds begins = -1h, ends = 1h;  // from now
    std::string constraints = "CA:FALSE";
    unsigned rsa_bits = 0;  // 0: P-256
};

// An authority with a key of its own, under itself or another one.
class TestAuthority {
public:
    explicit TestAuthority(const std::string& name, const TestAuthority* above = nullptr) : key_(make_key(0)) {
        Wish wish{.subject = {{"CN", name}}, .names = "", .purpose = "", .constraints = "critical,CA:TRUE"};
        certificate_ = sign(wish, key_.get(), above == nullptr ? *this : *above, above == nullptr);
    }

    std::string pem() const {
        return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
    }
    Pem issue(const Wish& wish = {}) const {
        const Key key = make_key(wish.rsa_bits);
        const Certificate made = sign(wish, key.get(), *this, false);
        return {.certificate = pem_of([&](BIO* out) { return PEM_write_bio_X509(out, made.get()); }),
                .key = key_pem(key.get(), nullptr),
                .serial = ASN1_INTEGER_get(X509_get0_serialNumber(made.get()))};
    }
    // A list that names these serial numbers.
    std::string revocations(const std::vector<long>& serials, std::chrono::seconds next = 1h) const {
        const std::unique_ptr<X509_CRL, Free<X509_CRL_free>> list(X509_CRL_new());
        const std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>> now(X509_gmtime_adj(nullptr, -60)),
            then(X509_gmtime_adj(nullptr, next.count()));
        must(X509_CRL_set_version(list.get(), 1) == 1 &&
                 X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get())) == 1 &&
                 X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 &&
                 X509_CRL_set1_nextUpdate(list.get(), then.get()) == 1,
             "no CRL");
        for (const long serial : serials) {
            X509_REVOKED* entry = X509_REVOKED_new();
            const std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER_free>> number(ASN1_INTEGER_new());
            must(ASN1_INTEGER_set(number.get(), serial) == 1 &&
                     X509_REVOKED_set_serialNumber(entry, number.get()) == 1 &&
                     X509_REVOKED_set_revocationDate(entry, now.get()) == 1 &&
                     X509_CRL_add0_revoked(list.get(), entry) == 1,
                 "no entry");
        }
        must(X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0, "no signature");
        return pem_of([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
    }
    static std::string encrypted(const std::string& key_text) {
        const std::unique_ptr<BIO, Free<BIO_free_all>> in(
            BIO_new_mem_buf(key_text.data(), static_cast<int>(key_text.size())));
        const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
        return key_pem(key.get(), EVP_aes_256_cbc());
    }

private:
    static Key make_key(unsigned rsa_bits) { return Key(rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(rsa_bits)); }
    static std::string key_pem(EVP_PKEY* key, const EVP_CIPHER* cipher) {
        return pem_of([&](BIO* out) {
            return PEM_write_bio_PKCS8PrivateKey(out, key, cipher, cipher == nullptr ? nullptr : "word",
                                                 cipher == nullptr ? 0 : 4, nullptr, nullptr);
        });
    }
    static void extend(X509* certificate, X509* issuer, int extension, const std::string& value) {
        if (value.empty()) return;
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
        const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> made(
            X509V3_EXT_conf_nid(nullptr, &context, extension, value.c_str()));
        must(made && X509_add_ext(certificate, made.get(), -1) == 1, "no extension");
    }
    static Certificate sign(const Wish& wish, EVP_PKEY* key, const TestAuthority& by, bool itself) {
        static long serial = 1000;
        Certificate made(X509_new());
        X509_NAME* name = X509_get_subject_name(made.get());
        for (const auto& [type, value] : wish.subject) {
            must(X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                                            reinterpret_cast<const unsigned char*>(value.data()),
                                            static_cast<int>(value.size()), -1, 0) == 1,
                 "no name");
        }
        X509* issuer = itself ? made.get() : by.certificate_.get();
        must(X509_set_version(made.get(), 2) == 1 &&
                 ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial) == 1 &&
                 X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1 &&
                 X509_gmtime_adj(X509_getm_notBefore(made.get()), wish.begins.count()) != nullptr &&
                 X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.ends.count()) != nullptr &&
                 X509_set_pubkey(made.get(), key) == 1,
             "no certificate");
        extend(made.get(), issuer, NID_basic_constraints, wish.constraints);
        extend(made.get(), issuer, NID_subject_key_identifier, "hash");
        extend(made.get(), issuer, NID_subject_alt_name, wish.names);
        extend(made.get(), issuer, NID_ext_key_usage, wish.purpose);
        must(X509_sign(made.get(), by.key_.get(), EVP_sha256()) > 0, "no signature");
        return made;
    }

    Key key_;
    Certificate certificate_;
};

// A directory that goes with the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "kelisim-tls-XXXXXX").string();
        must(::mkdtemp(name.data()) != nullptr, "no directory");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    std::filesystem::path put(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return path_ / name;
    }
    std::filesystem::path at(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

// OpenSSL's own way to a socket raises it, which what is tested does not use.
inline void without_sigpipe_on_this_thread() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

// How a peer behaves.
struct Manner {
    int version_min = TLS1_2_VERSION, version_max = TLS1_3_VERSION;
    const char* suites = nullptr;  // of TLS 1.2
    std::string_view protocols = std::string_view("\x08http/1.1");
    std::optional<Pem> shown = {};   // its own certificate
    std::string anchors = {};        // whom it trusts; empty: anybody
    SSL_SESSION* session = nullptr;  // to be resumed
};

// A blocking client on loopback that waits at most some seconds for anything.
class TlsPeer {
public:
    explicit TlsPeer(std::uint16_t port, const Manner& manner = {}) : context_(SSL_CTX_new(TLS_client_method())) {
        without_sigpipe_on_this_thread();
        SSL_CTX* context = context_.get();
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, manner.version_min);
        SSL_CTX_set_max_proto_version(context, manner.version_max);
        if (manner.suites != nullptr) SSL_CTX_set_cipher_list(context, manner.suites);
        if (!manner.anchors.empty()) trust(manner.anchors);
        if (manner.shown) show(*manner.shown);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        ssl_.reset(SSL_new(context));
        if (!manner.protocols.empty()) {
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(manner.protocols.data()),
                                static_cast<unsigned>(manner.protocols.size()));
        }
        if (manner.session != nullptr) SSL_set_session(ssl_.get(), manner.session);
        descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval wait{.tv_sec = 5, .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        must(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "connect");
        SSL_set_fd(ssl_.get(), descriptor_);
        connected_ = SSL_connect(ssl_.get()) == 1;
    }
    TlsPeer(const TlsPeer&) = delete;
    TlsPeer& operator=(const TlsPeer&) = delete;
    ~TlsPeer() { cut(); }

    // Of its own side: a server of TLS 1.3 may refuse later.
    bool connected() const { return connected_; }
    SSL* ssl() const { return ssl_.get(); }
    std::string_view version() const { return SSL_get_version(ssl_.get()); }

    bool send(std::string_view bytes) const {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    }
    // What comes until the end.
    std::string until_closed() {
        std::string all(64 * 1024, '\0');
        std::size_t size = 0;
        for (;;) {
            const int got = SSL_read(ssl_.get(), all.data() + size, static_cast<int>(all.size() - size));
            if (got <= 0) {
                last_ = SSL_get_error(ssl_.get(), got);
                break;
            }
            size += static_cast<std::size_t>(got);
            if (size == all.size()) all.resize(2 * size);
        }
        all.resize(size);
        return all;
    }
    // The next answer with Content-Length; what came, when the connection ends.
    std::string response() {
        std::string taken;
        std::array<char, 4096> part{};
        for (;;) {
            const auto end = taken.find("\r\n\r\n");
            const auto length = taken.find("Content-Length: ");
            if (end != std::string::npos && length < end && taken.size() >= end + 4 + number_at(taken, length + 16)) {
                return taken;
            }
            const int got = SSL_read(ssl_.get(), part.data(), static_cast<int>(part.size()));
            if (got <= 0) {
                last_ = SSL_get_error(ssl_.get(), got);
                return taken;
            }
            taken.append(part.data(), static_cast<std::size_t>(got));
        }
    }
    // Whether the other side said its end.
    bool ended_in_order() const { return last_ == SSL_ERROR_ZERO_RETURN; }
    void say_end() const { SSL_shutdown(ssl_.get()); }
    void cut() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    // The alert that came, as SSL_alert_desc_string_long names it.
    static std::string error() {
        const unsigned long code = ERR_peek_last_error();
        const char* words = ERR_reason_error_string(code);
        return words == nullptr ? "" : words;
    }
    std::string certificate() const {
        const X509* shown = SSL_get0_peer_certificate(ssl_.get());
        return shown == nullptr ? "" : pem_of([&](BIO* out) { return PEM_write_bio_X509(out, shown); });
    }

private:
    void trust(const std::string& anchors) {
        const std::unique_ptr<BIO, Free<BIO_free_all>> in(
            BIO_new_mem_buf(anchors.data(), static_cast<int>(anchors.size())));
        const Certificate anchor(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), anchor.get());
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    }
    void show(const Pem& pem) {
        const std::unique_ptr<BIO, Free<BIO_free_all>> in(
            BIO_new_mem_buf(pem.certificate.data(), static_cast<int>(pem.certificate.size()))),
            key_in(BIO_new_mem_buf(pem.key.data(), static_cast<int>(pem.key.size())));
        const Certificate own(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        const Key key(PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr));
        SSL_CTX_use_certificate(context_.get(), own.get());
        SSL_CTX_use_PrivateKey(context_.get(), key.get());
        while (X509* further = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
            SSL_CTX_add0_chain_cert(context_.get(), further);
        ERR_clear_error();
    }

    std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, Free<SSL_free>> ssl_;
    int descriptor_ = -1;
    bool connected_ = false;
    int last_ = SSL_ERROR_NONE;
};

}  // namespace kelisim::http::testing
