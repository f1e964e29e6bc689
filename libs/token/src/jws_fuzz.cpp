// SPDX-License-Identifier: Apache-2.0
// Whatever arrives as a token: no crash, and nothing verifies that no key has signed.
#include <cstdlib>
#include <string_view>

#include "token/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kelisim;
    static const token::SigningKey key{crypto::PrivateKey::generate_p256()};
    static const token::KeySet keys({key.verification()});
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const token::Expected expected{.issuer = "i", .audience = "", .now = base::from_micros(0)};
    if (token::verify_access_token(text, keys, expected).has_value()) std::abort();
    if (const auto jws = token::read_unverified(text); jws.has_value()) {
        static_cast<void>(token::read_access_claims(jws->payload));
        static_cast<void>(token::KeySet::from_jwks(jws->payload));
    }
    return 0;
}
