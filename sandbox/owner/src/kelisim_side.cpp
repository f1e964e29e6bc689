// SPDX-License-Identifier: Apache-2.0
#include "owner/kelisim_side.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/form.hpp"
#include "http/media_type.hpp"
#include "json/json.hpp"
#include "owner/problem.hpp"

namespace kelisim::owner {

using boost::asio::awaitable;

namespace {

constexpr std::chrono::seconds patience{3};

// "encoded using the application/x-www-form-urlencoded encoding algorithm" before Basic puts them together
// (RFC 6749 2.3.1).
std::string basic(const KelisimAddress& address) {
    return "Basic " + base::to_base64(base::as_bytes(http::form_encode(address.client_id) + ":" +
                                                     http::form_encode(address.client_secret.reveal())));
}

const http::Answer& answer_of(const http::Outcome& outcome, const std::string& asked) {
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) throw base::Outage(asked + ": " + failure->why);
    const auto& answer = std::get<http::Answer>(outcome);
    if (answer.status != 200) throw base::Outage(asked + ": status " + std::to_string(answer.status));
    return answer;
}

boost::json::object json_of(const http::Outcome& outcome, const std::string& asked) {
    const http::Answer& answer = answer_of(outcome, asked);
    const auto type = answer.headers.once("content-type").value_or("");
    const bool json =
        http::is_media_type(type, "application/json") || http::is_media_type(type, "application/jwk-set+json");
    auto value = json::parse(answer.body, {.bytes_max = base::limits::answer_body_bytes_max});
    if (!json || !value || !value->is_object()) throw base::Outage(asked + ": not a JSON object");
    return std::move(value->get_object());
}

// The place of a list at Kelisim; nothing for one of somebody else. The issuer is a name, the address a place: behind a proxy
// they differ.
std::optional<std::string> target_of(const std::string& uri, const std::string& issuer) {
    constexpr std::string_view path = "/status-lists/";
    const std::string prefix = issuer + std::string(path);
    if (!uri.starts_with(prefix) || !base::parse_integer(std::string_view(uri).substr(prefix.size()))) return {};
    return uri.substr(issuer.size());
}

std::string codes(const base::Refusal& refusal) {
    std::string all;
    for (const base::Reason* reason : refusal.reasons())
        all += " " + std::string(reason->code);
    return all;
}

}  // namespace

awaitable<void> KelisimSide::fetch_keys() {
    keys_tried_at_ = Steady::now();
    http::Outgoing request{.upstream = address_.authority,
                           .method = "GET",
                           .target = "/jwks",
                           .headers = {{"Accept", "application/json"}},
                           .body = {},
                           .limits = {.deadline = patience}};
    keys_ = token::KeySet::from_jwks(json_of(co_await client_.exchange(std::move(request)), "keys of Kelisim"));
    keys_at_ = Steady::now();
}

awaitable<void> KelisimSide::have_keys() {
    if (!keys_ || Steady::now() - keys_at_ >= keys_age_max) co_await fetch_keys();
}

awaitable<bool> KelisimSide::newer_keys(const base::Refusal& refused) {
    const bool may_fetch = Steady::now() - keys_tried_at_ >= refetch_pause;
    if (!refused.has(token::jws_unknown_key) || !may_fetch) co_return false;
    co_await fetch_keys();
    co_return true;
}

awaitable<base::Result<token::AccessClaims>> KelisimSide::verify(std::string_view token, std::string_view audience) {
    co_await have_keys();
    const auto look = [&] {
        return token::verify_access_token(token, *keys_,
                                          {.issuer = address_.issuer, .audience = audience, .now = now()});
    };
    auto claims = look();
    if (claims) co_return claims;
    const base::Refusal refused = claims.error();
    if (!co_await newer_keys(refused)) co_return claims;
    co_return look();
}

