// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/owner.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "gbdfl_owner/problem.hpp"
#include "http/media_type.hpp"
#include "json/json.hpp"

namespace kelisim::gbdfl {

using boost::asio::awaitable;
using http::Request;
using http::Response;

namespace {

template <class Range, class Item>
bool contains(const Range& range, const Item& item) {
    return std::find(range.begin(), range.end(), item) != range.end();
}

std::optional<std::string_view> bearer(const Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const auto field = request.headers.once("authorization");
    if (!field || !field->starts_with(scheme)) return std::nullopt;
    return field->substr(scheme.size());
}

struct Asked {
    base::Iin iin;
    std::vector<std::string> fields;
};

base::Result<Asked> read(const Service& service, std::string_view body) {
    const auto value = json::parse(body, {.bytes_max = 4096, .depth_max = 2});
    if (!value) return value.error();
    const auto object = json::as_object(*value);
    if (!object) return object.error();
    if (const auto known = json::only(**object, {"iin", "fields"}); !known) return known.error();
    const auto text = json::text(**object, "iin");
    if (!text) return text.error();
    const auto iin = base::Iin::parse(*text);
    if (!iin) return iin.error();
    auto fields = json::texts(**object, "fields");
    if (!fields) return fields.error();
    const bool known =
        std::all_of(fields->begin(), fields->end(), [&](const auto& field) { return contains(service.fields, field); });
    const std::set<std::string_view> distinct(fields->begin(), fields->end());
    if (!known || fields->empty() || distinct.size() != fields->size()) return field_unknown;
    return Asked{*iin, std::move(*fields)};
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

awaitable<Response> healthy(const Request&) {
    co_return http::text_response(200, "ok\n");
}

}  // namespace

std::vector<const base::Reason*> not_covered(const Service& service, const token::AccessClaims& claims,
                                             const base::Iin& iin, const std::vector<std::string_view>& fields) {
    std::vector<const base::Reason*> reasons;
    if (claims.subject != iin) reasons.push_back(&person_differs);
    if (!contains(claims.grant.services, service.key)) reasons.push_back(&service_not_granted);
    const bool granted = std::all_of(fields.begin(), fields.end(),
                                     [&](const auto& field) { return contains(claims.grant.fields, field); });
    if (!granted) reasons.push_back(&field_not_granted);
    return reasons;
}

awaitable<void> slowed_by(std::chrono::milliseconds latency) {
    if (latency == std::chrono::milliseconds(0)) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, latency);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

std::vector<http::Route> Owner::routes() {
    const http::Authenticator<Caller> token = [this](const Request& request) { return authenticate(request); };
    return {
        {"POST", "/person",
         http::authenticated(token,
                             [this](const Caller& caller, const Request& request) { return person(caller, request); })},
        {"POST", "/family",
         http::authenticated(token,
                             [this](const Caller& caller, const Request& request) { return family(caller, request); })},
        {"GET", "/healthz", http::open("health probe", healthy)},
    };
}

awaitable<std::variant<Owner::Caller, Response>> Owner::authenticate(const Request& request) {
    const auto token = bearer(request);
    if (!token) co_return problem(401, token_missing);
    auto claims = co_await kelisim_.verify(*token, system_key);
    if (!claims) {
        const bool forbidden = claims.error().first().kind == base::Kind::forbidden;
        co_return problem(forbidden ? 403 : 401, claims.error());
    }
    // The signature tells what was granted; only Kelisim knows whether it has been withdrawn or paused since.
    const bool stands = co_await kelisim_.active(*token, request.trace.traceparent());
    if (!stands) co_return problem(401, token_inactive);
    co_return std::move(*claims);
}

std::variant<Owner::Call, Response> Owner::admit(const Service& service, const Caller& caller,
                                                 const Request& request) const {
    if (!http::is_media_type(request.headers.once("content-type").value_or(""), "application/json"))
        return problem(415, media_type_wrong);
    auto asked = read(service, request.body);
    if (!asked) return problem(400, asked.error());
    auto reasons = not_covered(service, caller, asked->iin, views(asked->fields));
    if (!reasons.empty()) return problem(403, base::Refusal(std::move(reasons)));
    const Person* person = world_.find(asked->iin);
    if (person == nullptr) return problem(404, person_unknown);
    return Call{person, std::move(asked->fields)};
}

awaitable<Response> Owner::person(const Caller& caller, const Request& request) {
    auto admitted = admit(person_service(), caller, request);
    if (auto* refused = std::get_if<Response>(&admitted)) co_return std::move(*refused);
    const auto& call = std::get<Call>(admitted);
    co_await slowed_by(latency_);
    co_return http::json_response(200, person_record(*call.person, views(call.fields)));
}

awaitable<Response> Owner::family(const Caller& caller, const Request& request) {
    auto admitted = admit(family_service(), caller, request);
    if (auto* refused = std::get_if<Response>(&admitted)) co_return std::move(*refused);
    const auto& call = std::get<Call>(admitted);
    co_await slowed_by(latency_);
    co_return http::json_response(200, family_record(world_, *call.person, views(call.fields)));
}

}  // namespace kelisim::gbdfl
