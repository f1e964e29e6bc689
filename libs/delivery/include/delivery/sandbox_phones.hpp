// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "delivery/sms_transport.hpp"
#include "store/writer.hpp"

namespace kelisim::delivery {

// The sandbox's carrier: a message is on the phone once its unit is durable, and there once however often it is sent.
class SandboxPhones final : public SmsTransport {
public:
    SandboxPhones(store::Writer& writer, const records::Records& records, const base::Clock& clock)
        : writer_(writer), records_(records), clock_(clock) {}
    std::vector<Sent> send(const std::vector<access::Sms>& messages) override;

private:
    store::Writer& writer_;
    const records::Records& records_;
    const base::Clock& clock_;
};

}  // namespace kelisim::delivery
