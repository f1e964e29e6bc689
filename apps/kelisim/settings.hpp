// SPDX-License-Identifier: Apache-2.0
// Keys of the configuration as the values that libraries take. What a key alone cannot refuse throws base::Outage, in words
// for whoever wrote the file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "access/levels.hpp"
#include "channel/quiet_hours.hpp"
#include "channel/sms.hpp"
#include "config/config.hpp"
#include "consent/question_limits.hpp"
#include "gateway/async_channel.hpp"
#include "gateway/async_pusher.hpp"
#include "gateway/person_data_access.hpp"
#include "gateway/rest.hpp"
#include "gateway/sync_channel.hpp"
#include "identity/caller_address.hpp"
#include "notary/time_stamps.hpp"
#include "trust/policy.hpp"

namespace kelisim::app {

channel::Script script_of(const config::Config& config);
identity::Proxies proxies_of(const config::Config& config);
consent::QuestionLimits limits_of(const config::Config& config);
channel::QuietHours quiet_hours_of(const config::Config& config);
std::vector<notary::WitnessAddress> witnesses_of(const config::Config& config);
http::Reach reach_of_events(const config::Config& config);
std::map<std::string, gateway::Binding, std::less<>> bindings_of(const config::Config& config);
std::map<std::string, gateway::SoapService, std::less<>> soap_services_of(const config::Config& config);
gateway::BreakerRules breaker_rules_of(const config::Config& config);
gateway::Quota common_quota_of(const config::Config& config);
// Of systems that are registered.
std::map<std::string, gateway::Quota, std::less<>> own_quotas_of(const config::Config& config,
                                                                 const registry::Registry& registry);
// Of services that are registered and have no personal data.
gateway::KeptFor kept_messages_of(const config::Config& config, const registry::Registry& registry);
// Nothing where none is to be asked. Throws base::Outage for an address that is none.
std::optional<notary::TimeStampAddress> time_stamps_of(const config::Config& config);
gateway::KdpSettings kdp_settings_of(const config::Config& config);
std::map<std::string, gateway::SoapAddress, std::less<>> async_receivers_of(const config::Config& config);
std::map<std::string, gateway::AsyncService, std::less<>> async_services_of(const config::Config& config);
gateway::DataForms data_forms_of(const config::Config& config);
access::AsyncRules async_rules_of(const config::Config& config);
access::Levels levels_of(const config::Config& config);
trust::Policy signature_policy_of(const config::Config& config);

// Under which others know this server.
std::vector<std::string> addresses_of(const std::string& issuer, const std::string& systems_url);
// The same, without a path.
std::vector<http::Authority> authorities_of(const std::vector<std::string>& addresses);
// What a client assertion may be meant for: us, or an endpoint of ours (RFC 7523 section 3, 3).
std::vector<std::string> audiences_of(const std::vector<std::string>& addresses);

}  // namespace kelisim::app
