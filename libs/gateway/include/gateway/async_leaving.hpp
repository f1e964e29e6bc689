// SPDX-License-Identifier: Apache-2.0
// A message of the asynchronous channel on its way out of its queue, by push or by getMessages: whether it may still go is asked
// again, of each person whom it is about, and of both parties, who may have been classified anew (307/НК п.3, п.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/async_queues.hpp"
#include "base/zone.hpp"
#include "registry/registry.hpp"

namespace kelisim::gateway {

struct LeavingParts {
    const access::AsyncQueues& queues;
    const records::AsyncMessages& messages;
    const registry::Registry& registry;
    const base::Zone& zone;
};

struct Leaving {
    records::AsyncMessage message;
    const base::Reason* objection = nullptr;  // to these two parties; a literal
    bool stands = true;                       // no consent that it stands on was ended
    std::vector<std::int64_t> left_out = {};  // tokens of consents that were ended, where others were not
    std::optional<std::string> without = {};  // the message without them; nothing where it was signed
};

Leaving look_at(store::ReadSession& session, const LeavingParts& parts, records::AsyncMessage message, base::Time now);

// Inside a unit: what it says, with the attempt on record. Nothing when it does not go now; where its consents were ended it is
// stopped, where its parties are not integrated any more it is withheld.
std::optional<std::string> take_out(store::WriteSession& session, const LeavingParts& parts, const Leaving& leaving,
                                    base::Time now);

}  // namespace kelisim::gateway
