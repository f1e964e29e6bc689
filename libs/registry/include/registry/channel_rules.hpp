// SPDX-License-Identifier: Apache-2.0
// Who may use which channel (236/НК п.7).
#pragma once

#include <vector>

#include "base/result.hpp"
#include "registry/registry.hpp"

namespace kelisim::registry {

extern const base::Reason channel_unified_requirements;
extern const base::Reason channel_test_protocol;
extern const base::Reason channel_needs_bank_or_approval;
extern const base::Reason channel_needs_security_centre;
extern const base::Reason channel_needs_proactive_provider;
extern const base::Reason channel_initiators_only;

// Every reason why the initiator of this connection may not use its channel today; none when it may. Asked at each
// request, because the facts may end while the connection stands: with the right to bank, channel 2 falls (236/НК п.2(1)).
std::vector<const base::Reason*> channel_objections(const Connection& connection, const Registry& registry);

}  // namespace kelisim::registry
