// SPDX-License-Identifier: Apache-2.0
#include "api/cabinet.hpp"

#include "api/anywhere.hpp"
#include "api/problem.hpp"

namespace kelisim::api {

Cabinet::Answer Cabinet::look(const PersonCall& call, const http::Request& request, Look what) {
    // After what protects the person, whose session may not show what it did it to.
    if (parts_.persons.too_low(call.session, parts_.persons.levels().look)) co_return http::empty_response(204);
    std::optional<http::Response> response;
    auto read = [&](store::ReadSession& session) {
        const auto actors = access::may_look(parts_.parts, session, call.acting);
        response = actors ? what(session, *actors) : problem(access::cabinet_not_found, request);
    };
    co_await read_anywhere(parts_.readers, parts_.elsewhere, std::move(read));
    co_return std::move(*response);
}

std::vector<http::Route> Cabinet::routes() {
    std::vector<http::Route> routes = sign_in_routes();
    for (auto more :
         {request_routes(), consent_routes(), use_routes(), profile_routes(), receipt_routes(), document_routes()}) {
        std::move(more.begin(), more.end(), std::back_inserter(routes));
    }
    return routes;
}

}  // namespace kelisim::api
