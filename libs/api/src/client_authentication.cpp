// SPDX-License-Identifier: Apache-2.0
#include "api/client_authentication.hpp"

#include "api/problem.hpp"
#include "http/media_type.hpp"
#include "http/unit.hpp"
#include "oauth_error.hpp"

namespace kelisim::api {

namespace {

std::optional<std::string> owned(std::optional<std::string_view> text) {
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

base::Result<http::Form> read_form(const http::Request& request) {
    const auto type = request.headers.once("Content-Type");
    if (!type || !http::is_media_type(*type, "application/x-www-form-urlencoded")) {
        return base::Refusal(oauth_not_a_form);
    }
    auto form = http::parse_form(request.body);
    if (form.has_value() && form->repeated()) return base::Refusal(oauth_parameter_repeated);
    return form;
}

identity::Presented presented_in(const http::Request& request, const http::Form& form) {
    return {.authorization = owned(request.headers.first("Authorization")),
            .client_id = owned(form.value("client_id")),
            .client_secret = owned(form.value("client_secret")),
            .assertion_type = owned(form.value("client_assertion_type")),
            .assertion = owned(form.value("client_assertion")),
            .certificate = request.certificate};
}

base::Result<identity::Credentials> credentials_in(const http::Request& request) {
    const std::size_t given = request.headers.times("Authorization");
    if (given == 0 && request.certificate) {
        return identity::Credentials{identity::ByCertificate{request.certificate, std::nullopt}};
    }
    return identity::read_credentials(
        {.authorization = std::string(request.headers.once("Authorization").value_or(""))});
}

}  // namespace

boost::asio::awaitable<std::variant<ClientCall, http::Response>> ClientAuthentication::form_call(
    const http::Request& request) const {
    auto form = read_form(request);
    if (form.has_error()) co_return oauth_error(form.error(), request);
    if (request.headers.times("Authorization") > 1) {
        co_return oauth_error(identity::client_credentials_repeated, request);
    }
    const auto credentials = identity::read_credentials(presented_in(request, *form));
    if (credentials.has_error()) co_return oauth_error(credentials.error(), request);
    const auto client = clients_.authenticate(*credentials, clock_.now());
    if (client.has_error()) co_return oauth_error(client.error(), request);
    if (!co_await use_up(*client)) co_return oauth_error(oauth_assertion_replayed, request);
    co_return ClientCall{.client = client->system, .form = std::move(*form)};
}

boost::asio::awaitable<bool> ClientAuthentication::use_up(const identity::AuthenticatedClient& client) const {
    if (!client.once) co_return true;
    auto unit = [&tokens = records_.tokens, id = client.system->client_id,
                 jti = crypto::sha256(base::as_bytes(client.once->jti)), expires = client.once->expires](
                    store::WriteSession& session) { return tokens.use_assertion(session, id, jti, expires); };
    co_return co_await http::committed(writer_, std::move(unit));
}

boost::asio::awaitable<std::variant<ClientSystem, http::Response>> ClientAuthentication::header_call(
    const http::Request& request) const {
    constexpr std::string_view bearer = "Bearer ";
    const std::string_view authorization = request.headers.once("Authorization").value_or("");
    base::Result<identity::Credentials> credentials =
        authorization.starts_with(bearer)
            ? identity::Credentials{identity::ByAssertion{std::string(authorization.substr(bearer.size())), {}}}
            : credentials_in(request);
    if (credentials.has_error()) co_return problem(credentials.error(), request);
    const auto client = clients_.authenticate(*credentials, clock_.now());
    if (client.has_error()) co_return problem(client.error(), request);
    if (!co_await use_up(*client)) co_return problem(oauth_assertion_replayed, request);
    co_return ClientSystem{.system = client->system};
}

base::Result<const registry::System*> ClientAuthentication::header_client(const http::Request& request) const {
    const auto credentials = credentials_in(request);
    if (credentials.has_error()) return credentials.error();
    const auto client = clients_.authenticate(*credentials, clock_.now());
    if (client.has_error()) return client.error();
    return client->system;
}

}  // namespace kelisim::api
