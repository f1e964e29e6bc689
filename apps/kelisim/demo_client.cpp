// SPDX-License-Identifier: Apache-2.0
#include "demo_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>

#include "http/form.hpp"
#include "json/json.hpp"

namespace kelisim::app {

Reply DemoClient::get(const std::string& target) {
    return exchange({.upstream = {}, .method = "GET", .target = target, .headers = {}, .body = {}, .limits = {}});
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

Reply DemoClient::post_form(std::string_view client_id, const std::string& target, const Parameters& parameters) {
    const std::string id(client_id);
    std::string body = "client_id=" + id + "&client_secret=" + id + "-sandbox-secret";
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
    auto waiting =
        boost::asio::co_spawn(workers_.executor(0), client_.exchange(std::move(outgoing)), boost::asio::use_future);
    http::Outcome outcome = waiting.get();
    if (const auto* failure = std::get_if<http::Failure>(&outcome)) throw Surprise("no answer: " + failure->why);
    const auto& answer = std::get<http::Answer>(outcome);
    Reply reply{.status = answer.status, .body = {}};
    if (auto value = json::parse(answer.body, {}); value.has_value() && value->is_object()) {
        reply.body = std::move(value->get_object());
    }
    return reply;
}

}  // namespace kelisim::app
