// SPDX-License-Identifier: Apache-2.0
#include "api/staff.hpp"

#include <boost/json/value_from.hpp>
#include <functional>

#include "api/anywhere.hpp"
#include "api/problem.hpp"
#include "base/limits.hpp"
#include "cabinet_json.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"
#include "staff_evidence.hpp"
#include "staff_exchanges.hpp"
#include "staff_registry.hpp"

namespace kelisim::api {

namespace {

using access::Office;
using access::PageWanted;
using Answer = boost::asio::awaitable<http::Response>;
using boost::json::array;
using boost::json::object;
using records::Subject;

object organisation_json(const std::string& bin, const registry::Registry& registry) {
    const registry::Organisation* organisation = registry.organisation(bin);
    return {{"bin", bin}, {"name", boost::json::value_from(organisation->name)}};
}

boost::json::value ended_json(const std::string& ended) {
    return ended.empty() ? boost::json::value(nullptr) : boost::json::value(ended);
}

boost::json::value described_json(const registry::Name& description) {
    return description.kk.empty() ? boost::json::value(nullptr) : boost::json::value_from(description);
}

Answer office(const StaffParts& parts, const StaffCall& call, const http::Request&) {
    co_return http::json_response(
        200, object{{"organisation", organisation_json(call.official.organisation, parts.parts.registry)},
                    {"office", boost::describe::enum_to_string(call.official.office, "")}});
}

// --- The authorized body

Answer begin_look(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    const auto body = read_body(request, {"iin", "reason"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto digits = json::text(*body, "iin", base::limits::name_bytes_max);
    if (digits.has_error()) co_return problem(digits.error(), request);
    const auto iin = base::Iin::parse(*digits);
    if (iin.has_error()) co_return problem(iin.error(), request);
    const auto reason = json::text(*body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    auto begin = [&supervision = parts.supervision, official = call.official, iin = *iin, reason = std::string(*reason),
                  now = parts.clock.now()](store::WriteSession& session) {
        return supervision.begin(session, official, iin, reason, now);
    };
    const auto begun = co_await http::committed(parts.writer, std::move(begin));
    if (const auto* refused = std::get_if<base::Refusal>(&begun)) co_return problem(*refused, request);
    const auto& look = std::get<records::OfficialLook>(begun);
    co_return http::json_response(201, object{{"id", look.id.to_string()}, {"ends", base::to_iso8601(look.ends)}});
}

Answer overdue_questions(const StaffParts& parts, const StaffCall&, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    object body;
    const base::Time now = parts.clock.now();
    parts.readers.read([&](store::ReadSession& session) {
        body = page_json(parts.supervision.overdue_questions(session, query->page, now),
                         [&](const records::UseQuestion& each) { return question_frame_json(each, now); });
    });
    co_return http::json_response(200, body);
}

// A page of one person's entries, as an open look shows it.
using Entries = object (*)(const StaffParts&, store::ReadSession&, const Subject&, const PageWanted&);

Answer show(const StaffParts& parts, const StaffCall& call, const http::Request& request, Entries entries) {
    const auto id = records::OfficialLookId::parse(request.parameter("id"));
    if (!id) co_return problem(access::look_over, request);
    const auto query = read_query(request).value();
    std::optional<http::Response> response;
    auto read = [&](store::ReadSession& session) {
        const auto whose = parts.supervision.whose(session, call.official, *id, parts.clock.now());
        response = whose.has_error() ? problem(whose.error(), request)
                                     : http::json_response(200, entries(parts, session, *whose, query.page));
    };
    co_await read_anywhere(parts.readers, parts.elsewhere, std::move(read));
    co_return std::move(*response);
}

object requests_of(const StaffParts& parts, store::ReadSession& session, const Subject& whose, const PageWanted& page) {
    return page_json(parts.cabinet.requests(session, whose, page), [&](const consent::AccessRequest& each) {
        return request_json(each, parts.parts.registry, parts.clock.now());
    });
}

object consents_of(const StaffParts& parts, store::ReadSession& session, const Subject& whose, const PageWanted& page) {
    return page_json(parts.cabinet.consents(session, whose, page, parts.clock.now()),
                     [&](const access::ConsentView& each) { return consent_json(each, parts.parts.registry); });
}

object uses_of(const StaffParts& parts, store::ReadSession& session, const Subject& whose, const PageWanted& page) {
    return page_json(parts.cabinet.uses(session, whose, page),
                     [&](const access::UseView& each) { return use_json(each, parts.parts.registry); });
}

// What the person and the initiator wrote to each other is theirs; that it was written, and when, is not.
object questions_of(const StaffParts& parts, store::ReadSession& session, const Subject& whose,
                    const PageWanted& page) {
    return page_json(parts.cabinet.questions(session, whose, page),
                     [&](const records::UseQuestion& each) { return question_frame_json(each, parts.clock.now()); });
}

object changes_of(const StaffParts& parts, store::ReadSession& session, const Subject& whose, const PageWanted& page) {
    return page_json(parts.reports.of(session, whose, page),
                     [&](const records::DataChange& each) { return change_json(each, parts.parts.registry); });
}

// --- The operator

Answer connections(const StaffParts& parts, const StaffCall&, const http::Request&) {
    array items;
    for (const registry::Connection* connection : parts.parts.registry.connections()) {
        array purposes;
        for (const registry::Purpose& purpose : connection->purposes) {
            purposes.push_back(object{{"code", purpose.code},
                                      {"name", boost::json::value_from(purpose.name)},
                                      {"services", boost::json::value_from(purpose.services)},
                                      {"ended", ended_json(purpose.ended)}});
        }
        items.push_back(object{{"key", connection->key},
                               {"initiator", connection->initiator},
                               {"channel", boost::json::value_from(connection->channel)},
                               {"valid_from", connection->valid_from},
                               {"valid_to", connection->valid_to},
                               {"ended", ended_json(connection->ended)},
                               {"purposes", std::move(purposes)}});
    }
    co_return http::json_response(200, object{{"items", std::move(items)}});
}

Answer services(const StaffParts& parts, const StaffCall&, const http::Request&) {
    array items;
    for (const registry::IntegrationService* service : parts.parts.registry.services()) {
        items.push_back(object{{"key", service->key},
                               {"owner", service->owner},
                               {"name", boost::json::value_from(service->name)},
                               {"description", described_json(service->description)},
                               {"personal_data", service->personal_data},
                               {"kind", boost::json::value_from(service->kind)},
                               {"ended", ended_json(service->ended)}});
    }
    co_return http::json_response(200, object{{"items", std::move(items)}});
}

// Carries an order out in one unit.
using Change = std::function<base::Result<void>(store::WriteSession&, const access::RegistryChanges&,
                                                const access::RegistryChanges::Order&, base::Time)>;

// `done`: the member of the answer that says when.
Answer carry_out(const StaffParts& parts, const StaffCall& call, const http::Request& request, std::string_view done,
                 Change what) {
    const auto body = read_body(request, {"reason"});
    if (body.has_error()) co_return problem(body.error(), request);
    const auto reason = json::text(*body, "reason", base::limits::person_text_bytes_max);
    if (reason.has_error()) co_return problem(reason.error(), request);
    if (reason->empty()) co_return problem(json::json_member_range, request);
    const base::Time now = parts.clock.now();
    auto unit = [&changes = parts.registry_changes, what = std::move(what),
                 order = access::RegistryChanges::Order{.official = call.official.subject,
                                                        .organisation = call.official.organisation,
                                                        .reason = std::string(*reason)},
                 now](store::WriteSession& session) { return what(session, changes, order, now); };
    const auto carried_out = co_await http::committed(parts.writer, std::move(unit));
    if (carried_out.has_error()) co_return problem(carried_out.error(), request);
    co_return http::json_response(200, object{{done, base::to_iso8601(now)}});
}

Answer end_connection(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    Change what = [key = std::string(request.parameter("key"))](auto& session, const auto& changes, const auto& order,
                                                                base::Time now) {
        return changes.end_connection(session, key, order, now);
    };
    return carry_out(parts, call, request, "ended", std::move(what));
}

Answer end_purpose(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    Change what = [key = std::string(request.parameter("key")), code = std::string(request.parameter("code"))](
                      auto& session, const auto& changes, const auto& order, base::Time now) {
        return changes.end_purpose(session, key, code, order, now);
    };
    return carry_out(parts, call, request, "ended", std::move(what));
}

Answer end_service(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    Change what = [key = std::string(request.parameter("key"))](auto& session, const auto& changes, const auto& order,
                                                                base::Time now) {
        return changes.end_service(session, key, order, now);
    };
    return carry_out(parts, call, request, "ended", std::move(what));
}

// What is known of a message beside what it says.
object message_json(const records::AsyncMessage& message) {
    return {
        {"id", message.id.to_string()},
        {"sender", message.sender},
        {"receiver", message.receiver},
        {"service", message.service},
        {"conversation", message.conversation.to_string()},
        {"type", boost::describe::enum_to_string(message.kind, "")},
        {"bytes", message.bytes},
        {"accepted", base::to_iso8601(message.accepted)},
        {"ended", message.ended ? boost::json::value(base::to_iso8601(*message.ended)) : boost::json::value(nullptr)},
        {"attempts", message.attempts},
        {"error", message.error}};
}

// Who looks at messages that were given up is on record before they are shown, as with searches.
boost::asio::awaitable<void> note_look(const StaffParts& parts, const StaffCall& call,
                                       std::optional<records::AsyncMessageId> id) {
    auto unit = [&queues = parts.async_queues, id,
                 by =
                     access::RegistryChanges::Order{
                         .official = call.official.subject, .organisation = call.official.organisation, .reason = {}},
                 now = parts.clock.now()](store::WriteSession& session) {
        queues.note_look(session, id, by, now);
        return true;
    };
    co_await http::committed(parts.writer, std::move(unit));
}

Answer messages_given_up(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    const auto query = read_query(request);
    if (query.has_error()) co_return problem(query.error(), request);
    co_await note_look(parts, call, std::nullopt);
    object body;
    parts.readers.read([&](store::ReadSession& session) {
        body = page_json(parts.async_queues.given_up(session, query->page), message_json);
    });
    co_return http::json_response(200, body);
}

Answer message_given_up(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    const auto id = records::AsyncMessageId::parse(request.parameter("id"));
    std::optional<records::AsyncMessage> message;
    if (id) {
        parts.readers.read([&](store::ReadSession& session) { message = parts.async_queues.given_up(session, *id); });
    }
    if (!message) co_return problem(access::async_message_unknown, request);
    co_await note_look(parts, call, message->id);
    co_return http::json_response(200, message_json(*message));
}

using MessageOrder = base::Result<void> (access::AsyncQueues::*)(store::WriteSession&, records::AsyncMessageId,
                                                                 const access::RegistryChanges::Order&,
                                                                 base::Time) const;

Answer order_message(const StaffParts& parts, const StaffCall& call, const http::Request& request,
                     std::string_view done, MessageOrder what) {
    const auto id = records::AsyncMessageId::parse(request.parameter("id"));
    if (!id) co_return problem(access::async_message_unknown, request);
    Change change = [&queues = parts.async_queues, what, id = *id](auto& session, const auto&, const auto& order,
                                                                   base::Time now) {
        return (queues.*what)(session, id, order, now);
    };
    auto response = co_await carry_out(parts, call, request, done, std::move(change));
    parts.messages_ordered();
    co_return response;
}

Answer replay_message(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return order_message(parts, call, request, "replayed", &access::AsyncQueues::replay);
}

Answer return_message(const StaffParts& parts, const StaffCall& call, const http::Request& request) {
    return order_message(parts, call, request, "returned", &access::AsyncQueues::give_back);
}

}  // namespace

std::vector<http::Route> staff_routes(const StaffParts& parts) {
    const auto endpoint = [&](std::optional<Office> office, auto handler) {
        return parts.staff.endpoint(
            office, [parts, handler](const StaffCall& c, const http::Request& r) { return handler(parts, c, r); });
    };
    std::vector<http::Route> routes{
        {"GET", "/api/v1/staff", endpoint({}, office)},
        {"GET", "/api/v1/staff/connections", endpoint({}, connections)},
        {"GET", "/api/v1/staff/services", endpoint({}, services)},
        {"GET", "/api/v1/staff/questions/overdue", endpoint(Office::authorized_body, overdue_questions)},
        {"POST", "/api/v1/staff/looks", endpoint(Office::authorized_body, begin_look)},
        {"POST", "/api/v1/staff/connections/{key}/end", endpoint(Office::egov_operator, end_connection)},
        {"POST", "/api/v1/staff/connections/{key}/purposes/{code}/end", endpoint(Office::egov_operator, end_purpose)},
        {"POST", "/api/v1/staff/services/{key}/end", endpoint(Office::egov_operator, end_service)},
        {"POST", "/api/v1/staff/exchanges/search", endpoint(Office::egov_operator, search_exchanges)},
        {"POST", "/api/v1/staff/refused-messages/search", endpoint(Office::egov_operator, search_refused)},
        {"POST", "/api/v1/staff/exchanges/{id}/evidence", endpoint({}, export_evidence)},
        {"GET", "/api/v1/staff/time-stamps", endpoint(Office::egov_operator, time_stamps)},
        {"GET", "/api/v1/staff/messages", endpoint(Office::egov_operator, messages_given_up)},
        {"GET", "/api/v1/staff/messages/{id}", endpoint(Office::egov_operator, message_given_up)},
        {"POST", "/api/v1/staff/messages/{id}/replay", endpoint(Office::egov_operator, replay_message)},
        {"POST", "/api/v1/staff/messages/{id}/return", endpoint(Office::egov_operator, return_message)},
    };
    const auto list = [&](std::string_view pattern, Entries entries) {
        auto handler = [entries](const StaffParts& all, const StaffCall& c, const http::Request& r) {
            return show(all, c, r, entries);
        };
        routes.push_back({"GET", pattern, endpoint(Office::authorized_body, handler)});
    };
    for (http::Route& route : staff_registry_routes(parts))
        routes.push_back(std::move(route));
    list("/api/v1/staff/looks/{id}/requests", requests_of);
    list("/api/v1/staff/looks/{id}/consents", consents_of);
    list("/api/v1/staff/looks/{id}/uses", uses_of);
    list("/api/v1/staff/looks/{id}/questions", questions_of);
    list("/api/v1/staff/looks/{id}/changes", changes_of);
    return routes;
}

}  // namespace kelisim::api
