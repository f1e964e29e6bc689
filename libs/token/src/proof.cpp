// SPDX-License-Identifier: Apache-2.0
#include "token/proof.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "crypto/hash.hpp"

namespace kelisim::token {

namespace {

std::string encode(const boost::json::object& object) {
    return base::to_base64url(base::as_bytes(boost::json::serialize(object)));
}

// "A JWK representing the public key chosen by the client, in JWK format, as defined in Section 4.1.3 of [RFC7515]. It MUST NOT
// contain a private key" (RFC 9449 4.2).
boost::json::object public_jwk(const SigningKey& key) {
    const crypto::JwkMembers members = key.key.public_key().to_jwk();
    if (members.kty == "EC") return {{"kty", members.kty}, {"crv", members.crv}, {"x", members.x}, {"y", members.y}};
    return {{"kty", members.kty}, {"n", members.n}, {"e", members.e}};
}

}  // namespace

std::string prove(const SigningKey& key, const ProofOf& what) {
    boost::json::object payload{
        {"jti", what.id}, {"htm", what.method}, {"htu", what.uri}, {"iat", base::to_seconds(what.made)}};
    if (what.access_token) payload["ath"] = base::to_base64url(crypto::sha256(base::as_bytes(*what.access_token)));
    std::string text = encode({{"typ", "dpop+jwt"}, {"alg", to_string(key.algorithm)}, {"jwk", public_jwk(key)}}) +
                       '.' + encode(payload);
    const base::Bytes signature = key.key.sign(key.algorithm, base::as_bytes(text));
    text += '.';
    text += base::to_base64url(signature);
    return text;
}

}  // namespace kelisim::token
