// SPDX-License-Identifier: Apache-2.0
// The way out over REST: the service is asked as any OAuth client asks it (docs/integration/oauth.md), and what it says becomes
// what the system beside the connector can act on.
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
#include "http_signatures/mediated.hpp"
#include "token/keys.hpp"

namespace kelisim::connector {

extern const base::Reason gateway_unreachable;
extern const base::Reason gateway_silent;
extern const base::Reason gateway_unreadable;
extern const base::Reason gateway_lacks_service;
extern const base::Reason token_unbound;
extern const base::Reason answer_not_signed;

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
// What is wanted of the service about one person.
struct Wanted {
    std::vector<std::string> fields;
    boost::json::object more = {};  // further members, for the owner; neither the person nor the fields stand there
};
struct Given {
    std::string body;
    bool replayed = false;  // answered before under the same key, and not counted again
};

struct GatewayParts {
    http::Client& client;
    const base::Clock& clock;
    base::Entropy& entropy;
    http::Authority authority;
    std::string service;
    std::string path;  // of the owner behind the gateway, without a slash before it
    std::string client_id;
    token::SigningKey key;
    token::SigningKey proof_key;  // that tokens are bound to: of this process alone, never on a disk
    // Of the gateway, as its operator gave them: data that are not signed by one of them are not given. None: see objection_to().
    std::optional<token::KeySet> keys = {};
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
    // Told::status 401: the token opens nothing (any more). `repeat_key` goes along as Idempotency-Key.
    boost::asio::awaitable<std::variant<Given, Told>> call(const Held& held, const base::Iin& person,
                                                           const Wanted& wanted, std::string_view repeat_key);

    // By the gateway's clock, as far as it has told it: an assertion under a wrong clock of this machine would be refused.
    base::Time now() const { return parts_.clock.now() + ahead_; }
    // Whether the last exchange ended in an answer; nothing before the first.
    std::optional<bool> answered() const { return answered_; }

private:
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    boost::asio::awaitable<std::variant<http::Answer, Told>> send(http::Outgoing request);
    // Fetched once: what assertions are meant for.
    boost::asio::awaitable<std::optional<Told>> have_issuer();
    boost::asio::awaitable<std::variant<http::Answer, Told>> post(std::string_view target, Parameters parameters);
    http::Outgoing form(std::string_view target, const Parameters& parameters);
    std::string assertion();
    // That a request to this target comes from who holds proof_key. The issuer is known.
    http::Header proof(std::string_view method, std::string_view target, std::optional<std::string_view> access_token);
    // What the call is in the gateway's books (RFC 9421). The issuer is known.
    http_signatures::SentRequest sign(http::Outgoing& request);
    boost::asio::awaitable<std::optional<Told>> have_keys();
    boost::asio::awaitable<std::optional<Told>> objection_to(const http::Answer& answer,
                                                             const http_signatures::SentRequest& sent);
    void learn_time(const http::Answer& answer);

    GatewayParts parts_;
    std::string issuer_;
    token::KeySet keys_;  // that the gateway publishes
    base::Duration ahead_{0};
    std::optional<bool> answered_;
};

}  // namespace kelisim::connector
