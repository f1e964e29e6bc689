// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.hpp"

#include "openapi_json.hpp"

namespace kelisim::api {

namespace {

// Another build may serve another document under the same address, so not longer than an hour.
boost::asio::awaitable<http::Response> document(const http::Request&) {
    http::Response response{.status = 200,
                            .content_type = "application/json",
                            .headers = {{"Cache-Control", "public, max-age=3600"}},
                            .body = openapi_json};
    co_return response;
}

}  // namespace

std::vector<http::Route> openapi_routes() {
    return {{"GET", "/api/openapi.json", http::open("the contract is public", document)}};
}

}  // namespace kelisim::api
