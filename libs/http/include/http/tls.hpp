// SPDX-License-Identifier: Apache-2.0
// TLS 1.2 and 1.3 as RFC 9325 recommends them. Certificates and keys are PEM files, read anew on demand.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"

struct ssl_ctx_st;

namespace kelisim::http {

struct ServerTlsFiles {
    std::filesystem::path chain;  // our certificate, then those between it and the root
    std::filesystem::path key;    // of our certificate, not encrypted
    // Certificates of authorities. Where given, every peer has to show a certificate under one of them.
    std::filesystem::path client_anchors = {};
    // Revocation lists of their issuers. Where given, a certificate counts only under a list that is there and not too old.
    std::filesystem::path client_crls = {};
};

// Thread-safe.
class ServerTls {
public:
    // Throws base::Outage that names the file and says what is wrong with it: it does not read, key and certificate are no
    // pair, the certificate is not valid now.
    explicit ServerTls(ServerTlsFiles files);
    ~ServerTls();
    ServerTls(const ServerTls&) = delete;
    ServerTls& operator=(const ServerTls&) = delete;

    // Reads the files anew, for connections that begin from now on; those that are open stay as they are. Throws as the
    // constructor, and what was in use then stays in use.
    void reload();
    base::Time expires() const;  // of the certificate that is in use

    std::shared_ptr<ssl_ctx_st> context() const;  // for the rest of this library

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct ClientTlsFiles {
    std::filesystem::path anchors = {};  // empty: those of the system
    // Shown to servers that ask for one; both or none.
    std::filesystem::path chain = {};
    std::filesystem::path key = {};
};

// Thread-safe.
class ClientTls {
public:
    explicit ClientTls(ClientTlsFiles files);  // throws as ServerTls
    ~ClientTls();
    ClientTls(const ClientTls&) = delete;
    ClientTls& operator=(const ClientTls&) = delete;

    void reload();  // as ServerTls

    std::shared_ptr<ssl_ctx_st> context() const;  // for the rest of this library

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kelisim::http
