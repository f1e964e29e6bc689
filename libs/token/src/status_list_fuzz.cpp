// SPDX-License-Identifier: Apache-2.0
// Whatever arrives as a status list: no crash, no memory beyond a list of ours, and nothing verifies that no key has signed.
#include <cstdlib>
#include <string_view>

#include "token/status_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static const token::SigningKey key{crypto::PrivateKey::generate_p256()};
    static const token::KeySet keys({key.verification()});
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (token::verify_status_list(text, keys, {.issuer = "i", .uri = "u", .now = base::from_micros(0)}).has_value())
        std::abort();
    if (const auto list = token::StatusList::decoded(text)) {
        if (list->at(base::limits::status_list_places)) std::abort();
        static_cast<void>(list->at(0));
    }
    return 0;
}
