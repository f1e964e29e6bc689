// SPDX-License-Identifier: Apache-2.0
// Messages between a system and the gateway, on either side of it: what of them has to be signed, and the two ways of a signed exchange as
// whoever asks sees it (docs/decisions/0048-signed-http-messages.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/client.hpp"
#include "http_signatures/signature.hpp"
#include "token/keys.hpp"

namespace kelisim::http_signatures {

extern const base::Reason http_signature_key_unknown;

// Components as they stand in the field.
std::vector<std::string> components_of_request(const http::Headers& headers);
// By the signature of the request, which covers all of it, an answer is that request's and no other's (RFC 9421 2.4).
std::vector<std::string> components_of_answer(bool to_a_signed_request);
// `names` owns what is pointed to.
std::vector<std::string_view> all_of(const std::vector<std::string>& names);

// Of a request that came in, or of one that was sent. `host` is that of the authority, and outlives the view.
template <class Message>
RequestView view_of(const Message& request, const http::Authority& authority, std::string_view host) {
    return {.method = request.method,
            .scheme = authority.tls ? "https" : "http",
            .authority = host,
            .target = request.target,
            .headers = request.headers};
}

// The signature of a message whose one signature, digest and time are right, under one of its sender's keys; else everything that is wrong.
// A key for PS256 is used with that alone (RFC 8725 3.1), which is none of the algorithms here.
base::Result<Signature> verified(const MessageView& message, const http::Headers& headers, std::string_view body,
                                 const token::KeySet& keys, const Demands& demands);

// A request as it was signed: what its answer has to be tied to.
struct SentRequest {
    std::string method;
    http::Authority named;  // what its receiver goes by
    std::string target;
    http::Headers headers;
};

// Adds the digest of the body and the signature.
SentRequest sign_request(http::Outgoing& outgoing, http::Authority named, const Signing& signing);
base::Result<void> check_answer(const http::Answer& answer, const SentRequest& sent, const token::KeySet& keys,
                                base::Time now);

}  // namespace kelisim::http_signatures
