// SPDX-License-Identifier: Apache-2.0
#include "api/operation.hpp"

#include "http/unit.hpp"
#include "records/registry_store.hpp"

namespace kelisim::api {

namespace {

using Answer = boost::asio::awaitable<http::Response>;
constexpr std::string_view ready_setting = "ready.at";

Answer healthy(const http::Request&) {
    co_return http::text_response(200, "ok\n");
}

Answer ready(OperationParts parts) {
    const std::string now = base::to_iso8601(parts.clock.now());
    auto write = [now](store::WriteSession& session) {
        records::set_setting(session, ready_setting, now);
        return true;
    };
    co_await http::committed(parts.writer, std::move(write));
    bool there = false;
    // Another probe may have written since: then what is there is later, never earlier.
    parts.readers.read(
        [&](store::ReadSession& session) { there = records::setting(session, ready_setting).value_or("") >= now; });
    co_return http::text_response(there ? 200 : 503, there ? "ready\n" : "not ready\n");
}

Answer metrics(OperationParts parts) {
    http::Response response = http::text_response(200, parts.metrics());
    response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    co_return response;
}

}  // namespace

std::vector<http::Route> operation_routes(const OperationParts& parts) {
    return {
        {"GET", "/healthz", http::open("probes have no credentials", healthy)},
        {"GET", "/readyz",
         http::open("probes have no credentials", [parts](const http::Request&) { return ready(parts); })},
        {"GET", "/metrics",
         http::open("counts only, on the operator's network",
                    [parts](const http::Request&) { return metrics(parts); })},
    };
}

}  // namespace kelisim::api
