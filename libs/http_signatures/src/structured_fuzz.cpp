// SPDX-License-Identifier: Apache-2.0
// What the parser takes it takes again after serializing, and it is the same: a signature base is made of such texts.
#include <cstdint>
#include <cstdlib>

#include "http_signatures/structured.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim::http_signatures;
    const auto members = parse_dictionary({reinterpret_cast<const char*>(data), size});
    if (!members) return 0;
    for (const Member& member : *members) {
        const std::string text = std::visit([](const auto& value) { return serialize(value); }, member.value);
        const auto again = parse_dictionary(member.key + "=" + text);
        if (text.size() + member.key.size() < field_bytes_max && (!again || again->front() != member)) std::abort();
    }
    return 0;
}
