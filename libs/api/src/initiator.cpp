// SPDX-License-Identifier: Apache-2.0
#include "api/initiator.hpp"

#include <functional>

#include "access/party.hpp"
#include "api/anywhere.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
using records::PartyNotice;
using records::PartyNoticeKind;

// A page of what the initiator is told, in the order of numbers. kept_from tells one who was away too long that it missed
// some.
boost::json::object page_of(const InitiatorParts& parts, store::ReadSession& session, std::string_view initiator,
                            std::optional<PartyNoticeKind> kind, const Query& query,
                            const std::function<std::optional<boost::json::object>(const PartyNotice&)>& to_json) {
    const records::PartyNotices& all = parts.records.party_notices;
    auto notices = all.of(session, initiator, kind, query.after.value_or(0), query.page.max + 1);
    const bool more = notices.size() > query.page.max;
    if (more) notices.resize(query.page.max);
    boost::json::array items;
    for (const PartyNotice& notice : notices) {
        auto item = to_json(notice);
        if (!item) continue;
        (*item)["number"] = notice.number;
        items.push_back(std::move(*item));
    }
    boost::json::object body{{"items", std::move(items)}, {"kept_from", all.kept_from(session, initiator)}};
    if (more) body["next"] = notices.back().number;
    return body;
}

bool about_question(PartyNoticeKind kind) {
    return kind == PartyNoticeKind::question || kind == PartyNoticeKind::question_overdue;
}

Answer notices(const InitiatorParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    boost::json::object body;
    parts.readers.read([&](store::ReadSession& session) {
        body = page_of(parts, session, client.system->key, {}, *query, [&](const PartyNotice& notice) {
            boost::json::object item{{"at", base::to_iso8601(notice.at)},
                                     {"event", access::name_of(notice.kind)},
                                     {"due", time_json(notice.due)}};
            if (about_question(notice.kind)) {
                item["question"] = notice.entity.to_string();
                return std::optional(std::move(item));
            }
            item["consent"] = notice.entity.to_string();
            const auto state = parts.records.consents.state(session, consent::ConsentId{notice.entity});
            if (state) item["state"] = boost::describe::enum_to_string(state->state, "");
            return std::optional(std::move(item));
        });
    });
    co_return http::json_response(200, body);
}

Answer object_to(const InitiatorParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto body = read_body(request, {"reason", "evidence"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto reason = json::text(*body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    const auto evidence = json::text(*body, "evidence", base::limits::person_text_bytes_max);
    if (evidence.has_error()) co_return problem(evidence.error(), request);
    auto unit = [&steering = parts.steering, initiator = client.system->key, id = *id,
                 objection = access::Steering::Objection{std::string(*reason), std::string(*evidence)},
                 now = parts.clock.now()](store::WriteSession& session) {
        return steering.object(session, initiator, id, objection, now);
    };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::json_response(200, boost::json::object{{"consent", id->to_string()}, {"state", "active"}});
}

Answer confirm_deletion(const InitiatorParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto id = consent::ConsentId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto unit = [&steering = parts.steering, initiator = client.system->key, id = *id, now = parts.clock.now()](
                    store::WriteSession& session) { return steering.confirm_deletion(session, initiator, id, now); };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

Answer questions(const InitiatorParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    boost::json::object body;
    const base::Time now = parts.clock.now();
    auto read = [&](store::ReadSession& session) {
        const std::string& initiator = client.system->key;
        body = page_of(parts, session, initiator, PartyNoticeKind::question, *query, [&](const PartyNotice& notice) {
            const auto found = parts.inquiries.find(session, initiator, records::QuestionId{notice.entity});
            if (!found) return std::optional<boost::json::object>();  // the person's data were erased
            boost::json::object item = question_json(found->question, now);
            item["consent"] = found->consent.to_string();
            return std::optional(std::move(item));
        });
    };
    co_await read_anywhere(parts.readers, parts.elsewhere, std::move(read));
    co_return http::json_response(200, body);
}

Answer answer_question(const InitiatorParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto id = records::QuestionId::parse(request.parameter("id"));
    if (!id) co_return problem(access::cabinet_not_found, request);
    const auto body = read_body(request, {"text"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "text", base::limits::person_text_bytes_max);
    if (text.has_error()) co_return problem(text.error(), request);
    auto unit = [&inquiries = parts.inquiries, initiator = client.system->key, id = *id, text = std::string(*text),
                 now = parts.clock.now()](store::WriteSession& session) {
        return inquiries.answer(session, initiator, id, text, now);
    };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

}  // namespace

std::vector<http::Route> initiator_routes(const InitiatorParts& parts) {
    const auto endpoint = [&](auto handler) {
        return parts.clients.endpoint(
            [parts, handler](const ClientSystem& c, const http::Request& r) { return handler(parts, c, r); });
    };
    return {
        {"GET", "/api/v1/initiator/notices", endpoint(notices)},
        {"POST", "/api/v1/initiator/consents/{id}/objection", endpoint(object_to)},
        {"POST", "/api/v1/initiator/consents/{id}/deletion", endpoint(confirm_deletion)},
        {"GET", "/api/v1/initiator/questions", endpoint(questions)},
        {"POST", "/api/v1/initiator/questions/{id}/answer", endpoint(answer_question)},
    };
}

}  // namespace kelisim::api
