// SPDX-License-Identifier: Apache-2.0
// Under whose certificates others sign, and under which the gateway does.
#pragma once

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "config/config.hpp"
#include "data_directory.hpp"
#include "trust/authorities.hpp"
#include "trust/signing_key.hpp"

namespace kelisim::app {

// Whose certificates count: those that the operator installed; in a sandbox without them, its own authority's.
trust::Authorities trusted(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy);

// With which the gateway signs messages (307/НК п.2(15)): the file that the operator installed; in a sandbox without one, a
// key of this start. Throws base::Outage for one that cannot sign.
trust::SigningKeys gateway_keys(const config::Config& config, const DataDirectory& directory, base::Entropy& entropy,
                                base::Time now);

}  // namespace kelisim::app
