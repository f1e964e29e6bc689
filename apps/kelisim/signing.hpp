// SPDX-License-Identifier: Apache-2.0
// Under whose certificates others sign, and under which the gateway does.
#pragma once

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "config/config.hpp"
#include "data_directory.hpp"
#include "telemetry/log.hpp"
#include "trust/authorities.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::app {

// Whose certificates count: those that the operator installed; in a sandbox without them, its own authority's.
trust::Authorities trusted(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy);

// Certificates of senders that do not send theirs along. Throws base::Outage for a file that holds none.
std::vector<trust::Certificate> known_certificates(const config::Config& config);

// With which the gateway signs messages (307/НК п.2(15)): what the operator installed, files and a key on a token; in a sandbox
// without any, a key of this start. Of several the newest that is valid signs, so that the next may lie ready. Thread-safe.
class GatewayKeys {
public:
    // Throws base::Outage for one that cannot sign. All outlives it.
    GatewayKeys(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy,
                const base::Clock& clock, telemetry::Log& log);

    const trust::SigningKeys& keys() const { return keys_; }
    // Reads all of it anew; what cannot be taken is told, and what was in use stays in use.
    void reload();

private:
    std::vector<trust::SigningKey> read() const;

    const config::Config& config_;
    const DataDirectory& directory_;
    base::Entropy& entropy_;
    const base::Clock& clock_;
    telemetry::Log& log_;
    trust::SigningKeys keys_;
};

}  // namespace kelisim::app
