// SPDX-License-Identifier: Apache-2.0
// A DPoP proof (RFC 9449 section 4.2) as a client writes it; who reads one is identity::Dpop.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "token/keys.hpp"

namespace kelisim::token {

struct ProofOf {
    std::string_view method;
    std::string_view uri;  // without query and fragment
    std::string_view id;   // of this proof alone
    base::Time made;
    std::optional<std::string_view> access_token = {};  // that goes along; nothing where one is asked for
};

// Good for this one request. It shows the public key, so whoever reads it needs to know none.
std::string prove(const SigningKey& key, const ProofOf& what);

}  // namespace kelisim::token
