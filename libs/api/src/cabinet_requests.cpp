// SPDX-License-Identifier: Apache-2.0
#include "access/contact.hpp"
#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

const base::Reason answer_unclear{"answer_unclear",
                                  base::Kind::invalid,
                                  "418-V ст.36(3)",
                                  {"Жауап: yes немесе no; yes үшін код керек.", "Ответ: yes или no; для yes нужен код.",
                                   "The answer is yes or no; a yes takes a code."}};

// A yes by a code takes one; what is going to be signed takes none.
enum class Confirmed { by_code, by_signature };

base::Result<access::CabinetAnswer> read_answer(const http::Request& request, consent::RequestId id, Confirmed how) {
    const auto body = how == Confirmed::by_code ? read_body(request, {"answer", "code", "services", "fields"})
                                                : read_body(request, {"answer", "services", "fields"});
    if (body.has_error()) return body.error();
    const auto answer = json::text(*body, "answer");
    if (answer.has_error()) return answer.error();
    const auto code = json::optional_text(*body, "code", base::limits::name_bytes_max);
    if (code.has_error()) return code.error();
    const auto services = json::optional_texts(*body, "services", base::limits::request_services_max);
    if (services.has_error()) return services.error();
    const auto fields = json::optional_texts(*body, "fields", base::limits::request_fields_max);
    if (fields.has_error()) return fields.error();
    const bool yes = *answer == "yes";
    const bool clear = yes ? code->has_value() || how == Confirmed::by_signature : *answer == "no";
    if (!clear) return base::Refusal(answer_unclear);
    return access::CabinetAnswer{.request = id,
                                 .answer = yes ? consent::Answer::yes : consent::Answer::no,
                                 .services = services->value_or(std::vector<std::string>{}),
                                 .fields = fields->value_or(std::vector<std::string>{}),
                                 .code = std::string(code->value_or(""))};
}

}  // namespace

std::vector<http::Route> Cabinet::request_routes() {
    const PersonAuthentication& person = parts_.persons;
    return {
        {"GET", "/api/v1/me/requests",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return requests(c, r); })},
        {"GET", "/api/v1/me/requests/{id}",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return one_request(c, r); })},
        {"POST", "/api/v1/me/requests/{id}/codes",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return answer_code(c, r); })},
        {"POST", "/api/v1/me/requests/{id}/documents",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return offer_answer(c, r); })},
        {"POST", "/api/v1/me/requests/{id}/answer",
         person.protecting([this](const PersonCall& c, const http::Request& r) { return answer(c, r); })},
    };
}

boost::json::object Cabinet::shown(const consent::AccessRequest& request, const http::Request& reader) const {
    boost::json::object body = request_json(request, parts_.parts.registry, parts_.clock.now());
    const registry::Channel channel = request.terms.channel;
    if (channel == registry::Channel::contact_centre || channel == registry::Channel::sms_code) {
        // The same as in the SMS: a message with another one is not ours.
        body["check"] = access::Contact(parts_.parts).check_code(request.id);
    }
    if (!request.stopped_for.empty()) {
        const base::Refusal why(consent::question_reasons(request.stopped_for));
        body["stopped_for"] = reasons_json(why, language_of(reader));
    }
    return body;
}

Cabinet::Answer Cabinet::requests(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    const base::Time now = parts_.clock.now();
    Look read = [this, query, now, &request](store::ReadSession& session, const access::Actors& actors) {
        access::Page<consent::AccessRequest> page;
        if (query.waiting) {
            page.items = parts_.use_cases.cabinet.waiting(session, actors.whose, now);
        } else {
            page = parts_.use_cases.cabinet.requests(session, actors.whose, query.page);
        }
        return http::json_response(
            200, page_json(page, [&](const consent::AccessRequest& each) { return shown(each, request); }));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::one_request(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    Look read = [this, id, &request](store::ReadSession& session, const access::Actors& actors) {
        const auto found = id ? parts_.use_cases.cabinet.request(session, actors.whose, *id) : std::nullopt;
        if (!found) return problem(access::cabinet_not_found, request);
        return http::json_response(200, shown(*found, request));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::answer_code(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto send = [&confirming = parts_.use_cases.confirming, acting = call.acting, id = *id, now = parts_.clock.now()](
                    store::WriteSession& session) { return confirming.send_for_answer(session, acting, id, now); };
    const auto next = co_await http::committed(parts_.writer, std::move(send));
    if (next.has_error()) co_return problem(next.error(), request);
    co_return http::json_response(202, boost::json::object{{"expires_in", base::limits::code_life.count()},
                                                           {"next_code_at", base::to_iso8601(*next)}});
}

Cabinet::Answer Cabinet::offer_answer(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    auto choice = read_answer(request, *id, Confirmed::by_signature);
    if (choice.has_error()) co_return problem(choice.error(), request);
    auto offer = [&use_case = parts_.use_cases.signed_answers, acting = call.acting, choice = std::move(*choice),
                  now = parts_.clock.now()](store::WriteSession& session) {
        return use_case.offer_answer(session, acting, choice, now);
    };
    co_return offered(co_await http::committed(parts_.writer, std::move(offer)), request);
}

Cabinet::Answer Cabinet::answer(const PersonCall& call, const http::Request& request) {
    const auto id = consent::RequestId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto signed_body = read_signed(request)) {
        SignedAct give = [&use_case = parts_.use_cases.signed_answers, acting = call.acting, id = *id](
                             store::WriteSession& session, const access::SignedDocument& document, base::Time now) {
            return use_case.answer(session, acting, id, document, now);
        };
        const auto refused = co_await act_signed(call, request, *signed_body, std::move(give));
        if (refused) co_return *refused;
        co_return co_await one_request(call, request);
    }
    auto given = read_answer(request, *id, Confirmed::by_code);
    if (given.has_error()) co_return problem(given.error(), request);
    if (given->answer == consent::Answer::yes) {
        if (parts_.persons.levels().agree != access::Level::code) co_return problem(answer_takes_document, request);
        if (const auto low = parts_.persons.too_low(call.session, parts_.persons.levels().look)) {
            co_return problem(*low, request);
        }
    }
    auto unit = [&answering = parts_.use_cases.answering, acting = call.acting, given = std::move(*given),
                 now = parts_.clock.now()](store::WriteSession& session) {
        return answering.answer(session, acting, given, now);
    };
    const auto refused = co_await http::committed(parts_.writer, std::move(unit));
    if (refused) co_return problem(*refused, request);
    co_return co_await one_request(call, request);
}

}  // namespace kelisim::api
