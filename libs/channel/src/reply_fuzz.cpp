// SPDX-License-Identifier: Apache-2.0
// Whatever arrives as an SMS: no crash, and blanks around it change nothing.
#include <cstdlib>
#include <string>

#include "base/limits.hpp"
#include "channel/reply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto reply = kelisim::channel::read_reply(text);
    const bool fits = text.size() + 2 <= kelisim::base::limits::sms_reply_bytes_max;
    if (fits && kelisim::channel::read_reply(" " + text + ".") != reply) std::abort();
    return 0;
}
