// SPDX-License-Identifier: Apache-2.0
#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

std::vector<http::Route> Cabinet::consent_routes() {
    const PersonAuthentication& person = parts_.persons;
    const auto step = [this](Step which) {
        return [this, which](const PersonCall& c, const http::Request& r) { return take_step(c, r, which); };
    };
    return {
        {"GET", "/api/v1/me/consents",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return consents(c, r); })},
        {"GET", "/api/v1/me/consents/{id}",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return one_consent(c, r); })},
        {"POST", "/api/v1/me/consents/{id}/pause", person.protecting(step(&access::Steering::pause))},
        {"POST", "/api/v1/me/consents/{id}/resume", person.endpoint(step(&access::Steering::resume))},
        {"POST", "/api/v1/me/consents/{id}/withdraw", person.protecting(step(&access::Steering::withdraw))},
        {"POST", "/api/v1/me/consents/{id}/codes",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return extension_code(c, r); })},
        {"POST", "/api/v1/me/consents/{id}/documents",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return offer_extension(c, r); })},
        {"POST", "/api/v1/me/consents/{id}/extend",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return extend(c, r); })},
    };
}

Cabinet::Answer Cabinet::consents(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query](store::ReadSession& session, const access::Actors& actors) {
        const auto page = parts_.use_cases.cabinet.consents(session, actors.whose, query.page, parts_.clock.now());
        return http::json_response(200, page_json(page, [&](const access::ConsentView& each) {
                                       return consent_json(each, parts_.parts.registry);
                                   }));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::one_consent(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    Look read = [this, id, &request](store::ReadSession& session, const access::Actors& actors) {
        const auto found =
            id ? parts_.use_cases.cabinet.consent(session, actors.whose, *id, parts_.clock.now()) : std::nullopt;
        if (!found) return problem(access::cabinet_not_found, request);
        return http::json_response(200, consent_json(*found, parts_.parts.registry));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::take_step(const PersonCall& call, const http::Request& request, Step step) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto unit = [&steering = parts_.use_cases.steering, step, acting = call.acting, id = *id, now = parts_.clock.now()](
                    store::WriteSession& session) { return (steering.*step)(session, acting, id, now); };
    const auto taken = co_await http::committed(parts_.writer, std::move(unit));
    if (taken.has_error()) co_return problem(taken.error(), request);
    co_return co_await one_consent(call, request);
}

Cabinet::Answer Cabinet::extension_code(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto send = [&confirming = parts_.use_cases.confirming, acting = call.acting, id = *id, now = parts_.clock.now()](
                    store::WriteSession& session) { return confirming.send_for_extension(session, acting, id, now); };
    const auto next = co_await http::committed(parts_.writer, std::move(send));
    if (next.has_error()) co_return problem(next.error(), request);
    co_return http::json_response(202, boost::json::object{{"expires_in", base::limits::code_life.count()},
                                                           {"next_code_at", base::to_iso8601(*next)}});
}

base::Result<base::Time> Cabinet::read_until(const boost::json::object& body) const {
    const auto until = json::text(body, "until", base::limits::name_bytes_max);
    if (until.has_error()) return until.error();
    if (!base::is_day(*until)) return base::Refusal(json::json_member_range);
    return parts_.parts.zone.end_of_day(*until);
}

Cabinet::Answer Cabinet::offer_extension(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto body = read_body(request, {"until"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto until = read_until(*body);
    if (until.has_error()) co_return problem(until.error(), request);
    auto offer = [&use_case = parts_.use_cases.signed_answers, acting = call.acting, id = *id, until = *until,
                  now = parts_.clock.now()](store::WriteSession& session) {
        return use_case.offer_extension(session, acting, id, until, now);
    };
    co_return offered(co_await http::committed(parts_.writer, std::move(offer)), request);
}

// {"until": "2027-03-31", "code"}: a local day, the last on which the consent holds; or {"document"}.
Cabinet::Answer Cabinet::extend(const PersonCall& call, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto signed_body = read_signed(request)) {
        SignedAct extend = [&use_case = parts_.use_cases.signed_answers, acting = call.acting, id = *id](
                               store::WriteSession& session, const access::SignedDocument& document, base::Time now) {
            return use_case.extend(session, acting, id, document, now);
        };
        const auto refused = co_await act_signed(call, request, *signed_body, std::move(extend));
        if (refused) co_return *refused;
        co_return co_await one_consent(call, request);
    }
    if (parts_.persons.levels().agree != access::Level::code) co_return problem(answer_takes_document, request);
    const auto body = read_body(request, {"until", "code"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto end = read_until(*body);
    if (end.has_error()) co_return problem(end.error(), request);
    const auto code = json::text(*body, "code", base::limits::name_bytes_max);
    if (code.has_error()) co_return problem(code.error(), request);
    auto unit = [&steering = parts_.use_cases.steering, acting = call.acting, id = *id, code = std::string(*code),
                 end = *end, now = parts_.clock.now()](store::WriteSession& session) {
        return steering.extend(session, acting, id, end, code, now);
    };
    const auto refused = co_await http::committed(parts_.writer, std::move(unit));
    if (refused) co_return problem(*refused, request);
    co_return co_await one_consent(call, request);
}

}  // namespace kelisim::api
