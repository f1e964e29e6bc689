// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <fstream>
#include <iterator>

#include "authority/authority.hpp"
#include "base/text.hpp"

namespace kelisim::app {

namespace {

constexpr telemetry::Message reloaded{"GATEWAY_KEYS_RELOADED", telemetry::Level::info};
constexpr telemetry::Message refused{"GATEWAY_KEYS_REFUSED", telemetry::Level::error};

const base::Iin operator_iin = base::Iin::parse("450810100013").value();  // who stands for it in the sandbox
constexpr std::string_view operator_bin = "000140000072";

std::string read_file(const std::string& path, std::string_view key) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) throw base::Outage(std::string(key) + ": cannot be read: " + path);
    return text;
}

base::Secret<std::string> secret_of(const config::Config& config) {
    constexpr std::string_view key = "gateway.signing_passphrase";
    if (config.text(key).empty()) return {};
    std::string text = read_file(config.text(key), key);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return base::Secret(std::move(text));
}

std::string certificates_of(const config::Config& config) {
    constexpr std::string_view key = "gateway.signing_certificates";
    return config.text(key).empty() ? std::string() : read_file(config.text(key), key);
}

trust::SigningKey taken(base::Result<trust::SigningKey> key, std::string_view from) {
    if (key.has_error()) throw base::Outage(std::string(from) + ": " + std::string(key.error().first().code));
    return std::move(*key);
}

trust::Certificate certificate_in(const std::string& file) {
    constexpr std::string_view key = "gateway.known_certificates";
    auto certificate = trust::Certificate::from_any(base::as_bytes(read_file(file, key)));
    if (!certificate) throw base::Outage(std::string(key) + ": holds no certificate: " + file);
    return std::move(*certificate);
}

trust::SigningKey in_file(const std::string& file, const config::Config& config, base::Entropy& entropy) {
    std::string bytes = read_file(file, "gateway.signing_keys");
    const bool pem = bytes.find("-----BEGIN") != std::string::npos;
    return taken(pem ? trust::SigningKey::from_pem(base::Secret(std::move(bytes)), secret_of(config),
                                                   certificates_of(config), entropy)
                     : trust::SigningKey::from_pkcs12(base::as_bytes(bytes), secret_of(config), entropy),
                 file);
}

trust::SigningKey on_token(const config::Config& config, base::Entropy& entropy) {
    return taken(trust::SigningKey::from_token({.module = config.text("gateway.token_module"),
                                                .token = config.text("gateway.token_label"),
                                                .key = config.text("gateway.token_key"),
                                                .pin = secret_of(config)},
                                               certificates_of(config), entropy),
                 "gateway.token_module");
}

trust::SigningKey of_this_start(const DataDirectory& directory, base::Entropy& entropy, base::Time now) {
    const authority::SandboxAuthority authority(directory.sandbox_authority_seed(entropy));
    const base::Bytes file = authority.issue({.iin = operator_iin,
                                              .name = "ШЛЮЗ",
                                              .bin = std::string(operator_bin),
                                              .organisation = "ОПЕРАТОР",
                                              .office = authority::SandboxAuthority::Office::system},
                                             "of this start", now, entropy);
    return taken(trust::SigningKey::from_pkcs12(file, base::Secret(std::string("of this start")), entropy), "sandbox");
}

}  // namespace

std::vector<trust::Certificate> known_certificates(const config::Config& config) {
    std::vector<trust::Certificate> known;
    for (const std::string& file : config.list("gateway.known_certificates"))
        known.push_back(certificate_in(file));
    return known;
}

trust::Authorities trusted(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy) {
    const std::string installed = config.text("trust.authorities");
    if (!installed.empty()) return trust::read_authorities(installed);
    return authority::SandboxAuthority(directory.sandbox_authority_seed(entropy)).authorities();
}

GatewayKeys::GatewayKeys(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy,
                         const base::Clock& clock, telemetry::Log& log)
    : config_(config), directory_(directory), entropy_(entropy), clock_(clock), log_(log), keys_(read()) {}

std::vector<trust::SigningKey> GatewayKeys::read() const {
    std::vector<trust::SigningKey> keys;
    for (const std::string& file : config_.list("gateway.signing_keys"))
        keys.push_back(in_file(file, config_, entropy_));
    if (!config_.text("gateway.token_module").empty()) keys.push_back(on_token(config_, entropy_));
    if (keys.empty()) keys.push_back(of_this_start(directory_, entropy_, clock_.now()));
    return keys;
}

void GatewayKeys::reload() {
    try {
        keys_.replace(read());
        log_.write(reloaded, {});
    } catch (const base::Outage& outage) {
        log_.write(refused, {{"why", telemetry::SafeText::of_program(outage.what())}});
    }
}

}  // namespace kelisim::app
