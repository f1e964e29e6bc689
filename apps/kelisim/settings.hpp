// SPDX-License-Identifier: Apache-2.0
// Keys of the configuration as the values that libraries take. What a key alone cannot refuse throws base::Outage, in words
// for whoever wrote the file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "access/levels.hpp"
#include "channel/quiet_hours.hpp"
#include "channel/sms.hpp"
#include "config/config.hpp"
#include "consent/question_limits.hpp"
#include "gateway/rest.hpp"
#include "identity/caller_address.hpp"
#include "notary/witness.hpp"
#include "trust/policy.hpp"

namespace kelisim::app {

channel::Script script_of(const config::Config& config);
identity::Proxies proxies_of(const config::Config& config);
consent::QuestionLimits limits_of(const config::Config& config);
channel::QuietHours quiet_hours_of(const config::Config& config);
std::vector<notary::WitnessAddress> witnesses_of(const config::Config& config);
http::Reach reach_of_events(const config::Config& config);
std::pair<std::string, gateway::Binding> binding_of(const std::string& text);  // "serviceKey=https://host:port"
access::Levels levels_of(const config::Config& config);
trust::Policy signature_policy_of(const config::Config& config);

}  // namespace kelisim::app
