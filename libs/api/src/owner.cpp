// SPDX-License-Identifier: Apache-2.0
#include "api/owner.hpp"

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "http/unit.hpp"
#include "json/json.hpp"
#include "json_body.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
namespace limits = base::limits;

base::Result<access::DataReport> read_report(const http::Request& request, const std::string& owner) {
    const auto body = read_body(request, {"id", "iin", "kind", "service", "fields", "at", "reason"});
    if (body.has_error()) return body.error();
    const auto id = json::text(*body, "id", limits::name_bytes_max);
    if (id.has_error()) return id.error();
    const auto digits = json::text(*body, "iin", limits::name_bytes_max);
    if (digits.has_error()) return digits.error();
    const auto iin = base::Iin::parse(*digits);
    if (iin.has_error()) return iin.error();
    const auto kind_text = json::text(*body, "kind", limits::name_bytes_max);
    if (kind_text.has_error()) return kind_text.error();
    records::DataChangeKind kind{};
    const bool known = boost::describe::enum_from_string(std::string(*kind_text).c_str(), kind);
    if (id->empty() || !known) return base::Refusal(json::json_member_range);
    const auto service = json::text(*body, "service", limits::name_bytes_max);
    if (service.has_error()) return service.error();
    auto fields = json::texts(*body, "fields", limits::request_fields_max);
    if (fields.has_error()) return fields.error();
    const auto at_text = json::text(*body, "at", limits::name_bytes_max);
    if (at_text.has_error()) return at_text.error();
    const auto at = base::parse_time(*at_text);
    if (at.has_error()) return at.error();
    const auto reason = json::optional_text(*body, "reason", limits::person_text_bytes_max);
    if (reason.has_error()) return reason.error();
    return access::DataReport{.owner = owner,
                              .report_id = std::string(*id),
                              .person = *iin,
                              .kind = kind,
                              .service = std::string(*service),
                              .fields = std::move(*fields),
                              .at = *at,
                              .reason = std::string(reason->value_or(""))};
}

// The answer is the same whether or not anybody is known by the IIN.
Answer report(const OwnerParts& parts, const ClientSystem& client, const http::Request& request) {
    auto read = read_report(request, client.system->key);
    if (read.has_error()) co_return problem(read.error(), request);
    const base::Time now = parts.clock.now();
    if (const auto fit = parts.reports.check(*read, now); fit.has_error()) co_return problem(fit.error(), request);
    auto claim = [&reports = parts.reports, report = *read, digest = crypto::sha256(base::as_bytes(request.body)),
                  now](store::WriteSession& session) { return reports.claim(session, report, digest, now); };
    const auto id = co_await http::committed(parts.writer, std::move(claim));
    if (id.has_error()) co_return problem(id.error(), request);
    auto record = [&reports = parts.reports, report = std::move(*read), id = *id, now](store::WriteSession& session) {
        reports.record(session, report, id, now);
        return true;
    };
    co_await http::committed(parts.writer, std::move(record));
    co_return http::json_response(201, boost::json::object{{"id", id->to_string()}});
}

}  // namespace

std::vector<http::Route> owner_routes(const OwnerParts& parts) {
    return {{"POST", "/api/v1/owner/changes",
             parts.clients.endpoint(
                 [parts](const ClientSystem& c, const http::Request& r) { return report(parts, c, r); })}};
}

}  // namespace kelisim::api
