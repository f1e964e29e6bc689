// SPDX-License-Identifier: Apache-2.0
#include "identity/clients.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "claims.hpp"
#include "crypto/hash.hpp"
#include "http/form.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"

namespace kelisim::identity {

using base::Kind;
using base::Result;

const base::Reason client_not_authenticated{
    "client_not_authenticated",
    Kind::unauthenticated,
    "RFC 6749 section 5.2",
    {"Клиент жүйе расталмады.", "Система-клиент не подтверждена.", "The client is not authenticated."}};
const base::Reason client_credentials_repeated{
    "client_credentials_repeated",
    Kind::invalid,
    "RFC 6749 section 2.3",
    {"Клиентті растау тәсілі біреу болуы керек.", "Способ подтверждения клиента должен быть один.",
     "A request uses one way of client authentication."}};

namespace {

constexpr std::string_view jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

bool is_basic(std::string_view value) {
    constexpr std::string_view scheme = "basic ";
    return value.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), value.begin(), [](char a, char b) { return a == (b | 0x20); });
}

Result<Credentials> read_basic(std::string_view value) {
    const auto decoded = base::from_base64(value.substr(value.find(' ') + 1));
    if (!decoded) return base::Refusal(client_not_authenticated);
    const std::string_view pair = base::as_text(*decoded);
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos) return base::Refusal(client_not_authenticated);
    auto id = http::form_decode(pair.substr(0, colon));
    auto secret = http::form_decode(pair.substr(colon + 1));
    if (!id || !secret) return base::Refusal(client_not_authenticated);
    return Credentials{BySecret{std::move(*id), base::Secret<std::string>(std::move(*secret))}};
}

// RFC 7523 section 3, items 4 to 6; a lifetime over the limit would keep its jti in the store as long.
bool timely(const boost::json::object& payload, base::Time now) {
    const auto expires = time_of(payload, "exp");
    if (!expires || now >= *expires + base::limits::clock_skew) return false;
    if (*expires > now + base::limits::client_assertion_life_max + base::limits::clock_skew) return false;
    for (const std::string_view name : {"nbf", "iat"}) {
        if (!payload.contains(name)) continue;
        const auto begins = time_of(payload, name);
        if (!begins || *begins > now + base::limits::clock_skew) return false;
    }
    return true;
}

bool same_address(const std::string& a, const std::string& b) {
    boost::system::error_code bad_a, bad_b;
    const auto address_a = boost::asio::ip::make_address(a, bad_a), address_b = boost::asio::ip::make_address(b, bad_b);
    return !bad_a && !bad_b && address_a == address_b;
}

}  // namespace

// Names of a certificate are compared whole: no wildcards, no part of a subject.
bool bears(const http::PeerCertificate& certificate, registry::CertificateName kind, std::string_view name) {
    const registry::TlsClient wanted{.client_id = {}, .kind = kind, .name = std::string(name)};
    const auto same = [&](const std::string& each) { return registry::same_name(wanted, kind, each); };
    const auto among = [&](const std::vector<std::string>& names) {
        return std::any_of(names.begin(), names.end(), same);
    };
    switch (kind) {
        case registry::CertificateName::subject_dn:
            return same(certificate.subject);
        case registry::CertificateName::san_dns:
            return among(certificate.dns);
        case registry::CertificateName::san_uri:
            return among(certificate.uris);
        case registry::CertificateName::san_ip:
            return std::any_of(certificate.addresses.begin(), certificate.addresses.end(),
                               [&](const std::string& address) { return same_address(address, wanted.name); });
        case registry::CertificateName::san_email:
            return among(certificate.emails);
    }
    return false;
}

std::vector<const registry::TlsClient*> clients_known_by(const registry::Registry& registry,
                                                         const http::PeerCertificate& certificate) {
    std::vector<const registry::TlsClient*> known = registry.tls_clients();
    std::erase_if(known, [&](const registry::TlsClient* each) { return !bears(certificate, each->kind, each->name); });
    return known;
}

