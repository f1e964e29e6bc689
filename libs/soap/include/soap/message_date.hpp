// SPDX-License-Identifier: Apache-2.0
// The profile of ШЭП has nothing against a message that comes again (pki.md 3.2), so this is our rule: a sender's message id
// means one message (access/exchanges.hpp), and a message is taken within days of its date. Both stand in the signed body.
#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

namespace kelisim::soap {

extern const base::Reason soap_message_stale;
extern const base::Reason soap_message_from_future;

struct MessageAge {
    std::chrono::seconds age_max = base::limits::message_age_max;
    std::chrono::seconds ahead_max = base::limits::message_ahead_max;
};

// `date`: requestInfo/messageDate.
base::Result<void> in_time(base::Time date, base::Time now, const MessageAge& age = {});

}  // namespace kelisim::soap
