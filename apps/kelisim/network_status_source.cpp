// SPDX-License-Identifier: Apache-2.0
#include "network_status_source.hpp"

#include "base/limits.hpp"
#include "exchange.hpp"
#include "http/uri.hpp"

namespace kelisim::app {

namespace {

using namespace std::chrono_literals;

// pki.md 4: the national responder fails to answer now and then, so it is asked once more.
constexpr int tries = 2;

base::Bytes to_bytes(std::string_view text) {
    const base::BytesView bytes = base::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

std::optional<base::Bytes> NetworkStatusSource::ask_ocsp(const std::string& url, base::BytesView request) {
    // RFC 6960 appendix A.1
    http::Outgoing post;
    post.method = "POST";
    post.headers = {{"Content-Type", "application/ocsp-request"}};
    post.body = std::string(base::as_text(request));
    post.limits = {.deadline = 5s, .body_bytes_max = base::limits::ocsp_response_bytes_max};
    return call(url, std::move(post));
}

std::optional<base::Bytes> NetworkStatusSource::fetch_crl(const std::string& url) {
    http::Outgoing get;
    get.limits = {.deadline = 60s, .body_bytes_max = base::limits::crl_bytes_max};
    return call(url, std::move(get));
}

std::optional<base::Bytes> NetworkStatusSource::call(const std::string& url, http::Outgoing request) {
    const auto address = http::parse_http_url(url);
    if (!address) return std::nullopt;
    request.upstream = address->authority;
    request.target = address->target;
    for (int i = 0; i < tries; ++i) {
        const http::Outcome outcome = exchange(workers_, client_, request);
        const auto* const answer = std::get_if<http::Answer>(&outcome);
        if (answer != nullptr && answer->status == 200) return to_bytes(answer->body);
    }
    return std::nullopt;
}

}  // namespace kelisim::app
