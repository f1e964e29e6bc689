// SPDX-License-Identifier: Apache-2.0
// What every data owner does with a security token before it gives anything (236/НК п.2(8)).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/iin.hpp"
#include "base/secret.hpp"
#include "owner/kelisim_side.hpp"
#include "token/claims.hpp"

namespace kelisim::owner {

// An integration service of a registry, and the fields about a person that it can give.
struct Service {
    std::string_view key;
    std::vector<std::string_view> fields;
};

// Every reason why a token does not cover a call: another person, service or field than it names. Without a person: whoever the
// token is about.
std::vector<const base::Reason*> not_covered(const Service& service, const token::AccessClaims& claims,
                                             const std::optional<base::Iin>& person,
                                             const std::vector<std::string_view>& fields);

// As a message brings them.
struct ShownToken {
    base::Secret<std::string> token;  // empty: none was sent; white space is left out
    std::string public_key;           // empty: none was sent
};

// The token, when it opens a service for `audience`: verified offline, by published keys and status list. Answers of the SOAP
// wire have one shape, so it has to grant all fields of the service. publicKey is a hint, and not the key that decides: whoever
// forges a token could send his own. Refused with every reason.
boost::asio::awaitable<base::Result<token::AccessClaims>> opened_by(KelisimSide& kelisim, std::string_view audience,
                                                                    const Service& service, const ShownToken& shown,
                                                                    const std::optional<base::Iin>& person);

// Plays a slow registry; at once for a latency of zero.
boost::asio::awaitable<void> slowed_by(std::chrono::milliseconds latency);

}  // namespace kelisim::owner
