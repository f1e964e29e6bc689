// SPDX-License-Identifier: Apache-2.0
// Where the gateway sends calls: at the start, and when the operator changed it.
#include "commands.hpp"
#include "service.hpp"
#include "settings.hpp"

namespace kelisim::app {

namespace {

constexpr telemetry::Message changed{"GATEWAY_ROUTES_CHANGED", telemetry::Level::info};
constexpr telemetry::Message refused{"GATEWAY_ROUTES_REFUSED", telemetry::Level::error};

gateway::RouteTable configured(const config::Config& config) {
    return {.rest = bindings_of(config), .soap = soap_services_of(config)};
}

}  // namespace

gateway::RouteTable Service::first_routes() {
    gateway::RouteTable table = configured(options_.config);
    if (table.rest.empty()) start_registries();
    return with_registries(std::move(table));
}

gateway::RouteTable Service::with_registries(gateway::RouteTable table) const {
    if (!registries_) return table;
    if (table.rest.empty()) table.rest = registries_->bindings();
    if (table.soap.empty()) table.soap = registries_->soap_services();
    return table;
}

void Service::start_registries() {
    std::vector<std::string> arguments{
        "--world", directory_.keep_world(options_.world).string(), "--kelisim", url_, "--issuer", issuer_};
    if (certificates_.people() != nullptr) {
        arguments.insert(arguments.end(), {"--kelisim-anchors", options_.config.text("server.tls_certificate")});
    }
    registries_.emplace(arguments);
}

void Service::reload_routes() {
    if (!options_.config_file) return;
    try {
        const config::Read read = config::read(read_text(*options_.config_file), options_.config_file->string());
        if (!read.errors.empty()) throw base::Outage(read.errors.front());
        gateway::RouteTable table = with_registries(configured(read.config));
        const std::size_t rest = table.rest.size(), soap = table.soap.size();
        gateway_routes_.change(std::move(table));
        log_->write(changed, {{"rest", rest}, {"soap", soap}});
    } catch (const base::Outage& outage) {
        log_->write(refused, {{"why", telemetry::SafeText::of_program(outage.what())}});
    }
}

}  // namespace kelisim::app
