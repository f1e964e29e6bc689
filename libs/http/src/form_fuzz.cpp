// SPDX-License-Identifier: Apache-2.0
// What is accepted means the same after it is written again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim::http;
    const auto form = parse_form({reinterpret_cast<const char*>(data), size});
    if (!form) return 0;
    std::string again;
    for (const auto& [name, value] : form->all()) {
        if (!again.empty()) again += '&';
        again += form_encode(name) + '=' + form_encode(value);
    }
    const auto second = parse_form(again, {.bytes_max = 1 << 20, .parameters_max = 32});
    if (!second || second->all() != form->all()) std::abort();
    return 0;
}