Result<Credentials> read_credentials(const Presented& presented) {
    const bool post = presented.client_secret.has_value();
    const bool asserted = presented.assertion.has_value() || presented.assertion_type.has_value();
    const int ways =
        static_cast<int>(presented.authorization.has_value()) + static_cast<int>(post) + static_cast<int>(asserted);
    if (ways > 1) return base::Refusal(client_credentials_repeated);
    if (asserted) {
        if (presented.assertion_type != jwt_bearer || !presented.assertion)
            return base::Refusal(client_not_authenticated);
        return Credentials{ByAssertion{*presented.assertion, presented.client_id}};
    }
    if (post) {
        if (!presented.client_id) return base::Refusal(client_not_authenticated);
        return Credentials{BySecret{*presented.client_id, base::Secret<std::string>(*presented.client_secret)}};
    }
    if (!presented.authorization && presented.certificate && presented.client_id) {
        return Credentials{ByCertificate{presented.certificate, presented.client_id}};
    }
    if (!presented.authorization || !is_basic(*presented.authorization)) return base::Refusal(client_not_authenticated);
    auto basic = read_basic(*presented.authorization);
    if (basic.has_value() && presented.client_id && std::get<BySecret>(*basic).client_id != *presented.client_id) {
        return base::Refusal(client_not_authenticated);
    }
    return basic;
}

Result<AuthenticatedClient> Clients::authenticate(const Credentials& credentials, base::Time now) const {
    if (const auto* secret = std::get_if<BySecret>(&credentials)) return by_secret(*secret);
    if (const auto* certificate = std::get_if<ByCertificate>(&credentials)) return by_certificate(*certificate);
    return by_assertion(std::get<ByAssertion>(credentials), now);
}

Result<AuthenticatedClient> Clients::by_certificate(const ByCertificate& given) const {
    auto known = clients_known_by(registry_, *given.certificate);
    if (given.client_id) {
        std::erase_if(known, [&](const registry::TlsClient* each) { return each->client_id != *given.client_id; });
    }
    if (known.size() != 1) return base::Refusal(client_not_authenticated);
    return AuthenticatedClient{.system = registry_.system_of_client(known.front()->client_id), .once = {}};
}

Result<AuthenticatedClient> Clients::by_secret(const BySecret& given) const {
    const registry::ClientCredential* credential = registry_.credential(given.client_id);
    const registry::System* system = registry_.system_of_client(given.client_id);
    // The digest is made for an unknown client too: an answer takes as long for one as for the other.
    const std::string digest = base::to_base64url(crypto::sha256(base::as_bytes(given.secret.reveal())));
    const bool right = credential != nullptr && system != nullptr && !credential->secret_sha256.empty() &&
                       crypto::equal_constant_time(base::as_bytes(digest), base::as_bytes(credential->secret_sha256));
    if (!right) return base::Refusal(client_not_authenticated);
    return AuthenticatedClient{.system = system, .once = {}};
}

Result<AuthenticatedClient> Clients::by_assertion(const ByAssertion& given, base::Time now) const {
    const base::Refusal refused(client_not_authenticated);
    const auto unverified = token::read_unverified(given.assertion);
    if (unverified.has_error()) return refused;
    const auto claimed = json::text(unverified->payload, "sub");
    if (!claimed.has_value()) return refused;
    const registry::ClientCredential* credential = registry_.credential(*claimed);
    const registry::System* system = registry_.system_of_client(*claimed);
    if (credential == nullptr || system == nullptr || credential->jwks.empty()) return refused;
    const auto payload = token::verify(given.assertion, token::KeySet::from_text(credential->jwks), "");
    if (payload.has_error()) return refused;

    const auto issuer = json::text(*payload, "iss");
    const auto jti = json::text(*payload, "jti", base::limits::name_bytes_max);
    const auto audiences = audiences_of(*payload);
    const bool meant = std::any_of(audiences.begin(), audiences.end(), [&](const std::string& audience) {
        return std::find(audiences_.begin(), audiences_.end(), audience) != audiences_.end();
    });
    // RFC 7523 section 3, items 1 to 3 and 7: both iss and sub are the client_id, aud is us, jti is there.
    const bool own = issuer.has_value() && *issuer == *claimed && jti.has_value() && !jti->empty() && meant;
    const bool agrees = !given.client_id || *given.client_id == *claimed;
    if (!own || !agrees || !timely(*payload, now)) return refused;
    return AuthenticatedClient{
        .system = system,
        .once = AuthenticatedClient::Once{.jti = std::string(*jti),
                                          .expires = *time_of(*payload, "exp") + base::limits::clock_skew}};
}

}  // namespace kelisim::identity
