// SPDX-License-Identifier: Apache-2.0
#include "delivery/sandbox_phones.hpp"

#include "gather.hpp"

namespace kelisim::delivery {

std::vector<Sent> SandboxPhones::send(const std::vector<access::Sms>& messages) {
    const base::Time now = clock_.now();
    const auto outcomes = gather(writer_, messages, [this, now](store::WriteSession& session, const access::Sms& sms) {
        return records_.sandbox_messages.add(session, sms.phone,
                                             {.id = sms.id, .outgoing = true, .at = now, .text = sms.text});
    });
    std::vector<Sent> sent;
    for (const auto& outcome : outcomes)
        sent.push_back(failed(outcome) ? Sent::unknown : Sent::accepted);
    return sent;
}

}  // namespace kelisim::delivery
