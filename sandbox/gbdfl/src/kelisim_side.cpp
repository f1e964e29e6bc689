// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/kelisim_side.hpp"

#include "base/text.hpp"
#include "http/form.hpp"
#include "http/media_type.hpp"
#include "json/json.hpp"

namespace kelisim::gbdfl {

using boost::asio::awaitable;

namespace {

constexpr std::chrono::seconds patience{3};

// RFC 4648 section 4 from section 5: two other letters, and padding.
std::string to_base64(std::string_view text) {
    std::string encoded = base::to_base64url(base::as_bytes(text));
    for (char& c : encoded)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (encoded.size() % 4 != 0)
        encoded += '=';
    return encoded;
}

// "encoded using the application/x-www-form-urlencoded encoding algorithm" before Basic puts them together
// (RFC 6749 2.3.1).
std::string basic(const KelisimAddress& address) {
    return "Basic " +
           to_base64(http::form_encode(address.client_id) + ":" + http::form_encode(address.client_secret.reveal()));
}

boost::json::object json_of(const http::Outcome& outcome, std::string_view what) {
    const std::string asked(what);
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) throw base::Outage(asked + ": " + failure->why);
    const auto& answer = std::get<http::Answer>(outcome);
    if (answer.status != 200) throw base::Outage(asked + ": status " + std::to_string(answer.status));
    const auto type = answer.headers.once("content-type").value_or("");
    const bool json =
        http::is_media_type(type, "application/json") || http::is_media_type(type, "application/jwk-set+json");
    auto value = json::parse(answer.body, {.bytes_max = base::limits::answer_body_bytes_max});
    if (!json || !value || !value->is_object()) throw base::Outage(asked + ": not a JSON object");
    return std::move(value->get_object());
}

}  // namespace

awaitable<void> KelisimSide::fetch_keys() {
    fetched_ = std::chrono::steady_clock::now();
    http::Outgoing request{.upstream = address_.authority,
                           .method = "GET",
                           .target = "/jwks",
                           .headers = {{"Accept", "application/json"}},
                           .body = {},
                           .limits = {.deadline = patience}};
    keys_ = token::KeySet::from_jwks(json_of(co_await client_.exchange(std::move(request)), "keys of Kelisim"));
}

awaitable<base::Result<token::AccessClaims>> KelisimSide::verify(std::string_view token, std::string_view audience) {
    if (!keys_) co_await fetch_keys();
    const auto look = [&] {
        return token::verify_access_token(token, *keys_,
                                          {.issuer = address_.issuer, .audience = audience, .now = clock_.now()});
    };
    auto claims = look();
    const bool may_fetch = std::chrono::steady_clock::now() - fetched_ >= refetch_pause;
    if (claims || !claims.error().has(token::jws_unknown_key) || !may_fetch) co_return claims;
    co_await fetch_keys();
    co_return look();
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

}  // namespace kelisim::gbdfl
