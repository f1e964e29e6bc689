// SPDX-License-Identifier: Apache-2.0
// What a data owner asks of Kelisim: its published keys, and whether a token still stands.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/client.hpp"
#include "token/claims.hpp"

namespace kelisim::gbdfl {

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

    // Offline, under the cached keys (RFC 9068 section 4). They are fetched at the first call, and again when a token
    // names an unknown one, but not more often than every `refetch_pause`: anybody can invent a kid.
    boost::asio::awaitable<base::Result<token::AccessClaims>> verify(std::string_view token, std::string_view audience);

    // RFC 7662.
    boost::asio::awaitable<bool> active(std::string_view token, std::string traceparent);

private:
    static constexpr std::chrono::seconds refetch_pause{10};
    boost::asio::awaitable<void> fetch_keys();

    http::Client& client_;
    const base::Clock& clock_;
    KelisimAddress address_;
    std::optional<token::KeySet> keys_;
    std::chrono::steady_clock::time_point fetched_{};
};

}  // namespace kelisim::gbdfl
