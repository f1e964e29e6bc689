// SPDX-License-Identifier: Apache-2.0
// The program of a registry: options, keys, sockets. Each registry is a server of its own, with its own credentials.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "owner/kelisim_side.hpp"
#include "owner/registry.hpp"

namespace kelisim::owner {

struct Role {
    const char* program;
    const char* description;
    std::string_view system_key;  // the audience of its tokens
    // Of its system in the sandbox world; they open nothing elsewhere.
    std::string_view client_id, client_secret;
};

struct RegistryParts {
    std::string world_file;
    KelisimSide& kelisim;
    const base::Zone& zone;
    std::chrono::milliseconds latency;  // before each record
};

struct Opened {
    std::unique_ptr<Registry> registry;
    std::vector<RestService> rest;  // of it
};
// Throws base::Outage for a world file that is none.
using Open = std::function<Opened(const RegistryParts& parts)>;

// What main() returns. Serves until SIGINT or SIGTERM.
int run(int argc, char** argv, const Role& role, const Open& open);

}  // namespace kelisim::owner
