// SPDX-License-Identifier: Apache-2.0
#include "identity/dpop.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "claims.hpp"
#include "http/uri.hpp"
#include "json/json.hpp"
#include "token/jws.hpp"

namespace kelisim::identity {

using base::Kind;
using base::Reason;

const Reason dpop_proof_invalid{"dpop_proof_invalid",
                                Kind::unauthenticated,
                                "RFC 9449 section 4.3",
                                {"Кілтті иелену дәлелі жарамсыз.", "Доказательство владения ключом недействительно.",
                                 "The DPoP proof is missing, malformed, old or made for another request."}};
const Reason dpop_proof_replayed{
    "dpop_proof_replayed",
    Kind::unauthenticated,
    "RFC 9449 section 11.1",
    {"Кілтті иелену дәлелі бұрын қолданылған.", "Доказательство владения ключом уже использовано.",
     "The DPoP proof was used before."}};

namespace {

constexpr std::string_view proof_type = "dpop+jwt";

// "The jwk JOSE Header Parameter does not contain a private key" (RFC 9449 4.3, 7); a symmetric one is no key of a proof.
bool is_public(const boost::json::object& jwk) {
    constexpr std::array secret = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    return std::none_of(secret.begin(), secret.end(), [&](const char* name) { return jwk.contains(name); });
}

// The key that the proof carries, for the algorithm that it names, which has to be one of ours and to fit the key.
std::optional<token::VerificationKey> key_in(const boost::json::object& header) {
    const auto jwk = json::object(header, "jwk");
    const auto name = json::text(header, "alg");
    if (jwk.has_error() || name.has_error() || !is_public(**jwk)) return std::nullopt;
    const auto algorithm = token::parse_algorithm(*name);
    const token::KeySet set = token::KeySet::from_jwks({{"keys", boost::json::array{**jwk}}});
    if (!algorithm || set.keys().empty()) return std::nullopt;
    token::VerificationKey key = set.keys().front();
    if ((**jwk).contains("alg") && key.algorithm != *algorithm) return std::nullopt;
    if (!key.key.fits(*algorithm)) return std::nullopt;
    key.algorithm = *algorithm;
    // The key is found by standing there, whatever it calls itself.
    const auto kid = json::optional_text(header, "kid");
    if (kid.has_value() && *kid) key.kid = **kid;
    return key;
}

bool timely(base::Time issued, base::Time now) {
    return issued <= now + base::limits::clock_skew &&
           now <= issued + base::limits::dpop_life + base::limits::clock_skew;
}

// "base64url encoding of the SHA-256 hash of the ASCII encoding of the associated access token's value" (RFC 9449 4.2).
bool is_of_token(const boost::json::object& claims, std::string_view access_token) {
    const auto hash = json::text(claims, "ath");
    return hash.has_value() && *hash == base::to_base64url(crypto::sha256(base::as_bytes(access_token)));
}

}  // namespace

std::vector<std::string_view> dpop_algorithms() {
    return {token::to_string(token::Algorithm::es256), token::to_string(token::Algorithm::rs256),
            token::to_string(token::Algorithm::ps256)};
}

// RFC 9449 4.3, 9: "The htu claim matches the HTTP URI value for the HTTP request in which the JWT was received, ignoring any
// query and fragment parts." Ours is what others know us by, never what the request says of itself in Host.
bool Dpop::is_ours(std::string_view uri, std::string_view path) const {
    const auto named = http::normal_uri(uri);
    return named && std::any_of(addresses_.begin(), addresses_.end(), [&](const std::string& address) {
               return http::normal_uri(address + std::string(path)) == named;
           });
}

base::Result<DpopProof> Dpop::read(std::string_view jwt, const DpopRequest& request, base::Time now) const {
    const base::Refusal refused(dpop_proof_invalid);
    const auto unverified = token::read_unverified(jwt);
    if (unverified.has_error()) return refused;
    const auto key = key_in(unverified->header);
    if (!key) return refused;
    const auto claims = token::verify(jwt, token::KeySet({*key}), proof_type);
    if (claims.has_error()) return refused;

    const auto jti = json::text(*claims, "jti", base::limits::name_bytes_max);
    const auto method = json::text(*claims, "htm");
    const auto uri = json::text(*claims, "htu");
    const auto issued = time_of(*claims, "iat");
    if (jti.has_error() || jti->empty() || method.has_error() || uri.has_error() || !issued) return refused;
    if (*method != request.method || !is_ours(*uri, request.path) || !timely(*issued, now)) return refused;
    if (request.access_token && !is_of_token(*claims, *request.access_token)) return refused;
    return DpopProof{.thumbprint = key->key.thumbprint(),
                     .id = crypto::sha256(base::as_bytes(*jti)),
                     .expires = *issued + base::limits::dpop_life + base::limits::clock_skew};
}

}  // namespace kelisim::identity
