// SPDX-License-Identifier: Apache-2.0
#include "api/possession.hpp"

#include "api/problem.hpp"
#include "base/text.hpp"
#include "http/unit.hpp"

namespace kelisim::api {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;

const Reason token_certificate_missing{"token_certificate_missing",
                                       Kind::unauthenticated,
                                       "RFC 8705 section 3",
                                       {"Токен басқа сертификатқа байланған.", "Токен привязан к другому сертификату.",
                                        "The token is bound to a certificate that this connection does not show."}};
const Reason token_proof_missing{
    "token_proof_missing",
    Kind::unauthenticated,
    "RFC 9449 section 7.2",
    {"Токен кілтке байланған: DPoP дәлелі керек.", "Токен привязан к ключу: нужно доказательство DPoP.",
     "The token is bound to a key and comes with a DPoP proof of that key only."}};
const Reason token_not_bound{"token_not_bound",
                             Kind::unauthenticated,
                             "RFC 9449 section 7.1",
                             {"Токен кілтке байланбаған.", "Токен не привязан к ключу.",
                              "The token is not bound to a key and does not go with the scheme DPoP."}};

namespace {

// RFC 8705 3.1: "the base64url-encoded SHA-256 hash of the DER encoding of the X.509 certificate".
std::string thumbprint_of(const http::Request& request) {
    return request.certificate ? base::to_base64url(request.certificate->sha256) : std::string();
}

}  // namespace

boost::asio::awaitable<Result<std::string>> Possession::proven_key(const http::Request& request,
                                                                   std::optional<std::string_view> access_token,
                                                                   std::string_view wanted) const {
    // "There is not more than one DPoP HTTP request header field" (RFC 9449 4.3, 1).
    const auto text = request.headers.once("DPoP");
    if (!text) co_return Refusal(identity::dpop_proof_invalid);
    const auto proof = dpop_.read(*text, {request.method, request.path(), access_token}, clock_.now());
    if (proof.has_error()) co_return proof.error();
    // Before its id is used up, so that nobody fills the table with proofs of keys of no token.
    if (!wanted.empty() && proof->thumbprint != wanted) co_return Refusal(token_proof_missing);
    auto unit = [&tokens = records_.tokens, party = "dpop " + proof->thumbprint, id = proof->id,
                 expires = proof->expires](store::WriteSession& session) {
        return tokens.use_assertion(session, party, id, expires);
    };
    if (!co_await http::committed(writer_, std::move(unit))) co_return Refusal(identity::dpop_proof_replayed);
    co_return proof->thumbprint;
}

boost::asio::awaitable<Result<token::Confirmation>> Possession::offered(const http::Request& request) const {
    token::Confirmation binding{.certificate = thumbprint_of(request), .key = {}};
    if (request.headers.times("DPoP") == 0) co_return binding;
    auto key = co_await proven_key(request, std::nullopt, "");
    if (key.has_error()) co_return key.error();
    binding.key = std::move(*key);
    co_return binding;
}

boost::asio::awaitable<Result<void>> Possession::shown(const http::Request& request, std::string_view access_token,
                                                       const token::Confirmation& bound_to, TokenScheme scheme) const {
    // "If they do not match, the resource server MUST reject the resource access attempt with an HTTP 401 status code and the
    // "invalid_token" error code" (RFC 8705 section 3).
    if (!bound_to.certificate.empty() && bound_to.certificate != thumbprint_of(request)) {
        co_return Refusal(token_certificate_missing);
    }
    if (bound_to.key.empty()) {
        if (scheme == TokenScheme::dpop) co_return Refusal(token_not_bound);
        co_return Result<void>();
    }
    // "such a protected resource MUST reject a DPoP-bound access token received as a bearer token" (RFC 9449 7.2).
    if (scheme == TokenScheme::bearer) co_return Refusal(token_proof_missing);
    const auto key = co_await proven_key(request, access_token, bound_to.key);
    if (key.has_error()) co_return key.error();
    co_return Result<void>();
}

http::Response challenge(const Refusal& refusal, const http::Request& request, TokenScheme scheme) {
    http::Response response = problem(refusal, request);
    if (response.status != 401) return response;
    std::string algorithms;
    for (const std::string_view name : identity::dpop_algorithms())
        algorithms += (algorithms.empty() ? "" : " ") + std::string(name);
    const std::string_view code = refusal.first().code;
    const bool proof = code == identity::dpop_proof_invalid.code || code == identity::dpop_proof_replayed.code;
    // RFC 9449 7.1: "invalid_dpop_proof" is for the proof, "invalid_token" of RFC 6750 for what it is sent with.
    std::string dpop = "DPoP ";
    if (scheme == TokenScheme::dpop)
        dpop += std::string("error=\"") + (proof ? "invalid_dpop_proof" : "invalid_token") + "\", ";
    dpop += "algs=\"" + algorithms + "\"";
    response.headers.push_back({"WWW-Authenticate", std::move(dpop)});
    return response;
}

}  // namespace kelisim::api
