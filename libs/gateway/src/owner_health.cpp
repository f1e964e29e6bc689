// SPDX-License-Identifier: Apache-2.0
#include "gateway/owner_health.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace kelisim::gateway {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
using boost::json::object;

boost::json::value time_json(std::optional<base::Time> time) {
    return time ? boost::json::value(base::to_iso8601(*time)) : boost::json::value(nullptr);
}

// Where the calls of a service go is nobody's business who calls it: names of steps, and times.
object row_json(const Owners::Row& row) {
    const OwnerRoute::Health& health = row.health;
    boost::json::array steps;
    for (std::size_t i = 0; i < owner_steps; ++i)
        steps.push_back(object{{"step", boost::describe::enum_to_string(static_cast<OwnerStep>(i), "")},
                               {"last_good", time_json(health.steps[i].good)},
                               {"last_bad", time_json(health.steps[i].bad)}});
    object json{{"service", row.way.service},
                {"wire", boost::describe::enum_to_string(row.way.wire, "")},
                {"breaker", boost::describe::enum_to_string(health.breaker, "")},
                {"steps", std::move(steps)}};
    if (!row.way.route.empty()) json["route"] = row.way.route;
    if (health.failed_at) json["failed_at"] = boost::describe::enum_to_string(*health.failed_at, "");
    if (health.rests) json["retry_after"] = std::chrono::ceil<std::chrono::seconds>(*health.rests).count();
    return json;
}

object detailed_json(const Owners::Row& row) {
    object json = row_json(row);
    json["address"] =
        (row.upstream.tls ? "https://" : "http://") + row.upstream.host + ":" + std::to_string(row.upstream.port);
    json["failures_in_a_row"] = row.health.failures_in_a_row;
    json["answered"] = row.health.answered;
    json["failed"] = row.health.failed;
    json["not_asked"] = row.health.not_asked;
    if (!row.health.why.empty()) json["why"] = row.health.why;
    return json;
}

Answer for_system(const OwnerHealthParts& parts, const api::ClientSystem& client) {
    const std::string today = parts.zone.day(parts.clock.now());
    boost::json::array items;
    for (const Owners::Row& row : parts.owners.rows()) {
        if (registry::is_connected(parts.registry, client.system->key, row.way.service, today))
            items.push_back(row_json(row));
    }
    co_return http::json_response(200, object{{"items", std::move(items)}});
}

Answer for_operator(const OwnerHealthParts& parts) {
    boost::json::array items;
    for (const Owners::Row& row : parts.owners.rows())
        items.push_back(detailed_json(row));
    co_return http::json_response(200, object{{"items", std::move(items)}});
}

}  // namespace

http::Route owner_health_for_systems(const OwnerHealthParts& parts) {
    return {"GET", "/api/v1/initiator/services",
            parts.clients.endpoint(
                [parts](const api::ClientSystem& client, const http::Request&) { return for_system(parts, client); })};
}

http::Route owner_health_for_operators(const OwnerHealthParts& parts) {
    return {"GET", "/api/v1/staff/owners",
            parts.staff.endpoint(access::Office::egov_operator,
                                 [parts](const api::StaffCall&, const http::Request&) { return for_operator(parts); })};
}

}  // namespace kelisim::gateway
