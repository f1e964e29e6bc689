// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "base/entropy.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "config/config.hpp"
#include "connect_command.hpp"
#include "connect_settings.hpp"
#include "crypto/seal.hpp"
#include "token/keys.hpp"

namespace kelisim::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view heading =
    "# An access point beside your system: kelisim connect (docs/integration/connector.md).\n"
    "# Names of files are relative to this one.\n";

// Never over a file that is there: it may hold the only key.
void write_new(const fs::path& file, std::string_view content) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) throw base::Outage(file.string() + ": is there already, or cannot be written");
    const auto written = ::write(descriptor, content.data(), content.size());
    const bool durable = written == static_cast<ssize_t>(content.size()) && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!durable) throw base::Outage(file.string() + ": cannot be written");
}

std::string random_text(base::Entropy& entropy) {
    std::array<std::uint8_t, 32> bytes{};
    entropy.fill(bytes);
    return base::to_base64url(bytes);
}

bool is_empty_or_new(const fs::path& directory) {
    return !fs::exists(directory) || (fs::is_directory(directory) && fs::is_empty(directory));
}

}  // namespace

int connect_init(const ConnectInit& wanted) {
    config::Config config = config::Config::defaults(config::connector_keys());
    config.set("gateway.url", wanted.gateway);
    config.set("service.key", wanted.service);
    config.set("client.id", wanted.client);
    const auto errors = objections_to(config);
    for (const std::string& error : errors)
        complain(error);
    if (!errors.empty()) return 1;
    if (!is_empty_or_new(wanted.directory)) {
        complain(wanted.directory.string() + " is not empty; nothing was written");
        return 1;
    }
    fs::create_directories(wanted.directory);
    fs::permissions(wanted.directory, fs::perms::owner_all);

    base::SystemEntropy entropy;
    const token::SigningKey key(crypto::PrivateKey::generate_p256());
    const std::string published = boost::json::serialize(token::KeySet({key.verification()}).to_jwks());
    write_new(wanted.directory / "client.pem", key.key.to_pem().reveal());
    write_new(wanted.directory / "client.jwks.json", published + "\n");
    write_new(wanted.directory / "secret", random_text(entropy) + "\n");
    write_new(wanted.directory / "data.key", base::to_base64url(crypto::make_seal_key(entropy).reveal()) + "\n");
    // Last: with it everything else is there.
    write_new(wanted.directory / "connector.toml",
              std::string(heading) + config::write(config, config::connector_keys()));
    print_line("Public key of " + wanted.client + ", also in " + (wanted.directory / "client.jwks.json").string() +
               ":");
    print_line(published);
    print_line(
        "Next: your organisation registers it under its EDS (docs/integration/keys.md, purpose "
        "client_authentication).");
    print_line("Then: kelisim connect " + wanted.service + " --config " +
               (wanted.directory / "connector.toml").string());
    return 0;
}

}  // namespace kelisim::app
