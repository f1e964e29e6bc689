// SPDX-License-Identifier: Apache-2.0
#include "skeleton.hpp"

#include <algorithm>
#include <set>

#include "http/media_type.hpp"
#include "http/status.hpp"
#include "json/json.hpp"
#include "owner/problem.hpp"
#include "owner/service.hpp"

namespace kelisim::skeleton {

using boost::asio::awaitable;
using boost::json::object;
using http::Request;
using http::Response;

namespace {

std::string_view bearer(const Request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view field = request.headers.once("Authorization").value_or("");
    return field.starts_with(scheme) ? field.substr(scheme.size()) : std::string_view();
}

Response refused(const base::Refusal& refusal) {
    if (refusal.has(behind_failed)) return owner::problem(502, refusal);
    return owner::problem(http::status_of(refusal.first().kind), refusal);
}

awaitable<Response> healthy(const Request&) {
    co_return http::text_response(200, "ok\n");
}

}  // namespace

Skeleton::Skeleton(publication::Offer offer, owner::KelisimSide& kelisim, std::optional<Behind> behind)
    : offer_(std::move(offer)),
      service_{.key = offer_.key, .fields = {}},
      pattern_("/" + offer_.operation.id),
      kelisim_(kelisim),
      behind_(std::move(behind)) {
    for (const publication::Field& field : offer_.operation.fields)
        service_.fields.emplace_back(field.name);
}

std::vector<http::Route> Skeleton::routes() {
    const http::Handler giving = [this](const Request& request) { return give(request); };
    return {
        {"GET", "/healthz", http::open("health probe", healthy)},
        {"POST", pattern_, http::open("the token is its authentication, checked with what it is shown for", giving)}};
}

base::Result<Skeleton::Asked> Skeleton::read(std::string_view body) const {
    auto parsed = json::parse(body, {});
    if (parsed.has_error()) return parsed.error();
    const auto whole = json::as_object(*parsed);
    if (whole.has_error()) return whole.error();
    const auto text = json::text(**whole, "iin");
    if (text.has_error()) return text.error();
    const auto iin = base::Iin::parse(*text);
    if (iin.has_error()) return iin.error();
    auto fields = json::texts(**whole, "fields");
    if (fields.has_error()) return fields.error();
    const std::set<std::string_view> distinct(fields->begin(), fields->end());
    const bool known = std::ranges::all_of(distinct, [&](std::string_view field) {
        return std::ranges::find(service_.fields, field) != service_.fields.end();
    });
    if (!known || distinct.empty() || distinct.size() != fields->size()) return base::Refusal(owner::field_unknown);
    Asked asked{.person = *iin, .fields = std::move(*fields), .said = std::move(parsed->get_object())};
    asked.said.erase("iin");
    asked.said.erase("fields");
    return asked;
}

awaitable<Response> Skeleton::give(const Request& request) {
    const std::string_view token = bearer(request);
    if (token.empty()) co_return owner::problem(401, owner::token_missing);
    if (!http::is_media_type(request.headers.once("Content-Type").value_or(""), "application/json"))
        co_return owner::problem(415, owner::media_type_wrong);
    auto asked = read(request.body);
    if (asked.has_error()) co_return refused(asked.error());
    const auto claims = co_await kelisim_.verify_offline(token, offer_.owner);
    if (claims.has_error()) {
        const base::Refusal refusal = claims.error();
        co_return owner::problem(refusal.first().kind == base::Kind::forbidden ? 403 : 401, refusal);
    }
    const std::vector<std::string_view> fields(asked->fields.begin(), asked->fields.end());
    auto reasons = owner::not_covered(service_, *claims, asked->person, fields);
    if (!reasons.empty()) co_return owner::problem(403, base::Refusal(std::move(reasons)));
    auto described = described_request(offer_, asked->person, std::move(asked->said));
    if (described.has_error()) co_return refused(described.error());
    auto whole = co_await record(std::move(*described));
    if (whole.has_error()) co_return refused(whole.error());
    // Whatever the interface behind says: no more than was asked for, which is no more than the person agreed to.
    object given;
    for (const std::string& field : asked->fields) {
        if (const auto* found = whole->if_contains(field)) given[field] = *found;
    }
    co_return http::json_response(200, given);
}

awaitable<base::Result<object>> Skeleton::record(http::Outgoing request) {
    if (behind_) co_return co_await behind_->ask(std::move(request), offer_.operation);
    object examples;
    for (const publication::Field& field : offer_.operation.fields)
        examples[field.name] = field.example;
    co_return examples;
}

}  // namespace kelisim::skeleton
