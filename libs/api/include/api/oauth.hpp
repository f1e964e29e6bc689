// SPDX-License-Identifier: Apache-2.0
// The OAuth surface (design section 5): metadata (RFC 8414), keys, CIBA Core 1.0 in poll mode, token, introspection
// (RFC 7662), revocation (RFC 7009).
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/asking.hpp"
#include "access/introspection.hpp"
#include "access/tokens.hpp"
#include "api/client_authentication.hpp"
#include "api/possession.hpp"
#include "http/route.hpp"
#include "identity/proofs.hpp"

namespace kelisim::api {

struct OAuthParts {
    std::string issuer;
    std::string systems_url;  // where clients show certificates; empty: nowhere
    const registry::Registry& registry;
    const records::Vault& vault;
    store::Writer& writer;
    store::Readers& readers;
    const base::Clock& clock;
    const ClientAuthentication& clients;
    const Possession& possession;
    const access::Asking& asking;
    const identity::Proofs& proofs;
    const access::Tokens& tokens;
    const access::Introspection& introspection;
    const token::SigningKey& signing_key;
    const token::KeySet& keys;
};

// Refuses polls that come faster than the interval (CIBA Core 1.0 section 11). Forgotten with the process: who polls
// too fast after a restart is told so at the next poll. Thread-safe.
class PollPace {
public:
    bool too_fast(consent::RequestId id, base::Time now);

private:
    std::mutex mutex_;
    std::unordered_map<consent::RequestId, base::Time> last_;
};

// Thread-safe. Outlives the server that has its routes.
class OAuth {
public:
    explicit OAuth(OAuthParts parts) : parts_(std::move(parts)) {}

    std::vector<http::Route> routes();

private:
    using Answer = boost::asio::awaitable<http::Response>;

    http::Response metadata() const;
    base::Result<access::AskCommand> read_command(const ClientCall& call) const;
    Answer ask(const ClientCall& call, const http::Request& request);
    Answer token(const ClientCall& call, const http::Request& request);
    Answer redeem(const ClientCall& call, const http::Request& request, token::Confirmation binding);
    Answer refresh(const ClientCall& call, const http::Request& request, token::Confirmation binding);
    Answer introspect(const ClientCall& call);
    Answer revoke(const ClientCall& call, const http::Request& request);

    std::string auth_req_id_of(consent::RequestId id) const;
    std::optional<consent::RequestId> read_auth_req_id(std::string_view text) const;
    http::Response token_response(access::IssuedToken issued, token::Confirmation binding,
                                  std::optional<std::string_view> auth_req_id) const;

    OAuthParts parts_;
    PollPace pace_;
};

}  // namespace kelisim::api
