// SPDX-License-Identifier: Apache-2.0
#include "owner/rest.hpp"

#include <algorithm>
#include <set>

#include "http/media_type.hpp"
#include "json/json.hpp"
#include "owner/problem.hpp"

namespace kelisim::owner {

using boost::asio::awaitable;
using http::Request;
using http::Response;

namespace {

std::optional<std::string_view> bearer(const Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const auto field = request.headers.once("authorization");
    if (!field || !field->starts_with(scheme)) return std::nullopt;
    return field->substr(scheme.size());
}

struct Asked {
    base::Iin iin;
    std::vector<std::string> fields;
    std::string also;
};

bool are_of(const Service& service, const std::vector<std::string>& fields) {
    const std::set<std::string_view> distinct(fields.begin(), fields.end());
    return !fields.empty() && distinct.size() == fields.size() &&
           std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
               return std::find(service.fields.begin(), service.fields.end(), field) != service.fields.end();
           });
}

base::Result<Asked> read(const RestService& service, std::string_view body) {
    const auto value = json::parse(body, {.bytes_max = 4096, .depth_max = 2});
    if (!value) return value.error();
    const auto object = json::as_object(*value);
    if (!object) return object.error();
    Asked asked{};
    const auto known = service.also.empty() ? json::only(**object, {"iin", "fields"})
                                            : json::only(**object, {"iin", "fields", service.also});
    if (!known) return known.error();
    const auto text = json::text(**object, "iin");
    if (!text) return text.error();
    const auto iin = base::Iin::parse(*text);
    if (!iin) return iin.error();
    asked.iin = *iin;
    auto fields = json::texts(**object, "fields");
    if (!fields) return fields.error();
    if (!are_of(service.service, *fields)) return field_unknown;
    asked.fields = std::move(*fields);
    if (!service.also.empty()) {
        const auto also = json::text(**object, service.also);
        if (!also) return also.error();
        asked.also = *also;
    }
    return asked;
}

int status_of(base::Kind kind) {
    if (kind == base::Kind::not_found) return 404;
    return kind == base::Kind::forbidden ? 403 : 400;
}

awaitable<Response> healthy(const Request&) {
    co_return http::text_response(200, "ok\n");
}

}  // namespace

std::vector<http::Route> Rest::routes() {
    const http::Authenticator<Caller> token = [this](const Request& request) { return authenticate(request); };
    std::vector<http::Route> routes{{"GET", "/healthz", http::open("health probe", healthy)}};
    for (const RestService& service : services_) {
        routes.push_back({"POST", service.path,
                          http::authenticated(token, [this, &service](const Caller& caller, const Request& request) {
                              return give(service, caller, request);
                          })});
    }
    return routes;
}

awaitable<std::variant<Rest::Caller, Response>> Rest::authenticate(const Request& request) {
    const auto token = bearer(request);
    if (!token) co_return problem(401, token_missing);
    auto claims = co_await kelisim_.verify(*token, audience_);
    if (!claims) {
        const bool forbidden = claims.error().first().kind == base::Kind::forbidden;
        co_return problem(forbidden ? 403 : 401, claims.error());
    }
    // The signature tells what was granted; only Kelisim knows whether it has been withdrawn or paused since.
    const bool stands = co_await kelisim_.active(*token, request.trace.traceparent());
    if (!stands) co_return problem(401, token_inactive);
    co_return std::move(*claims);
}

awaitable<Response> Rest::give(const RestService& service, const Caller& caller, const Request& request) {
    if (!http::is_media_type(request.headers.once("content-type").value_or(""), "application/json"))
        co_return problem(415, media_type_wrong);
    const auto asked = read(service, request.body);
    if (!asked) co_return problem(400, asked.error());
    const std::vector<std::string_view> fields(asked->fields.begin(), asked->fields.end());
    auto reasons = not_covered(service.service, caller, asked->iin, fields);
    if (!reasons.empty()) co_return problem(403, base::Refusal(std::move(reasons)));
    co_await slowed_by(latency_);
    const auto record = service.record({.iin = asked->iin, .fields = fields, .also = asked->also});
    if (!record) co_return problem(status_of(record.error().first().kind), record.error());
    co_return http::json_response(200, *record);
}

}  // namespace kelisim::owner
