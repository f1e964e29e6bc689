// SPDX-License-Identifier: Apache-2.0
#include "token/keys.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "json/json.hpp"

namespace kelisim::token {

namespace {

std::string member(const boost::json::object& jwk, std::string_view name) {
    const auto value = json::optional_text(jwk, name);
    return value.has_value() && *value ? std::string(**value) : std::string();
}

std::optional<Algorithm> algorithm_of(const boost::json::object& jwk, const crypto::PublicKey& key) {
    const std::string name = member(jwk, "alg");
    if (name.empty()) return key.fits(Algorithm::es256) ? Algorithm::es256 : Algorithm::rs256;
    const auto algorithm = parse_algorithm(name);
    return algorithm && key.fits(*algorithm) ? algorithm : std::nullopt;
}

std::optional<VerificationKey> read_jwk(const boost::json::object& jwk) {
    const std::string use = member(jwk, "use");
    if (!use.empty() && use != "sig") return std::nullopt;
    auto key = crypto::PublicKey::from_jwk({.kty = member(jwk, "kty"),
                                            .crv = member(jwk, "crv"),
                                            .x = member(jwk, "x"),
                                            .y = member(jwk, "y"),
                                            .n = member(jwk, "n"),
                                            .e = member(jwk, "e")});
    if (!key) return std::nullopt;
    const auto algorithm = algorithm_of(jwk, *key);
    if (!algorithm) return std::nullopt;
    std::string kid = member(jwk, "kid");
    if (kid.empty()) kid = key->thumbprint();
    return VerificationKey{std::move(kid), *algorithm, std::move(*key)};
}

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    for (const Algorithm algorithm : {Algorithm::es256, Algorithm::rs256, Algorithm::ps256}) {
        if (to_string(algorithm) == name) return algorithm;
    }
    return std::nullopt;
}

std::string_view to_string(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256:
            return "ES256";
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::ps256:
            return "PS256";
    }
    return {};
}

KeySet KeySet::from_text(std::string_view text) {
    const auto jwks = json::parse(text, {});
    return jwks.has_value() && jwks->is_object() ? from_jwks(jwks->get_object()) : KeySet{};
}

KeySet KeySet::from_jwks(const boost::json::object& jwks) {
    std::vector<VerificationKey> keys;
    const auto list = json::array(jwks, "keys");
    if (!list.has_value()) return KeySet{};
    for (const boost::json::value& entry : **list) {
        if (!entry.is_object()) continue;
        if (auto key = read_jwk(entry.get_object())) keys.push_back(std::move(*key));
    }
    return KeySet(std::move(keys));
}

boost::json::object KeySet::to_jwks() const {
    boost::json::array list;
    for (const VerificationKey& entry : keys_) {
        const crypto::JwkMembers members = entry.key.to_jwk();
        boost::json::object jwk{
            {"kty", members.kty}, {"use", "sig"}, {"alg", to_string(entry.algorithm)}, {"kid", entry.kid}};
        if (members.kty == "EC") {
            jwk["crv"] = members.crv;
            jwk["x"] = members.x;
            jwk["y"] = members.y;
        } else {
            jwk["n"] = members.n;
            jwk["e"] = members.e;
        }
        list.push_back(std::move(jwk));
    }
    return {{"keys", std::move(list)}};
}

const VerificationKey* KeySet::find(std::string_view kid) const {
    const auto at =
        std::find_if(keys_.begin(), keys_.end(), [&](const VerificationKey& key) { return key.kid == kid; });
    return at == keys_.end() ? nullptr : &*at;
}

SigningKey::SigningKey(crypto::PrivateKey private_key, Algorithm with)
    : key(std::move(private_key)), algorithm(with), kid(key.public_key().thumbprint()) {}

}  // namespace kelisim::token
