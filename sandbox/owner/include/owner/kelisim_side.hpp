// SPDX-License-Identifier: Apache-2.0
// What a data owner asks of Kelisim: its published keys, its published statuses, and whether a token still stands.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/client.hpp"
#include "token/claims.hpp"
#include "token/status_list.hpp"

namespace kelisim::owner {

struct KelisimAddress {
    http::Authority authority;
    std::string issuer;
    std::string client_id;
    base::Secret<std::string> client_secret;
};

// Used on one io thread. Functions throw base::Outage when Kelisim does not answer as it should: an owner that cannot
// ask gives nothing.
class KelisimSide {
public:
    KelisimSide(http::Client& client, const base::Clock& clock, KelisimAddress address)
        : client_(client), clock_(clock), address_(std::move(address)) {}

    // Under the cached keys alone (RFC 9068 section 4). They are fetched at the first call, when they are older than
    // `keys_age_max`, and when a token names an unknown one, but for that not more often than every `refetch_pause`: anybody
    // can invent a kid.
    boost::asio::awaitable<base::Result<token::AccessClaims>> verify(std::string_view token, std::string_view audience);

    // The same, and that the token still stands by the status list that it names (draft-ietf-oauth-status-list): nobody is told
    // whose data are asked for. A copy of a list is kept for its ttl, so an end of a token is seen within that time.
    boost::asio::awaitable<base::Result<token::AccessClaims>> verify_offline(std::string_view token,
                                                                             std::string_view audience);

    // Whether a SubjectPublicKeyInfo in base64, with any white space inside, is one of the published keys (wire.md B3).
    boost::asio::awaitable<bool> publishes(std::string_view public_key);

    // Not before the instant at which Kelisim signed the newest list that was fetched: what is over by its clock is over.
    base::Time now() const;

    // RFC 7662.
    boost::asio::awaitable<bool> active(std::string_view token, std::string traceparent);

private:
    using Steady = std::chrono::steady_clock;
    static constexpr std::chrono::seconds refetch_pause{10};
    static constexpr std::chrono::minutes keys_age_max{10};
    static constexpr std::size_t lists_max = 64;

    struct Copy {
        token::StatusListToken content;
        Steady::time_point fresh_until;
    };
    using Shared = std::shared_ptr<const Copy>;

    boost::asio::awaitable<void> fetch_keys();
    boost::asio::awaitable<void> have_keys();
    // Whether there are others now than those under which something was refused.
    boost::asio::awaitable<bool> newer_keys(const base::Refusal& refused);
    boost::asio::awaitable<Shared> list(const std::string& uri, std::string target);
    boost::asio::awaitable<Shared> fetch_list(const std::string& uri, std::string target);
    void keep(const std::string& uri, const Shared& copy);

    http::Client& client_;
    const base::Clock& clock_;
    KelisimAddress address_;
    std::optional<token::KeySet> keys_;
    Steady::time_point keys_at_{}, keys_tried_at_{};
    std::map<std::string, Shared, std::less<>> lists_;  // by URI
    base::Time told_{};                                 // when the newest list was signed
    Steady::time_point told_at_{};
};

}  // namespace kelisim::owner