awaitable<base::Result<token::AccessClaims>> KelisimSide::verify_offline(std::string_view token,
                                                                         std::string_view audience) {
    auto claims = co_await verify(token, audience);
    if (!claims) co_return claims;
    if (!claims->status) co_return token_without_status;
    auto target = target_of(claims->status->uri, address_.issuer);
    if (!target) co_return token_without_status;
    const Shared copy = co_await list(claims->status->uri, *std::move(target));
    const auto status = copy->content.list.at(claims->status->index);
    std::vector<const base::Reason*> reasons;
    if (!status)
        reasons.push_back(&token_without_status);
    else if (*status == token::status_suspended)
        reasons.push_back(&token_suspended);
    else if (*status != token::status_valid)
        reasons.push_back(&token_inactive);
    // The list may have told that it is later than our clock says.
    if (now() >= claims->expires) reasons.push_back(&token::claims_expired);
    if (!reasons.empty()) co_return base::Refusal(std::move(reasons));
    co_return claims;
}

awaitable<bool> KelisimSide::publishes(std::string_view public_key) {
    std::string text(public_key);
    // Values arrive with their lines broken (wire.md B3).
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    const auto der = base::from_base64(text);
    if (!der) co_return false;
    co_await have_keys();
    const auto published = [&] {
        return std::ranges::any_of(keys_->keys(), [&](const auto& key) { return key.key.to_spki() == *der; });
    };
    if (published()) co_return true;
    const base::Refusal unknown(token::jws_unknown_key);
    if (!co_await newer_keys(unknown)) co_return false;
    co_return published();
}

base::Time KelisimSide::now() const {
    return std::max(clock_.now(), told_ + std::chrono::floor<base::Duration>(Steady::now() - told_at_));
}

awaitable<KelisimSide::Shared> KelisimSide::list(const std::string& uri, std::string target) {
    const auto at = lists_.find(uri);
    const bool fresh = at != lists_.end() && Steady::now() < at->second->fresh_until;
    if (fresh) co_return at->second;
    co_return co_await fetch_list(uri, std::move(target));
}

awaitable<KelisimSide::Shared> KelisimSide::fetch_list(const std::string& uri, std::string target) {
    http::Outgoing request{.upstream = address_.authority,
                           .method = "GET",
                           .target = std::move(target),
                           .headers = {{"Accept", "application/statuslist+jwt"}},
                           .body = {},
                           .limits = {.deadline = patience}};
    const http::Outcome outcome = co_await client_.exchange(std::move(request));
    const http::Answer& answer = answer_of(outcome, "status list");
    const auto look = [&] {
        return token::verify_status_list(answer.body, *keys_,
                                         {.issuer = address_.issuer, .uri = uri, .now = clock_.now()});
    };
    auto list = look();
    if (!list) {
        const base::Refusal refused = list.error();
        if (co_await newer_keys(refused)) list = look();
    }
    // It is Kelisim that answers wrongly, not the token that is wrong.
    if (!list) throw base::Outage("status list:" + codes(list.error()));
    const auto received = Steady::now();
    told_ = list->claims.issued;
    told_at_ = received;
    // For its ttl, and never beyond its own end.
    const auto life = std::min<base::Duration>(list->claims.ttl, list->claims.expires - now());
    auto copy = std::make_shared<const Copy>(
        Copy{.content = *std::move(list), .fresh_until = received + std::chrono::floor<Steady::duration>(life)});
    keep(uri, copy);
    co_return copy;
}

void KelisimSide::keep(const std::string& uri, const Shared& copy) {
    std::erase_if(lists_, [](const auto& entry) { return Steady::now() >= entry.second->fresh_until; });
    if (lists_.size() >= lists_max) lists_.erase(lists_.begin());
    lists_.insert_or_assign(uri, copy);
}

awaitable<bool> KelisimSide::active(std::string_view token, std::string traceparent) {
    http::Outgoing request{.upstream = address_.authority,
                           .method = "POST",
                           .target = "/introspect",
                           .headers = {{"Authorization", basic(address_)},
                                       {"Content-Type", "application/x-www-form-urlencoded"},
                                       {"Accept", "application/json"},
                                       {"traceparent", std::move(traceparent)}},
                           .body = "token=" + http::form_encode(token) + "&token_type_hint=access_token",
                           .limits = {.deadline = patience}};
    const auto answer = json_of(co_await client_.exchange(std::move(request)), "introspection");
    const auto active = json::boolean(answer, "active");
    if (!active) throw base::Outage("introspection: no member active");
    co_return *active;
}

}  // namespace kelisim::owner
