// SPDX-License-Identifier: Apache-2.0
// Whatever arrives as the body of a call: what is sent on names the consented person and nobody else.
#include <cstdlib>
#include <string_view>

#include "gateway/call.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const gateway::Locator locator;
    static_cast<void>(gateway::check_path(text));
    static_cast<void>(gateway::check_answer(text, {"name"}, {"name", "surname"}, locator));
    const auto call = gateway::read_call(text, locator);
    if (!call.has_value() || call->persons.size() != 1) return 0;
    const auto again =
        gateway::read_call(gateway::body_for_owner(*call, locator, call->persons.front(), {"name"}), locator);
    if (!again.has_value() || again->persons != call->persons) std::abort();
    return 0;
}
