// SPDX-License-Identifier: Apache-2.0
#include "api/certificate_guard.hpp"

#include "api/problem.hpp"
#include "base/limits.hpp"
#include "http/server.hpp"

namespace kelisim::api {

namespace {

using Says = identity::CertificateStanding::Says;

boost::asio::awaitable<std::optional<http::Response>> guard(identity::SystemCertificates& certificates,
                                                            http::Elsewhere& threads, const http::Request& request) {
    if (!request.certificate) co_return std::nullopt;
    auto standing = certificates.known(*request.certificate);
    if (!standing) {
        auto look = [&certificates, shown = request.certificate] { return certificates.look_up(*shown); };
        standing = co_await http::elsewhere(threads, std::move(look));
    }
    switch (standing->says) {
        case Says::good:
            co_return std::nullopt;
        case Says::refused:
            co_return problem(403, *standing->why, request);
        case Says::unknown:
            break;
    }
    http::Response response = error_page(503, http::service_unavailable, request);
    response.headers.push_back({"Retry-After", std::to_string(base::limits::certificate_unknown_life.count())});
    co_return response;
}

}  // namespace

http::Guard certificate_guard(identity::SystemCertificates& certificates, http::Elsewhere& threads) {
    return [&certificates, &threads](const http::Request& request) { return guard(certificates, threads, request); };
}

}  // namespace kelisim::api
