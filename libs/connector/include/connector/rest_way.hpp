// SPDX-License-Identifier: Apache-2.0
// Over the REST gateway: JSON, signed both ways (docs/decisions/0048-signed-http-messages.md).
#pragma once

#include "connector/way_out.hpp"
#include "http_signatures/mediated.hpp"

namespace kelisim::connector {

struct RestParts {
    Gateway& gateway;
    std::string service;
    std::string path;  // of the owner behind the gateway, without a slash before it
    // Of the gateway, as its operator gave them: data that are not signed by one of them are not given. None: see objection_to().
    std::optional<token::KeySet> keys = {};
};

// All references outlive it.
class RestWay final : public WayOut {
public:
    explicit RestWay(RestParts parts) : parts_(std::move(parts)) {}

    base::Result<void> admits(const Ask&, const Wanted&) const override { return {}; }
    // The gateway wants a token for a repeat too.
    boost::asio::awaitable<std::optional<std::variant<Given, Told>>> repeat(const Consent&, const Wanted&,
                                                                            std::string_view) override {
        co_return std::nullopt;
    }
    boost::asio::awaitable<std::variant<Given, Told>> call(const Held& held, const Consent& consent,
                                                           const Wanted& wanted, std::string_view repeat_key) override;

private:
    http::Outgoing request(const Held& held, const Consent& consent, const Wanted& wanted,
                           std::string_view repeat_key) const;
    // What the call is in the gateway's books (RFC 9421). The issuer is known.
    http_signatures::SentRequest sign(http::Outgoing& request) const;
    boost::asio::awaitable<std::optional<Told>> objection_to(const http::Answer& answer,
                                                             const http_signatures::SentRequest& sent);

    RestParts parts_;
    token::KeySet published_;
};

}  // namespace kelisim::connector
