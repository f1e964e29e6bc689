// SPDX-License-Identifier: Apache-2.0
#include "soap/message_date.hpp"

namespace kelisim::soap {

base::Result<void> in_time(base::Time date, base::Time now, const MessageAge& age) {
    if (date < now - age.age_max) return base::Refusal(soap_message_stale);
    if (date > now + age.ahead_max) return base::Refusal(soap_message_from_future);
    return {};
}

}  // namespace kelisim::soap
