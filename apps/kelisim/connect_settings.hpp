// SPDX-License-Identifier: Apache-2.0
// What a connector is told, checked before anything is opened.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "config/config.hpp"
#include "connector/message_template.hpp"
#include "crypto/seal.hpp"
#include "http/tls.hpp"
#include "http/uri.hpp"
#include "token/keys.hpp"
#include "trust/certificate.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::app {

// Everything that is wrong with the values, in words; the files are looked at when they are opened.
std::vector<std::string> objections_to(const config::Config& config);

// The files that a configuration names, relative to its own. Each function throws base::Outage that says which file is wrong
// and why; one with a secret must be its owner's alone.
class ConnectFiles {
public:
    ConnectFiles(const config::Config& config, std::filesystem::path directory)
        : config_(config), directory_(std::move(directory)) {}

    token::SigningKey client_key() const;
    base::Secret<std::string> secret() const;
    crypto::SealKey seal_key() const;
    std::filesystem::path database() const { return at("kept.directory"); }
    http::ClientTlsFiles gateway_anchors() const;
    // Nothing where none are named.
    std::optional<token::KeySet> gateway_keys() const;
    // For the wire soap.
    connector::MessageTemplate message_template() const;
    trust::SigningKey organisation_key(base::Entropy& entropy) const;
    base::Secret<std::string> sender_password() const;
    std::vector<trust::Certificate> gateway_certificates() const;
    // Nothing for plain HTTP.
    std::optional<http::ServerTlsFiles> certificate() const;

private:
    std::filesystem::path at(std::string_view key) const { return directory_ / config_.text(key); }
    std::string private_bytes(std::string_view key) const;
    std::string private_text(std::string_view key) const;
    // Empty where no file is named.
    base::Secret<std::string> private_text_if_any(std::string_view key) const;

    const config::Config& config_;
    std::filesystem::path directory_;
};

}  // namespace kelisim::app
