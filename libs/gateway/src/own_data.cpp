// SPDX-License-Identifier: Apache-2.0
#include "gateway/own_data.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "http/unit.hpp"
#include "http/uri.hpp"

namespace kelisim::gateway {

using consent::UseState;

namespace {

constexpr int bad_gateway = 502;
constexpr int gateway_timeout = 504;

}  // namespace

std::vector<http::Route> OwnData::routes() {
    const http::RouteLimits limits{.deadline = base::limits::owner_deadline + std::chrono::seconds{5}};
    return {{"GET", "/api/v1/me/data/{service}",
             parts_.persons.endpoint(
                 [this](const api::PersonCall& call, const http::Request& request) { return fetch(call, request); }),
             limits}};
}

OwnData::Answer OwnData::fetch(const api::PersonCall& call, const http::Request& request) {
    const RouteTablePtr routes = parts_.routes.now();
    const auto binding = routes->rest.find(request.parameter("service"));
    if (binding == routes->rest.end() || binding->second.own_path.empty()) {
        co_return api::problem(access::own_data_no_service, request);
    }
    auto begin = [&own_data = parts_.own_data, acting = call.acting, service = binding->first,
                  now = parts_.clock.now()](store::WriteSession& session) {
        return own_data.begin(session, acting, service, now);
    };
    const auto look = co_await http::committed(parts_.writer, std::move(begin));
    if (look.has_error()) co_return api::problem(look.error(), request);
    const Locator& locator = binding->second.locator;
    const ReadCall nothing_else{.body = boost::json::object{}, .persons = {}, .fields = {}};
    http::Outgoing outgoing{
        .upstream = binding->second.upstream,
        .method = "POST",
        .target = binding->second.own_path,
        .headers = {{"Authorization",
                     "Bearer " + token::sign(parts_.signing_key, token::access_token_type, to_json(look->claims))},
                    {"Content-Type", "application/json"},
                    {"Accept", "application/json"},
                    {"traceparent", request.trace.traceparent()}},
        .body = body_for_owner(nothing_else, locator, look->claims.subject, look->fields),
        .limits = {.deadline = base::limits::owner_deadline, .body_bytes_max = base::limits::answer_body_bytes_max}};
    Asked asked{.service = binding->first, .locator = locator};
    if (binding->second.signed_answers) asked.signed_request = parts_.signatures.sign_request(outgoing);
    http::Outcome outcome = co_await parts_.client.exchange(std::move(outgoing));
    auto [state, response] = judge(request, *look, asked, std::move(outcome));
    auto conclude = [&own_data = parts_.own_data, id = look->id, state = state](store::WriteSession& session) {
        own_data.conclude(session, id, state);
        return true;
    };
    co_await http::committed(parts_.writer, std::move(conclude));
    co_return std::move(response);
}

OwnData::Decided OwnData::judge(const http::Request& request, const access::OwnData::Look& look, const Asked& asked,
                                http::Outcome outcome) const {
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) {
        if (failure->lost == http::Lost::not_sent) {
            return {UseState::not_sent, api::problem(bad_gateway, owner_unreachable, request)};
        }
        return {UseState::unknown, failure->lost == http::Lost::bad_answer
                                       ? api::problem(bad_gateway, owner_failed, request)
                                       : api::problem(gateway_timeout, owner_silent, request)};
    }
    auto& answer = std::get<http::Answer>(outcome);
    if (answer.status >= 500) return {UseState::unknown, api::problem(bad_gateway, owner_failed, request)};
    if (answer.status != 200) return {UseState::not_sent, api::problem(bad_gateway, owner_refused, request)};
    if (asked.signed_request) {
        const auto by_owner = parts_.signatures.check_answer(answer, *asked.signed_request, asked.service);
        if (by_owner.has_error()) return {UseState::unknown, api::problem(bad_gateway, by_owner.error(), request)};
    }
    if (const auto fits = check_answer(answer.body, look.fields, look.fields, asked.locator); fits.has_error()) {
        return {UseState::unknown, api::problem(bad_gateway, fits.error(), request)};
    }
    return {UseState::delivered, http::Response{.status = 200,
                                                .content_type = "application/json",
                                                .headers = {{"Cache-Control", "no-store"}},
                                                .body = std::move(answer.body)}};
}

}  // namespace kelisim::gateway
