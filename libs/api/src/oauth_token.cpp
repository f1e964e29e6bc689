// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "api/oauth.hpp"
#include "base/limits.hpp"
#include "http/unit.hpp"
#include "oauth_error.hpp"

namespace kelisim::api {

namespace {

constexpr std::string_view ciba_grant = "urn:openid:params:grant-type:ciba";

const base::Reason& reason_of(access::PollState state) {
    switch (state) {
        case access::PollState::pending:
            return oauth_pending;
        case access::PollState::refused:
            return oauth_refused;
        case access::PollState::expired:
            return oauth_expired;
        case access::PollState::undeliverable:
            return oauth_undeliverable;
        default:
            return oauth_auth_req_id;
    }
}

// RFC 6749 5.1 asks for both; json_response brings Cache-Control itself.
http::Response no_store(http::Response response) {
    if (response.body.empty()) response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back({"Pragma", "no-cache"});
    return response;
}

// RFC 7662 section 2.2: "the authorization server SHOULD NOT include any additional information about an inactive
// token".
http::Response inactive() {
    return http::json_response(200, boost::json::object{{"active", false}});
}

// RFC 9449 section 5: a token_type of DPoP tells the client that its token is bound to its key. One that is bound to a
// certificate is still sent as RFC 6750 says (RFC 8705 section 3).
std::string_view type_of(const token::AccessClaims& claims) {
    return claims.bound_to.key.empty() ? "Bearer" : "DPoP";
}

}  // namespace

// The binding stands in the token alone: whoever presents it brings it along, under our signature.
http::Response OAuth::token_response(access::IssuedToken issued, token::Confirmation binding,
                                     std::optional<std::string_view> auth_req_id) const {
    issued.claims.bound_to = std::move(binding);
    const token::AccessClaims& claims = issued.claims;
    boost::json::object body{
        {"access_token", token::sign(parts_.signing_key, token::access_token_type, token::to_json(claims))},
        {"token_type", type_of(claims)},
        {"expires_in", base::to_seconds(claims.expires) - base::to_seconds(claims.issued)},
        {"scope", "openid"},
        {"authorization_details", token::to_authorization_details(claims.grant)}};
    if (issued.refresh_token) body["refresh_token"] = *issued.refresh_token;
    if (auth_req_id) {
        body["id_token"] = token::sign(parts_.signing_key, token::id_token_type,
                                       token::to_json(token::IdClaims{.issuer = claims.issuer,
                                                                      .subject = claims.subject,
                                                                      .client_id = claims.client_id,
                                                                      .issued = claims.issued,
                                                                      .expires = claims.expires,
                                                                      .acr = claims.acr,
                                                                      .answered = claims.answered,
                                                                      .auth_req_id = std::string(*auth_req_id)}));
    }
    return no_store(http::json_response(200, body));
}

OAuth::Answer OAuth::token(const ClientCall& call, const http::Request& request) {
    const auto grant = call.form.value("grant_type");
    if (!grant) co_return oauth_error(oauth_parameter_missing, request);
    if (*grant != ciba_grant && *grant != "refresh_token") co_return oauth_error(oauth_grant_type, request);
    // RFC 9449 5: refresh tokens of confidential clients "are not bound to the DPoP proof public key because they are already
    // sender-constrained with a different existing mechanism": the client authenticates at each refresh.
    auto binding = co_await parts_.possession.offered(request);
    if (binding.has_error()) co_return oauth_error(binding.error(), request);
    if (*grant == ciba_grant) co_return co_await redeem(call, request, std::move(*binding));
    co_return co_await refresh(call, request, std::move(*binding));
}

OAuth::Answer OAuth::redeem(const ClientCall& call, const http::Request& request, token::Confirmation binding) {
    const auto text = call.form.value("auth_req_id");
    if (!text) co_return oauth_error(oauth_parameter_missing, request);
    const auto id = read_auth_req_id(*text);
    if (!id) co_return oauth_error(oauth_auth_req_id, request);
    const base::Time now = parts_.clock.now();
    access::PollState state{};
    parts_.readers.read(
        [&](store::ReadSession& session) { state = parts_.tokens.poll(session, *id, call.client->key, now); });
    if (state == access::PollState::pending && pace_.too_fast(*id, now)) {
        co_return oauth_error(oauth_slow_down, request);
    }
    if (state != access::PollState::granted) co_return oauth_error(reason_of(state), request);
    auto unit = [&tokens = parts_.tokens, id = *id, client = call.client, now](store::WriteSession& session) {
        return tokens.redeem(session, id, *client, now);
    };
    auto issued = co_await http::committed(parts_.writer, std::move(unit));
    if (!issued) co_return oauth_error(oauth_consent_ended, request);
    co_return token_response(std::move(*issued), std::move(binding), *text);
}

OAuth::Answer OAuth::refresh(const ClientCall& call, const http::Request& request, token::Confirmation binding) {
    const auto text = call.form.value("refresh_token");
    if (!text) co_return oauth_error(oauth_parameter_missing, request);
    auto unit = [&tokens = parts_.tokens, text = std::string(*text), client = call.client, now = parts_.clock.now()](
                    store::WriteSession& session) { return tokens.refresh(session, text, *client, now); };
    auto issued = co_await http::committed(parts_.writer, std::move(unit));
    if (issued.has_error()) co_return oauth_error(issued.error(), request);
    co_return token_response(std::move(*issued), std::move(binding), std::nullopt);
}

OAuth::Answer OAuth::introspect(const ClientCall& call) {
    const auto text = call.form.value("token");
    if (!text) co_return inactive();
    const base::Time now = parts_.clock.now();
    const auto active = parts_.introspection.look(*text, now);
    if (!active) co_return inactive();
    const token::AccessClaims& claims = active->claims;
    const bool own = claims.client_id == call.client->client_id;
    const bool owner =
        std::find(claims.audience.begin(), claims.audience.end(), call.client->key) != claims.audience.end();
    if (!own && !owner) co_return inactive();
    boost::json::object body{{"active", true}, {"token_type", type_of(claims)}, {"scope", "openid"}};
    for (auto& member : token::to_json(claims))
        body[member.key()] = std::move(member.value());
    // What was true when the answer was made; on one node the index is never behind an acknowledgement.
    body["as_of"] = base::to_iso8601(now);
    body["stale_by_seconds_max"] = 0;
    co_return no_store(http::json_response(200, body));
}

OAuth::Answer OAuth::revoke(const ClientCall& call, const http::Request& request) {
    const auto text = call.form.value("token");
    if (!text) co_return oauth_error(oauth_parameter_missing, request);
    const base::Time now = parts_.clock.now();
    std::optional<consent::TokenId> id;
    if (const auto active = parts_.introspection.look(*text, now)) id = active->id;
    auto unit = [&tokens = parts_.tokens, id, text = std::string(*text), client = call.client,
                 now](store::WriteSession& session) {
        const auto refresh = id ? std::nullopt : tokens.find_refresh(session, text);
        if (!id && !refresh) return false;
        return tokens.revoke(session, id ? *id : refresh->id, *client, now);
    };
    // "The authorization server responds with HTTP status code 200 if the token has been revoked successfully or if the
    // client submitted an invalid token" (RFC 7009 2.2).
    co_await http::committed(parts_.writer, std::move(unit));
    co_return no_store(http::empty_response(200));
}

}  // namespace kelisim::api
