// SPDX-License-Identifier: Apache-2.0
// What only the sandbox offers: phones that can be read and answered, persons to try, and a clock that can be moved.
#pragma once

#include <functional>
#include <vector>

#include "access/contact.hpp"
#include "base/clock.hpp"
#include "http/route.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"

namespace kelisim::api {

struct SandboxParts {
    store::Writer& writer;
    store::Readers& readers;
    base::MovedClock& clock;
    base::Entropy& entropy;
    store::Timers& timers;
    store::Outbox& outbox;
    const records::Records& records;
    const access::Contact& contact;
    std::function<void()> clock_moved = {};  // for whoever else sleeps by it
};

inline constexpr std::string_view clock_setting = "sandbox.clock.offset";

std::vector<http::Route> sandbox_routes(const SandboxParts& parts);

}  // namespace kelisim::api
