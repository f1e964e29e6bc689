// SPDX-License-Identifier: Apache-2.0
#include "gateway_key.hpp"

#include <fstream>
#include <iterator>

#include "authority/authority.hpp"
#include "base/text.hpp"

namespace kelisim::app {

namespace {

const base::Iin operator_iin = base::Iin::parse("450810100013").value();  // who stands for it in the sandbox
constexpr std::string_view operator_bin = "000140000072";

std::string read_file(const std::string& path, std::string_view key) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) throw base::Outage(std::string(key) + ": cannot be read: " + path);
    return text;
}

base::Secret<std::string> passphrase_of(const config::Config& config) {
    constexpr std::string_view key = "gateway.signing_passphrase";
    std::string text = read_file(config.text(key), key);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return base::Secret(std::move(text));
}

base::Result<trust::SigningKey> signing_key(const config::Config& config, const DataDirectory& directory,
                                            base::Entropy& entropy, base::Time now) {
    constexpr std::string_view key = "gateway.signing_key";
    if (const std::string file = config.text(key); !file.empty()) {
        const std::string bytes = read_file(file, key);
        return trust::SigningKey::from_pkcs12(base::as_bytes(bytes), passphrase_of(config), entropy);
    }
    const authority::SandboxAuthority authority(directory.sandbox_authority_seed(entropy));
    const base::Bytes file = authority.issue({.iin = operator_iin,
                                              .name = "ШЛЮЗ",
                                              .bin = std::string(operator_bin),
                                              .organisation = "ОПЕРАТОР",
                                              .office = authority::SandboxAuthority::Office::system},
                                             "of this start", now, entropy);
    return trust::SigningKey::from_pkcs12(file, base::Secret(std::string("of this start")), entropy);
}

}  // namespace

trust::Authorities trusted(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy) {
    const std::string installed = config.text("trust.authorities");
    if (!installed.empty()) return trust::read_authorities(installed);
    return authority::SandboxAuthority(directory.sandbox_authority_seed(entropy)).authorities();
}

trust::SigningKeys gateway_keys(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy,
                                base::Time now) {
    auto key = signing_key(config, directory, entropy, now);
    if (key.has_error()) throw base::Outage("gateway.signing_key: " + std::string(key.error().first().code));
    std::vector<trust::SigningKey> keys;
    keys.push_back(std::move(*key));
    return trust::SigningKeys(std::move(keys));
}

}  // namespace kelisim::app
