// SPDX-License-Identifier: Apache-2.0
#include "owner/service.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "owner/problem.hpp"

namespace kelisim::owner {

using boost::asio::awaitable;

namespace {

template <class Range, class Item>
bool contains(const Range& range, const Item& item) {
    return std::find(range.begin(), range.end(), item) != range.end();
}

}  // namespace

std::vector<const base::Reason*> not_covered(const Service& service, const token::AccessClaims& claims,
                                             const std::optional<base::Iin>& person,
                                             const std::vector<std::string_view>& fields) {
    std::vector<const base::Reason*> reasons;
    if (person && claims.subject != *person) reasons.push_back(&person_differs);
    if (!contains(claims.grant.services, service.key)) reasons.push_back(&service_not_granted);
    const bool granted = std::all_of(fields.begin(), fields.end(),
                                     [&](const auto& field) { return contains(claims.grant.fields, field); });
    if (!granted) reasons.push_back(&field_not_granted);
    return reasons;
}

awaitable<base::Result<token::AccessClaims>> opened_by(KelisimSide& kelisim, std::string_view audience,
                                                       const Service& service, const ShownToken& shown,
                                                       const std::optional<base::Iin>& person) {
    const std::string& token = shown.token.reveal();
    if (token.empty()) co_return token_missing;
    std::vector<const base::Reason*> reasons;
    auto claims = co_await kelisim.verify_offline(token, audience);
    if (claims) {
        reasons = not_covered(service, *claims, person, service.fields);
    } else {
        const base::Refusal refused = claims.error();
        reasons = refused.reasons();
    }
    if (!shown.public_key.empty() && !co_await kelisim.publishes(shown.public_key))
        reasons.push_back(&public_key_foreign);
    if (!reasons.empty()) co_return base::Refusal(std::move(reasons));
    co_return claims;
}

awaitable<void> slowed_by(std::chrono::milliseconds latency) {
    if (latency == std::chrono::milliseconds(0)) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, latency);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace kelisim::owner
