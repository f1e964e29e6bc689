// SPDX-License-Identifier: Apache-2.0
// The demo's side of the wire: a bank and phones, over HTTP like everybody else.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/client.hpp"

namespace kelisim::app {

// Something else happened than the demo says.
class Surprise : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Reply {
    int status = 0;
    boost::json::object body;  // empty when the answer is no JSON object
    std::string cookie;        // of Set-Cookie, name and value
    std::string text = {};     // the body as it came
};

// Blocks until the answer; not for io threads.
class DemoClient {
public:
    explicit DemoClient(std::uint16_t port) : workers_(1), client_(workers_), port_(port) {}

    using Parameters = std::vector<std::pair<std::string, std::string>>;
    Reply get(const std::string& target, std::vector<http::Header> headers = {});
    Reply post_json(const std::string& target, const boost::json::object& body, std::vector<http::Header> headers = {});
    Reply post_xml(const std::string& target, std::string body);
    // As a client of the sandbox, with its secret.
    static http::Header basic(std::string_view client_id);
    Reply post_form(std::string_view client_id, const std::string& target, const Parameters& parameters);

private:
    Reply exchange(http::Outgoing outgoing);

    http::Workers workers_;
    http::Client client_;
    std::uint16_t port_;
};

}  // namespace kelisim::app
