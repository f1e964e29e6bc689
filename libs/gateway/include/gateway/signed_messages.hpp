// SPDX-License-Identifier: Apache-2.0
// Messages over REST as signed documents (RFC 9421, RFC 9530; 307/НК п.2(29)), where the service asks for it: what a consumer sends
// and what an owner answers is held against the keys that are registered for their systems, what goes on to them is signed by ours.
// docs/decisions/0048-signed-http-messages.md
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/message.hpp"
#include "http/uri.hpp"
#include "http_signatures/mediated.hpp"
#include "records/records.hpp"
#include "registry/registry.hpp"
#include "store/writer.hpp"
#include "telemetry/log.hpp"
#include "token/keys.hpp"

namespace kelisim::gateway {

extern const base::Reason http_signature_replayed;
extern const base::Reason owner_answer_not_signed;

struct SignedMessagesParts {
    const registry::Registry& registry;
    const records::Records& records;
    store::Writer& writer;
    const base::Clock& clock;
    base::Entropy& entropy;
    telemetry::Log& log;
    const token::SigningKey& own;       // published under /jwks
    std::vector<http::Authority> ours;  // under which others know this server; the first where they name none of them
};

// Thread-safe; all references outlive it.
class SignedMessages {
public:
    explicit SignedMessages(SignedMessagesParts parts) : parts_(std::move(parts)) {}

    // Whether the system whose call it is signed this request, all of it, and now. Each signature is taken once; its nonce is used up in
    // a unit of its own.
    boost::asio::awaitable<base::Result<void>> check_request(const http::Request& request,
                                                             const registry::System& sender) const;
    // The answer to it, a refusal too.
    void sign_answer(http::Response& response, const http::Request& request) const;

    // Towards an owner.
    http_signatures::SentRequest sign_request(http::Outgoing& outgoing) const;
    // Whether the owner's system signed this answer to that request. What is wrong is logged; the caller is told no more than that.
    base::Result<void> check_answer(const http::Answer& answer, const http_signatures::SentRequest& sent,
                                    std::string_view service) const;

private:
    const http::Authority& named_by(const http::Request& request) const;
    http_signatures::SignatureFields sign(const std::vector<std::string>& components,
                                          const http_signatures::MessageView& message) const;

    SignedMessagesParts parts_;
};

}  // namespace kelisim::gateway
