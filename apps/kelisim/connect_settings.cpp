// SPDX-License-Identifier: Apache-2.0
#include "connect_settings.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/text.hpp"
#include "commands.hpp"
#include "terminal.hpp"

namespace kelisim::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_bytes_max = 64 * 1024, template_bytes_max = file_bytes_max;
constexpr std::size_t secret_characters_min = 32;

std::string words(const base::Refusal& refusal) {
    return std::string(refusal.first().text.en);
}

// An address, not a name that begins like one.
bool is_loopback(std::string_view host) {
    const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || host == "::1" || host == "[::1]" || (numeric && host.starts_with("127."));
}

// As keys of services and ids of clients are; they stand in addresses.
bool is_name(std::string_view text) {
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~").find(c) != std::string_view::npos;
    });
}

bool is_path(std::string_view text) {
    return !text.empty() && text.front() != '/' && http::unambiguous_path("/" + std::string(text)) &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; });
}

std::optional<std::string> objection_to_url(const std::string& url) {
    const auto origin = http::parse_http_origin(url);
    if (!origin) return "gateway.url must be https://host:port: " + url;
    if (!origin->tls && !is_loopback(origin->host))
        return "gateway.url must begin with https: personal data do not travel unprotected to " + origin->host;
    return std::nullopt;
}

void add_soap_objections(const config::Config& config, std::vector<std::string>& wrong) {
    for (const auto* key : {"soap.template", "soap.key"}) {
        if (config.text(key).empty()) wrong.push_back(std::string(key) + " must name a file for the wire soap");
    }
    if (config.list("gateway.certificates").empty())
        wrong.push_back("gateway.certificates must name a file for the wire soap");
    if (config.text("soap.sender").empty()) wrong.push_back("soap.sender must be the key of your system");
    const std::string& path = config.text("soap.path");
    if (!path.starts_with('/') || !is_path(path.substr(1)))
        wrong.push_back("soap.path must be the path of an end point, such as /bip-sync-wss-gost/");
}

}  // namespace

std::vector<std::string> objections_to(const config::Config& config) {
    std::vector<std::string> wrong;
    if (auto url = objection_to_url(config.text("gateway.url"))) wrong.push_back(std::move(*url));
    if (!is_name(config.text("service.key")))
        wrong.push_back("service.key must be the key of a service at the gateway");
    if (!is_path(config.text("service.path")))
        wrong.push_back("service.path must be the rest of a path, such as person");
    if (!is_name(config.text("client.id"))) wrong.push_back("client.id must be the client id of your system");
    const bool certificate = !config.text("core.tls_certificate").empty();
    if (certificate == config.text("core.tls_key").empty())
        wrong.push_back("core.tls_certificate and core.tls_key are given together or not at all");
    if (!certificate && !is_loopback(config.text("core.address")))
        wrong.push_back(
            "core.address is not of this machine: personal data would travel unprotected. Give "
            "core.tls_certificate and core.tls_key, or 127.0.0.1");
    if (config.text("service.wire") == "soap") add_soap_objections(config, wrong);
    for (const auto* key : {"client.key", "core.secret", "kept.directory", "kept.key"}) {
        if (config.text(key).empty()) wrong.push_back(std::string(key) + " must name a file");
    }
    return wrong;
}

std::string ConnectFiles::private_bytes(std::string_view key) const {
    const fs::path file = at(key);
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) throw base::Outage(std::string(key) + ": there is no " + file.string());
    if ((status.st_mode & 077) != 0)
        throw base::Outage(file.string() + ": others can read it; make it yours alone with chmod 600");
    return read_bounded(file, file_bytes_max);
}

std::string ConnectFiles::private_text(std::string_view key) const {
    std::string text = private_bytes(key);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

token::SigningKey ConnectFiles::client_key() const {
    auto key = crypto::PrivateKey::from_pem(base::Secret<std::string>(private_text("client.key") + "\n"));
    if (!key) throw base::Outage(at("client.key").string() + ": is no private key in PEM");
    const auto with =
        key->public_key().fits(crypto::Algorithm::es256) ? crypto::Algorithm::es256 : crypto::Algorithm::rs256;
    return token::SigningKey(std::move(*key), with);
}

base::Secret<std::string> ConnectFiles::secret() const {
    base::Secret<std::string> secret(private_text("core.secret"));
    if (secret.reveal().size() < secret_characters_min)
        throw base::Outage(at("core.secret").string() + ": the secret has fewer than 32 characters");
    return secret;
}

crypto::SealKey ConnectFiles::seal_key() const {
    const auto bytes = base::from_base64url(private_text("kept.key"));
    crypto::KeyBytes key{};
    if (!bytes || bytes->size() != key.size())
        throw base::Outage(at("kept.key").string() + ": is no key; kelisim connect init makes one");
    std::ranges::copy(*bytes, key.begin());
    return crypto::SealKey(key);
}

http::ClientTlsFiles ConnectFiles::gateway_anchors() const {
    if (config_.text("gateway.anchors").empty()) return {};
    return {.anchors = at("gateway.anchors"), .chain = {}, .key = {}};
}

std::optional<token::KeySet> ConnectFiles::gateway_keys() const {
    if (config_.text("gateway.keys").empty()) return std::nullopt;
    auto keys = token::KeySet::from_text(read_bounded(at("gateway.keys"), file_bytes_max));
    if (keys.keys().empty())
        throw base::Outage(at("gateway.keys").string() + ": holds no key for signatures (RFC 7517)");
    return keys;
}

base::Secret<std::string> ConnectFiles::private_text_if_any(std::string_view key) const {
    return base::Secret<std::string>(config_.text(key).empty() ? std::string() : private_text(key));
}

connector::MessageTemplate ConnectFiles::message_template() const {
    auto read = connector::MessageTemplate::parse(read_bounded(at("soap.template"), template_bytes_max));
    if (read.has_error()) throw base::Outage(at("soap.template").string() + ": " + words(read.error()));
    return std::move(*read);
}

trust::SigningKey ConnectFiles::organisation_key(base::Entropy& entropy) const {
    base::Secret<std::string> file(private_bytes("soap.key"));
    const base::Secret<std::string> passphrase = private_text_if_any("soap.passphrase");
    const bool pem = file.reveal().find("-----BEGIN") != std::string::npos;
    auto key = pem ? trust::SigningKey::from_pem(file, passphrase, "", entropy)
                   : trust::SigningKey::from_pkcs12(base::as_bytes(file.reveal()), passphrase, entropy);
    if (key.has_error()) throw base::Outage(at("soap.key").string() + ": " + words(key.error()));
    return std::move(*key);
}

base::Secret<std::string> ConnectFiles::sender_password() const {
    return private_text_if_any("soap.password");
}

std::vector<trust::Certificate> ConnectFiles::gateway_certificates() const {
    std::vector<trust::Certificate> certificates;
    for (const std::string& name : config_.list("gateway.certificates")) {
        const fs::path file = directory_ / name;
        auto one = trust::Certificate::from_any(base::as_bytes(read_bounded(file, file_bytes_max)));
        if (!one) throw base::Outage(file.string() + ": holds no certificate");
        certificates.push_back(std::move(*one));
    }
    return certificates;
}

std::optional<http::ServerTlsFiles> ConnectFiles::certificate() const {
    if (config_.text("core.tls_certificate").empty()) return std::nullopt;
    return http::ServerTlsFiles{
        .chain = at("core.tls_certificate"), .key = at("core.tls_key"), .client_anchors = {}, .client_crls = {}};
}

}  // namespace kelisim::app
