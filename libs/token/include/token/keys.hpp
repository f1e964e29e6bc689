// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/signature.hpp"

namespace kelisim::token {

using crypto::Algorithm;

// RFC 7518 3.1 names; nothing for one that we do not take ("none" and HS256 among them).
std::optional<Algorithm> parse_algorithm(std::string_view name);
std::string_view to_string(Algorithm algorithm);

struct VerificationKey {
    std::string kid;
    Algorithm algorithm{};  // the only one this key is used with (RFC 8725 3.1)
    crypto::PublicKey key;
};

// A set of published keys (RFC 7517 section 5). Immutable.
class KeySet {
public:
    KeySet() = default;
    explicit KeySet(std::vector<VerificationKey> keys) : keys_(std::move(keys)) {}
    // Keys of other kinds and uses are passed over, as RFC 7517 section 5 asks; one without `alg` takes ES256 or
    // RS256 by its kind.
    static KeySet from_jwks(const boost::json::object& jwks);
    // The same of a JSON text, as keys are registered; none where it is no key set.
    static KeySet from_text(std::string_view jwks);
    boost::json::object to_jwks() const;
    const VerificationKey* find(std::string_view kid) const;
    const std::vector<VerificationKey>& keys() const { return keys_; }

private:
    std::vector<VerificationKey> keys_;
};

// A private key with the name under which its public half is published.
struct SigningKey {
    explicit SigningKey(crypto::PrivateKey private_key, Algorithm with = Algorithm::es256);
    VerificationKey verification() const { return {kid, algorithm, key.public_key()}; }

    crypto::PrivateKey key;
    Algorithm algorithm;
    std::string kid;  // RFC 7638 thumbprint
};

}  // namespace kelisim::token
