// SPDX-License-Identifier: Apache-2.0
// The client connector (307/НК п.2(14)): an access point beside an initiator's system. Each returns the exit status; what is wrong
// goes to standard error in words.
#pragma once

#include <filesystem>
#include <string>

namespace kelisim::app {

struct ConnectInit {
    std::filesystem::path directory;
    std::string gateway, service, client;
};
// Writes connector.toml, a pair of keys and a secret into the directory, and says what to do next.
int connect_init(const ConnectInit& wanted);

// Serves until stopped.
int connect(const std::string& service, const std::filesystem::path& config);

}  // namespace kelisim::app
