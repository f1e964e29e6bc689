// SPDX-License-Identifier: Apache-2.0
#include "sandbox_registries.hpp"

#include <algorithm>
#include <array>

namespace kelisim::app {

namespace {

constexpr std::array<std::string_view, 3> programs{"kelisim-gbdfl", "kelisim-gbdul", "kelisim-bmg"};

enum class OnRest { no, yes };

struct Served {
    const char* service;
    std::string_view program;
    OnRest on_rest = OnRest::yes;
    const char* own_path = "";  // gateway::Binding::own_path
    gateway::Persons persons = gateway::Persons::one;
};

constexpr std::array<Served, 5> served{
    Served{.service = "GBDFLUniversal_token", .program = programs[0], .own_path = "/person"},
    Served{.service = "GBDFL_FamilyInfoToken", .program = programs[0], .own_path = "/family"},
    Served{.service = "GbdulInfoByBin_v2", .program = programs[1]},
    // Its tokens stand in the message, one for each person.
    Served{.service = "GbdulReport3007_KDP",
           .program = programs[1],
           .on_rest = OnRest::no,
           .persons = gateway::Persons::several},
    Served{.service = "MCDB_SERVICE", .program = programs[2], .own_path = "/phone"},
};

}  // namespace

SandboxRegistries::SandboxRegistries(const std::vector<std::string>& arguments) {
    for (const std::string_view program : programs)
        running_.emplace_back(program, executable_directory() / program, arguments);
}

http::Authority SandboxRegistries::address_of(std::string_view program) const {
    const auto at =
        std::find_if(running_.begin(), running_.end(), [&](const Running& each) { return each.program == program; });
    return {.host = "127.0.0.1", .port = at->process.port()};
}

std::map<std::string, gateway::Binding, std::less<>> SandboxRegistries::bindings() const {
    std::map<std::string, gateway::Binding, std::less<>> bindings;
    for (const Served& each : served) {
        if (each.on_rest == OnRest::no) continue;
        bindings.emplace(each.service,
                         gateway::Binding{.upstream = address_of(each.program), .own_path = each.own_path});
    }
    return bindings;
}

std::map<std::string, gateway::SoapService, std::less<>> SandboxRegistries::soap_services() const {
    std::map<std::string, gateway::SoapService, std::less<>> services;
    for (const Served& each : served) {
        services.emplace(each.service,
                         gateway::SoapService{.address = {.upstream = address_of(each.program), .target = "/shep/"},
                                              .persons = each.persons});
    }
    return services;
}

}  // namespace kelisim::app
