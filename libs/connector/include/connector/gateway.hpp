// SPDX-License-Identifier: Apache-2.0
// The service as any OAuth client asks it (docs/integration/oauth.md): for consent and for tokens. What it says becomes what the system
// beside the connector can act on. Data are asked for by a way out (way_out.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/secret.hpp"
#include "connector/ask.hpp"
#include "connector/catalogue.hpp"
#include "http/client.hpp"
#include "token/keys.hpp"

namespace kelisim::connector {

extern const base::Reason gateway_unreachable;
extern const base::Reason gateway_silent;
extern const base::Reason gateway_unreadable;
extern const base::Reason gateway_lacks_service;
extern const base::Reason token_unbound;

// What the system is told in place of what it wanted.
struct Told {
    int status = 0;
    Codes codes;
    std::string retry_after = {};  // seconds; empty: none
};

struct Registered {
    std::string auth_req_id;
    std::chrono::seconds interval;  // between two polls at least
};
struct Pending {
    bool too_often = false;
};
struct Decided {
    State state;  // refused, expired, ended
    Codes codes;
};
struct Held {
    base::Secret<std::string> token;
    std::chrono::seconds life;
};

struct GatewayParts {
    http::Client& client;
    const base::Clock& clock;
    base::Entropy& entropy;
    http::Authority authority;
    std::string service;
    std::string wire;  // over which it is asked: "rest" or "soap"
    std::string client_id;
    token::SigningKey key;
    token::SigningKey proof_key;  // that tokens are bound to, of this process alone
};

// Used on one io thread. All references outlive it.
class Gateway {
public:
    explicit Gateway(GatewayParts parts) : parts_(std::move(parts)) {}

    // Nothing: the gateway knows client, key and service. Told::status 401 or 404 where it does not.
    boost::asio::awaitable<std::optional<Told>> introduce();

    // Repeatable under the same id: the person is asked once. Told: nothing is known to have been decided.
    boost::asio::awaitable<std::variant<Registered, Decided, Told>> ask(const Ask& ask, const ConsentId& id);
    // A token for a granted request, as often as it is wanted while the consent lives.
    boost::asio::awaitable<std::variant<Held, Pending, Decided, Told>> redeem(const std::string& auth_req_id);

    // By the gateway's clock, as far as it has told it: an assertion under a wrong clock of this machine would be refused.
    base::Time now() const { return parts_.clock.now() + ahead_; }
    // Whether the last exchange ended in an answer; nothing before the first.
    std::optional<bool> answered() const { return answered_; }

    // --- For the ways out

    // The upstream is filled in.
    boost::asio::awaitable<std::variant<http::Answer, Told>> send(http::Outgoing request);
    // Fetched once: what assertions and proofs are meant for. The rest of these want it to be known.
    boost::asio::awaitable<std::optional<Told>> have_issuer();
    // What the gateway goes by.
    http::Authority named() const;
    boost::asio::awaitable<std::variant<token::KeySet, Told>> published_keys();
    // That a request to this target comes from who holds the key.
    http::Header proof(const token::SigningKey& key, std::string_view method, std::string_view target,
                       std::optional<std::string_view> access_token) const;
    // Whether the last answer said that our clock was wrong, so that what it refused may have been refused by the clock.
    bool has_learned_time() const { return learned_; }
    const token::SigningKey& proof_key() const { return parts_.proof_key; }
    const token::SigningKey& client_key() const { return parts_.key; }
    std::string new_id() const;

private:
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    boost::asio::awaitable<std::variant<http::Answer, Told>> post(std::string_view target, Parameters parameters);
    http::Outgoing form(std::string_view target, const Parameters& parameters);
    std::string assertion();
    void learn_time(const http::Answer& answer);

    GatewayParts parts_;
    std::string issuer_;
    base::Duration ahead_{0};
    bool learned_ = false;
    std::optional<bool> answered_;
};

}  // namespace kelisim::connector
