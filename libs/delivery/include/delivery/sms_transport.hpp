// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "access/contact.hpp"

namespace kelisim::delivery {

enum class Sent {
    accepted,  // the carrier took it
    rejected,  // it never will: no such number
    unknown,   // it may have taken it: wait, then once more with the same text
};

class SmsTransport {
public:
    virtual ~SmsTransport() = default;
    // Waits for the carrier; one outcome per message, in order. Called by the runner's thread only.
    virtual std::vector<Sent> send(const std::vector<access::Sms>& messages) = 0;
};

}  // namespace kelisim::delivery
