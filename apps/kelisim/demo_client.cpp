// SPDX-License-Identifier: Apache-2.0
#include "demo_client.hpp"

#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "exchange.hpp"
#include "http/form.hpp"
#include "json/json.hpp"

namespace kelisim::app {

namespace {

std::string sandbox_secret(std::string_view client_id) {
    return std::string(client_id) + "-sandbox-secret";
}

}  // namespace

Reply DemoClient::get(const std::string& target, std::vector<http::Header> headers) {
    return exchange(
        {.upstream = {}, .method = "GET", .target = target, .headers = std::move(headers), .body = {}, .limits = {}});
}

// RFC 7617.
http::Header DemoClient::basic(std::string_view client_id) {
    const std::string pair = std::string(client_id) + ":" + sandbox_secret(client_id);
    return {"Authorization", "Basic " + base::to_base64(base::as_bytes(pair))};
}

Reply DemoClient::post_json(const std::string& target, const boost::json::object& body,
                            std::vector<http::Header> headers) {
    headers.push_back({"Content-Type", "application/json"});
    return exchange({.upstream = {},
                     .method = "POST",
                     .target = target,
                     .headers = std::move(headers),
                     .body = boost::json::serialize(body),
                     .limits = {}});
}

Reply DemoClient::post_xml(const std::string& target, std::string body) {
    return exchange({.upstream = {},
                     .method = "POST",
                     .target = target,
                     .headers = {{"Content-Type", "text/xml; charset=utf-8"}},
                     .body = std::move(body),
                     .limits = {}});
}

Reply DemoClient::post_form(std::string_view client_id, const std::string& target, const Parameters& parameters) {
    std::string body = "client_id=" + std::string(client_id) + "&client_secret=" + sandbox_secret(client_id);
    for (const auto& [name, value] : parameters)
        body += "&" + http::form_encode(name) + "=" + http::form_encode(value);
    return exchange({.upstream = {},
                     .method = "POST",
                     .target = target,
                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                     .body = std::move(body),
                     .limits = {}});
}

Reply DemoClient::exchange(http::Outgoing outgoing) {
    outgoing.upstream = {.host = "127.0.0.1", .port = port_};
    const http::Outcome outcome = app::exchange(workers_, client_, std::move(outgoing));
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) throw Surprise("no answer: " + failure->why);
    const auto& answer = std::get<http::Answer>(outcome);
    const std::string_view cookie = answer.headers.first("Set-Cookie").value_or("");  // of the session
    Reply reply{.status = answer.status,
                .body = {},
                .cookie = std::string(cookie.substr(0, cookie.find(';'))),
                .text = answer.body};
    if (auto value = json::parse(answer.body, {}); value.has_value() && value->is_object()) {
        reply.body = std::move(value->get_object());
    }
    return reply;
}

}  // namespace kelisim::app
