// SPDX-License-Identifier: Apache-2.0
// Tokens that only their holder can use: bound to the certificate of a connection (RFC 8705 section 3) or to a key that
// each request proves (RFC 9449).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "identity/dpop.hpp"
#include "records/records.hpp"
#include "store/writer.hpp"
#include "token/claims.hpp"

namespace kelisim::api {

extern const base::Reason token_certificate_missing;
extern const base::Reason token_proof_missing;
extern const base::Reason token_not_bound;

// How a token came with a request.
enum class TokenScheme {
    bearer,  // RFC 6750
    dpop,    // RFC 9449 7.1
    beside,  // in a field of its own, beside the caller's credentials
};

// Thread-safe; all references outlive it.
class Possession {
public:
    Possession(const identity::Dpop& dpop, const records::Records& records, store::Writer& writer,
               const base::Clock& clock)
        : dpop_(dpop), records_(records), writer_(writer), clock_(clock) {}

    // What a token for this request is to be bound to: the certificate of its connection, the key of its proof, both or
    // neither. A proof that is there and wrong refuses the request.
    boost::asio::awaitable<base::Result<token::Confirmation>> offered(const http::Request& request) const;

    // Whether who sends this request holds what the token is bound to. Each proof is taken once.
    boost::asio::awaitable<base::Result<void>> shown(const http::Request& request, std::string_view access_token,
                                                     const token::Confirmation& bound_to, TokenScheme scheme) const;

private:
    // The proof of the request, used up.
    boost::asio::awaitable<base::Result<std::string>> proven_key(const http::Request& request,
                                                                 std::optional<std::string_view> access_token,
                                                                 std::string_view wanted) const;

    const identity::Dpop& dpop_;
    const records::Records& records_;
    store::Writer& writer_;
    const base::Clock& clock_;
};

// A problem of 401 for a protected resource, with the challenges of both kinds of tokens (RFC 6750 3, RFC 9449 7.1).
http::Response challenge(const base::Refusal& refusal, const http::Request& request, TokenScheme scheme);

}  // namespace kelisim::api
