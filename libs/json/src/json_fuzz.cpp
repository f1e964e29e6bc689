// SPDX-License-Identifier: Apache-2.0
// What the parser accepts, it accepts again after serializing, with the same members. (Doubles may differ in the last
// place, so the largest of them may come back as infinite.)
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>

#include "json/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    const auto value = json::parse({reinterpret_cast<const char*>(data), size}, {.bytes_max = 1 << 16, .depth_max = 8});
    if (!value) return 0;
    const auto again = json::parse(boost::json::serialize(*value), {.bytes_max = 1 << 24, .depth_max = 8});
    if (!again) {
        if (!again.error().has(json::json_number_out_of_range)) std::abort();
        return 0;
    }
    if (again->kind() != value->kind()) std::abort();
    return 0;
}
