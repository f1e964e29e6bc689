// SPDX-License-Identifier: Apache-2.0
// Client authentication (RFC 6749 2.3, RFC 7523, RFC 8705): client_secret_basic, client_secret_post, private_key_jwt and
// tls_client_auth.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/message.hpp"
#include "registry/registry.hpp"

namespace kelisim::identity {

extern const base::Reason client_not_authenticated;
extern const base::Reason client_credentials_repeated;

// What a request brought to authenticate its client; each part at most once.
struct Presented {
    std::optional<std::string> authorization = {};  // the header's value
    std::optional<std::string> client_id = {}, client_secret = {};
    std::optional<std::string> assertion_type = {}, assertion = {};
    // Of the connection. It may be there for a token to be bound to it, beside another way.
    std::shared_ptr<const http::PeerCertificate> certificate = {};
};

struct BySecret {
    std::string client_id;
    base::Secret<std::string> secret;
};
struct ByAssertion {
    std::string assertion;
    std::optional<std::string> client_id;  // as sent beside it, which must agree
};
struct ByCertificate {
    std::shared_ptr<const http::PeerCertificate> certificate;  // verified by the listener
    std::optional<std::string>
        client_id;  // where nothing names it, one client alone has to be known by the certificate
};
using Credentials = std::variant<BySecret, ByAssertion, ByCertificate>;

// "The client MUST NOT use more than one authentication method in each request" (RFC 6749 2.3). Basic credentials are
// form-decoded (2.3.1). A certificate is the way where there is no other: then "the client MUST include the client_id
// parameter" (RFC 8705 section 2).
base::Result<Credentials> read_credentials(const Presented& presented);

// Those whose registered name this certificate bears, whatever kind of name it is.
std::vector<const registry::TlsClient*> clients_known_by(const registry::Registry& registry,
                                                         const http::PeerCertificate& certificate);
bool bears(const http::PeerCertificate& certificate, registry::CertificateName kind, std::string_view name);

struct AuthenticatedClient {
    const registry::System* system = nullptr;
    // Of an assertion: to be used once, in a unit, before the client counts as authenticated.
    struct Once {
        std::string jti;
        base::Time expires;
    };
    std::optional<Once> once;
};

// Thread-safe.
class Clients {
public:
    // `audiences`: what an assertion may name as `aud` (issuer, token and backchannel endpoints).
    Clients(const registry::Registry& registry, std::vector<std::string> audiences)
        : registry_(registry), audiences_(std::move(audiences)) {}

    base::Result<AuthenticatedClient> authenticate(const Credentials& credentials, base::Time now) const;

private:
    base::Result<AuthenticatedClient> by_secret(const BySecret& given) const;
    base::Result<AuthenticatedClient> by_assertion(const ByAssertion& given, base::Time now) const;
    base::Result<AuthenticatedClient> by_certificate(const ByCertificate& given) const;

    const registry::Registry& registry_;
    std::vector<std::string> audiences_;
};

}  // namespace kelisim::identity
