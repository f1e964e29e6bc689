// SPDX-License-Identifier: Apache-2.0
#include "api/deferrals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
using boost::json::array;
using boost::json::object;
using records::Deferral;

object deferral_json(const Deferral& deferral) {
    object body{{"id", deferral.id.to_string()},
                {"asker", deferral.asker},
                {"organisation", deferral.organisation},
                {"ground", deferral.ground},
                {"law", boost::json::value_from(deferral.law_name)},
                {"article", deferral.article},
                {"decision", deferral.decision},
                {"begun", base::to_iso8601(deferral.begun)},
                {"due", base::to_iso8601(deferral.due)},
                {"disclosed", time_json(deferral.disclosed)}};
    if (deferral.disclosed) body["how"] = boost::json::value_from(deferral.how);
    return body;
}

std::optional<consent::SubjectId> id_of(const http::Request& request) {
    return consent::SubjectId::parse(request.parameter("id"));
}

// --- Those who asked

Answer list(const DeferralParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    object body;
    parts.readers.read([&](store::ReadSession& session) {
        body = page_json(parts.deferring.of_asker(session, client.system->key, query->page), [](const Deferral& each) {
            object item = deferral_json(each);
            item["request"] = each.request.to_string();
            return item;
        });
    });
    co_return http::json_response(200, body);
}

Answer prolong(const DeferralParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto id = id_of(request);
    if (!id) co_return problem(access::deferral_not_found, request);
    const auto body = read_body(request, {"until", "decision"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto text = json::text(*body, "until", base::limits::name_bytes_max);
    if (text.has_error()) co_return problem(text.error(), request);
    const auto until = base::parse_time(*text);
    if (until.has_error()) co_return problem(until.error(), request);
    const auto decision = json::text(*body, "decision", base::limits::name_bytes_max);
    if (decision.has_error()) co_return problem(decision.error(), request);
    auto unit = [&deferring = parts.deferring, asker = client.system->key, id = *id, until = *until,
                 decision = std::string(*decision), now = parts.clock.now()](store::WriteSession& session) {
        return deferring.prolong(session, asker, id, until, decision, now);
    };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::json_response(200, object{{"id", id->to_string()}, {"due", base::to_iso8601(*until)}});
}

Answer disclose(const DeferralParts& parts, const ClientSystem& client, const http::Request& request) {
    const auto id = id_of(request);
    if (!id) co_return problem(access::deferral_not_found, request);
    if (const auto none = no_body(request); none.has_error()) co_return problem(none.error(), request);
    auto unit = [&deferring = parts.deferring, asker = client.system->key, id = *id, now = parts.clock.now()](
                    store::WriteSession& session) { return deferring.disclose(session, asker, id, now); };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

// --- The authorized body

Answer totals(const DeferralParts& parts, const StaffCall& call, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    const base::Time now = parts.clock.now();
    const std::string month = query->month.empty() ? parts.deferring.month_of(now) : query->month;
    auto unit = [&deferring = parts.deferring, official = call.official, month, now](store::WriteSession& session) {
        return deferring.totals(session, official, month, now);
    };
    const auto found = co_await http::committed(parts.writer, std::move(unit));
    array items;
    for (const auto& row : found.rows) {
        items.push_back(object{{"organisation", row.organisation},
                               {"asker", row.asker},
                               {"ground", row.ground},
                               {"law", row.law},
                               {"open", row.open},
                               {"disclosed", row.disclosed},
                               {"oldest_due", time_json(row.oldest_due)}});
    }
    co_return http::json_response(
        200, object{{"month", month},
                    {"items", std::move(items)},
                    {"open", object{{"count", found.open.count}, {"oldest_due", time_json(found.open.oldest_due)}}}});
}

Answer open(const DeferralParts& parts, const StaffCall& call, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    auto unit = [&deferring = parts.deferring, official = call.official, page = query->page, now = parts.clock.now()](
                    store::WriteSession& session) { return deferring.open(session, official, page, now); };
    const auto found = co_await http::committed(parts.writer, std::move(unit));
    co_return http::json_response(200, page_json(found, deferral_json));
}

Answer order_disclosure(const DeferralParts& parts, const StaffCall& call, const http::Request& request) {
    const auto id = id_of(request);
    if (!id) co_return problem(access::deferral_not_found, request);
    const auto body = read_body(request, {"reason"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto reason = json::text(*body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    auto unit = [&deferring = parts.deferring, official = call.official, id = *id, reason = std::string(*reason),
                 now = parts.clock.now()](store::WriteSession& session) {
        return deferring.disclose(session, official, id, reason, now);
    };
    const auto done = co_await http::committed(parts.writer, std::move(unit));
    if (done.has_error()) co_return problem(done.error(), request);
    co_return http::empty_response(204);
}

}  // namespace

std::vector<http::Route> deferral_routes(const DeferralParts& parts) {
    const auto asker = [&](auto handler) {
        return parts.clients.endpoint(
            [parts, handler](const ClientSystem& c, const http::Request& r) { return handler(parts, c, r); });
    };
    const auto body = [&](auto handler) {
        return parts.staff.endpoint(
            access::Office::authorized_body,
            [parts, handler](const StaffCall& c, const http::Request& r) { return handler(parts, c, r); });
    };
    return {
        {"GET", "/api/v1/initiator/deferrals", asker(list)},
        {"POST", "/api/v1/initiator/deferrals/{id}/prolongation", asker(prolong)},
        {"POST", "/api/v1/initiator/deferrals/{id}/disclosure", asker(disclose)},
        {"GET", "/api/v1/staff/deferrals", body(open)},
        {"GET", "/api/v1/staff/deferrals/totals", body(totals)},
        {"POST", "/api/v1/staff/deferrals/{id}/disclosure", body(order_disclosure)},
    };
}

}  // namespace kelisim::api
