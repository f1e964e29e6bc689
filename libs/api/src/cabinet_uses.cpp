// SPDX-License-Identifier: Apache-2.0
#include "api/anywhere.hpp"
#include "api/cabinet.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

std::vector<http::Route> Cabinet::use_routes() {
    const PersonAuthentication& person = parts_.persons;
    return {
        {"GET", "/api/v1/me/uses",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return uses(c, r); })},
        {"POST", "/api/v1/me/uses/{id}/question",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return ask_question(c, r); })},
        {"GET", "/api/v1/me/questions",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return questions(c, r); })},
        {"GET", "/api/v1/me/changes",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return changes(c, r); })},
        {"GET", "/api/v1/me/looks",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return looks(c, r); })},
        {"GET", "/api/v1/me/ledger",
         person.endpoint([this](const PersonCall& c, const http::Request& r) { return ledger(c, r); })},
    };
}

Cabinet::Answer Cabinet::uses(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query, &request](store::ReadSession& session, const access::Actors& actors) {
        const auto page = parts_.use_cases.cabinet.uses(session, actors.whose, query.page);
        return http::json_response(200, page_json(page, [&](const access::UseView& each) {
                                       auto body = use_json(each, parts_.parts.registry);
                                       if (each.refused_for.empty()) return body;
                                       const base::Refusal why(each.refused_for);
                                       body["refused_for"] = reasons_json(why, language_of(request));
                                       return body;
                                   }));
    };
    return look(call, request, std::move(read));
}

Cabinet::Answer Cabinet::ask_question(const PersonCall& call, const http::Request& request) {
    const auto id = consent::UseId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto body = read_body(request, {"text"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "text", base::limits::person_text_bytes_max);
    if (text.has_error()) co_return problem(text.error(), request);
    const base::Time now = parts_.clock.now();
    // The file that the use may stand in is opened here and not under the writer.
    auto find = [this, id](store::ReadSession& session) { parts_.parts.records.uses.find(session, *id); };
    co_await read_anywhere(parts_.readers, parts_.elsewhere, std::move(find));
    auto ask = [&inquiries = parts_.use_cases.inquiries, acting = call.acting, id = *id, text = std::string(*text),
                now](store::WriteSession& session) { return inquiries.ask(session, acting, id, text, now); };
    const auto asked = co_await http::committed(parts_.writer, std::move(ask));
    if (asked.has_error()) co_return problem(asked.error(), request);
    co_return http::json_response(201, question_json(*asked, now));
}

Cabinet::Answer Cabinet::questions(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query](store::ReadSession& session, const access::Actors& actors) {
        const base::Time now = parts_.clock.now();
        const auto page = parts_.use_cases.cabinet.questions(session, actors.whose, query.page);
        return http::json_response(
            200, page_json(page, [&](const records::UseQuestion& each) { return question_json(each, now); }));
    };
    return look(call, request, std::move(read));
}

// 418-V ст.36(4): what owners changed and added.
Cabinet::Answer Cabinet::changes(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query](store::ReadSession& session, const access::Actors& actors) {
        const auto page = parts_.use_cases.data_reports.of(session, actors.whose, query.page);
        return http::json_response(200, page_json(page, [&](const records::DataChange& each) {
                                       return change_json(each, parts_.parts.registry);
                                   }));
    };
    return look(call, request, std::move(read));
}

// 236/НК п.2(6): who of the authorized body looked at these entries, and why.
Cabinet::Answer Cabinet::looks(const PersonCall& call, const http::Request& request) {
    const auto query = read_query(request).value();
    Look read = [this, query](store::ReadSession& session, const access::Actors& actors) {
        const auto page = parts_.use_cases.supervision.of(session, actors.whose, query.page);
        return http::json_response(200, page_json(page, [&](const records::OfficialLook& each) {
                                       return look_json(each, parts_.parts.registry);
                                   }));
    };
    return look(call, request, std::move(read));
}

}  // namespace kelisim::api
