// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "config/config.hpp"
#include "http/tls.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace kelisim::app {

// What this process shows and trusts over TLS, as the configuration names its files. Thread-safe.
class Certificates {
public:
    // Throws base::Outage that names the key or the file.
    Certificates(const config::Config& config, telemetry::Log& log);

    // Of the listener for people; null: it is plain.
    const http::ServerTls* people() const { return people_.get(); }
    // Of the listener on which every caller shows a certificate; null: there is none.
    const http::ServerTls* systems() const { return systems_.get(); }
    const http::ClientTls& upstream() const { return *upstream_; }
    const http::ClientTls& events() const { return *events_; }

    // Reads all files anew. What does not read is reported, and what was in use stays in use.
    void reload();
    void expose(telemetry::Exposition& out) const;

private:
    telemetry::Log& log_;
    std::unique_ptr<http::ServerTls> people_, systems_;
    std::unique_ptr<http::ClientTls> upstream_, events_;
};

}  // namespace kelisim::app
