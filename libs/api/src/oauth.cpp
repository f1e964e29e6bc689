// SPDX-License-Identifier: Apache-2.0
#include "api/oauth.hpp"

#include <boost/json/value_from.hpp>

#include "base/limits.hpp"

namespace kelisim::api {

namespace {

boost::json::array list(std::initializer_list<std::string_view> texts) {
    boost::json::array array;
    for (const std::string_view text : texts)
        array.emplace_back(text);
    return array;
}

}  // namespace

bool PollPace::too_fast(consent::RequestId id, base::Time now) {
    constexpr std::size_t remembered_max = 100'000;
    // A poller that keeps the interval exactly must not be told to slow down because a packet was early.
    constexpr auto tolerance = std::chrono::milliseconds{100};
    const std::lock_guard lock(mutex_);
    if (last_.size() >= remembered_max) {
        std::erase_if(last_, [&](const auto& entry) { return now - entry.second > base::limits::poll_interval; });
    }
    const auto [at, first] = last_.try_emplace(id, now);
    const bool fast = !first && now - at->second < base::limits::poll_interval - tolerance;
    at->second = now;
    return fast;
}

std::vector<http::Route> OAuth::routes() {
    const http::Authenticator<ClientCall> client = [this](const http::Request& request) {
        return parts_.clients.form_call(request);
    };
    const http::Handler metadata = [this](const http::Request&) -> Answer { co_return this->metadata(); };
    const http::Handler keys = [this](const http::Request&) -> Answer {
        co_return http::json_response(200, parts_.keys.to_jwks());
    };
    return {
        {"GET", "/.well-known/oauth-authorization-server", http::open("public metadata", metadata)},
        {"GET", "/.well-known/openid-configuration", http::open("public metadata", metadata)},
        {"GET", "/jwks", http::open("public keys", keys)},
        {"POST", "/bc-authorize",
         http::authenticated<ClientCall>(client,
                                         [this](const ClientCall& c, const http::Request& r) { return ask(c, r); })},
        {"POST", "/token",
         http::authenticated<ClientCall>(client,
                                         [this](const ClientCall& c, const http::Request& r) { return token(c, r); })},
        {"POST", "/introspect",
         http::authenticated<ClientCall>(client,
                                         [this](const ClientCall& c, const http::Request&) { return introspect(c); })},
        {"POST", "/revoke",
         http::authenticated<ClientCall>(client,
                                         [this](const ClientCall& c, const http::Request& r) { return revoke(c, r); })},
    };
}

http::Response OAuth::metadata() const {
    using consent::Means;
    boost::json::array answered;
    for (const Means means : {Means::sms_reply, Means::sms_code, Means::own_means, Means::proactive,
                              Means::cabinet_code, Means::cabinet_eds, Means::ground, Means::own_means_unbound}) {
        answered.push_back(boost::json::value_from(access::acr_of(means)));
    }
    const std::string& issuer = parts_.issuer;
    const bool by_certificate = !parts_.systems_url.empty();
    auto auth_methods = list({"client_secret_basic", "client_secret_post", "private_key_jwt"});
    if (by_certificate) auth_methods.emplace_back("tls_client_auth");
    const auto signing = list({"ES256", "RS256", "PS256"});
    boost::json::object metadata{
        {"issuer", issuer},
        {"jwks_uri", issuer + "/jwks"},
        {"token_endpoint", issuer + "/token"},
        {"backchannel_authentication_endpoint", issuer + "/bc-authorize"},
        {"introspection_endpoint", issuer + "/introspect"},
        {"revocation_endpoint", issuer + "/revoke"},
        {"status_list_aggregation_endpoint", issuer + "/status-lists"},
        {"backchannel_token_delivery_modes_supported", list({"poll"})},
        {"backchannel_user_code_parameter_supported", false},
        {"grant_types_supported", list({"urn:openid:params:grant-type:ciba", "refresh_token"})},
        {"response_types_supported", boost::json::array{}},
        {"scopes_supported", list({"openid"})},
        {"subject_types_supported", list({"public"})},
        {"id_token_signing_alg_values_supported", list({"ES256"})},
        {"acr_values_supported", std::move(answered)},
        {"authorization_details_types_supported", list({token::data_type})},
        {"token_endpoint_auth_methods_supported", auth_methods},
        {"token_endpoint_auth_signing_alg_values_supported", signing},
        {"introspection_endpoint_auth_methods_supported", auth_methods},
        {"introspection_endpoint_auth_signing_alg_values_supported", signing},
        {"revocation_endpoint_auth_methods_supported", auth_methods},
        {"revocation_endpoint_auth_signing_alg_values_supported", signing},
        {"dpop_signing_alg_values_supported", boost::json::value_from(identity::dpop_algorithms())},
        {"tls_client_certificate_bound_access_tokens", by_certificate},
    };
    // "alternative authorization server endpoints that, when present, an OAuth client intending to do mutual TLS uses in
    // preference to the conventional endpoints" (RFC 8705 section 5).
    if (by_certificate) {
        boost::json::object aliases;
        for (const auto& [name, path] : {std::pair{"token_endpoint", "/token"},
                                         {"backchannel_authentication_endpoint", "/bc-authorize"},
                                         {"introspection_endpoint", "/introspect"},
                                         {"revocation_endpoint", "/revoke"}}) {
            aliases[name] = parts_.systems_url + path;
        }
        metadata["mtls_endpoint_aliases"] = std::move(aliases);
    }
    return http::json_response(200, metadata);
}

}  // namespace kelisim::api
