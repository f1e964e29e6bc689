// SPDX-License-Identifier: Apache-2.0
#include "api/problem.hpp"

#include <boost/json/serialize.hpp>

#include "base/limits.hpp"
#include "http/status.hpp"

namespace kelisim::api {

namespace {

std::string_view text_in(const base::Text& text, base::Language language) {
    switch (language) {
        case base::Language::kk:
            return text.kk;
        case base::Language::ru:
            return text.ru;
        case base::Language::en:
            return text.en;
    }
    return text.en;
}

}  // namespace

base::Language language_of(const http::Request& request) {
    const std::string_view wanted = request.headers.first("Accept-Language").value_or("");
    // The first of ours that is named; weights are seldom other than by order, and a wrong guess costs a glance.
    std::size_t best = std::string_view::npos;
    base::Language language = base::Language::en;
    for (const base::Language candidate : {base::Language::kk, base::Language::ru, base::Language::en}) {
        const std::size_t at = wanted.find(base::to_string(candidate));
        if (at >= best) continue;
        best = at;
        language = candidate;
    }
    return language;
}

boost::json::array reasons_json(const base::Refusal& refusal, base::Language language) {
    boost::json::array reasons;
    for (const base::Reason* reason : refusal.reasons()) {
        boost::json::object entry{{"code", reason->code}, {"text", text_in(reason->text, language)}};
        if (!reason->clause.empty()) entry["clause"] = reason->clause;
        reasons.push_back(std::move(entry));
    }
    return reasons;
}

http::Response problem(int status, const base::Refusal& refusal, const http::Request& request) {
    const base::Language language = language_of(request);
    const base::Reason& first = refusal.first();
    const boost::json::object body{{"type", "urn:kelisim:problem:" + std::string(first.code)},
                                   {"title", text_in(first.text, language)},
                                   {"status", status},
                                   {"code", first.code},
                                   {"reasons", reasons_json(refusal, language)}};
    http::Response response{
        .status = status,
        .content_type = "application/problem+json",
        .headers = {{"Cache-Control", "no-store"}, {"Content-Language", std::string(base::to_string(language))}},
        .body = boost::json::serialize(body)};
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return response;
}

http::Response problem(const base::Refusal& refusal, const http::Request& request) {
    return problem(http::status_of(refusal.first().kind), refusal, request);
}

http::Response paced_out(const base::Reason& reason, const http::Request& request) {
    http::Response response = problem(reason, request);
    response.headers.push_back({"Retry-After", std::to_string(base::limits::sign_in_retry_after.count())});
    return response;
}

http::Response error_page(int status, const base::Reason& reason, const http::Request& request) {
    return problem(status, base::Refusal(reason), request);
}

}  // namespace kelisim::api
