// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "gateway/rest.hpp"
#include "gateway/sync_channel.hpp"
#include "owner_process.hpp"

namespace kelisim::app {

// The sandbox's own data owners: the reference GBD FL, GBD UL and BMG, each a server of its own.
class SandboxRegistries {
public:
    // `arguments`: of each. Throws base::Outage when one does not start.
    explicit SandboxRegistries(const std::vector<std::string>& arguments);

    std::map<std::string, gateway::Binding, std::less<>> bindings() const;
    std::map<std::string, gateway::SoapService, std::less<>> soap_services() const;

private:
    struct Running {
        Running(std::string_view name, const std::filesystem::path& file, const std::vector<std::string>& arguments)
            : program(name), process(file, arguments) {}
        std::string_view program;
        OwnerProcess process;
    };
    http::Authority address_of(std::string_view program) const;

    std::list<Running> running_;
};

}  // namespace kelisim::app
