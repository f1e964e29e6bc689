// SPDX-License-Identifier: Apache-2.0
#include "certificates.hpp"

#include "base/result.hpp"

namespace kelisim::app {

namespace {

constexpr telemetry::Message reloaded{"TLS_RELOADED", telemetry::Level::info};
constexpr telemetry::Message reload_refused{"TLS_RELOAD_REFUSED", telemetry::Level::error};

// Both or none of a certificate and its key.
bool pair_given(const config::Config& config, const std::string& group) {
    const bool chain = !config.text(group + ".tls_certificate").empty(), key = !config.text(group + ".tls_key").empty();
    if (chain != key) throw base::Outage(group + ".tls_certificate and " + group + ".tls_key: one is missing");
    return chain;
}

std::unique_ptr<http::ServerTls> people_of(const config::Config& config) {
    if (!pair_given(config, "server")) return nullptr;
    return std::make_unique<http::ServerTls>(
        http::ServerTlsFiles{.chain = config.text("server.tls_certificate"), .key = config.text("server.tls_key")});
}

std::unique_ptr<http::ServerTls> systems_of(const config::Config& config) {
    const std::string own = pair_given(config, "systems") ? "systems" : "server";
    if (config.text("systems.anchors").empty()) {
        if (own == "systems" || !config.text("systems.crls").empty()) {
            throw base::Outage("systems.anchors: missing, so that nobody could be let in");
        }
        return nullptr;
    }
    if (!pair_given(config, own)) throw base::Outage("systems.tls_certificate: missing, as is server.tls_certificate");
    return std::make_unique<http::ServerTls>(http::ServerTlsFiles{.chain = config.text(own + ".tls_certificate"),
                                                                  .key = config.text(own + ".tls_key"),
                                                                  .client_anchors = config.text("systems.anchors"),
                                                                  .client_crls = config.text("systems.crls")});
}

}  // namespace

Certificates::Certificates(const config::Config& config, telemetry::Log& log)
    : log_(log), people_(people_of(config)), systems_(systems_of(config)) {
    http::ClientTlsFiles upstream{.anchors = config.text("upstream.anchors")};
    if (pair_given(config, "upstream")) {
        upstream.chain = config.text("upstream.tls_certificate");
        upstream.key = config.text("upstream.tls_key");
    }
    upstream_ = std::make_unique<http::ClientTls>(std::move(upstream));
    events_ = std::make_unique<http::ClientTls>(http::ClientTlsFiles{.anchors = config.text("events.anchors")});
}

void Certificates::reload() {
    const auto again = [&](auto& tls, telemetry::SafeText what) {
        if (!tls) return;
        try {
            tls->reload();
            log_.write(reloaded, {{"what", std::move(what)}});
        } catch (const base::Outage& outage) {
            log_.write(reload_refused,
                       {{"what", std::move(what)}, {"why", telemetry::SafeText::of_program(outage.what())}});
        }
    };
    again(people_, "server");
    again(systems_, "systems");
    again(upstream_, "upstream");
    again(events_, "events");
}

void Certificates::expose(telemetry::Exposition& out) const {
    const auto end_of = [](const std::unique_ptr<http::ServerTls>& tls) {
        return tls ? static_cast<double>(base::to_seconds(tls->expires())) : 0;
    };
    out.gauge("kelisim_tls_certificate_end_seconds",
              "When the certificate of a listener ends, since 1970; 0: it has none.");
    out.value(end_of(people_), {{"listener", "people"}});
    out.value(end_of(systems_), {{"listener", "systems"}});
}

}  // namespace kelisim::app
