// SPDX-License-Identifier: Apache-2.0
// JWS compact serialisation (RFC 7515), read as RFC 8725 advises: typ, kid and algorithm are what the reader expects,
// never what the token says.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "token/keys.hpp"

namespace kelisim::token {

extern const base::Reason jws_malformed;
extern const base::Reason jws_unknown_key;
extern const base::Reason jws_wrong_algorithm;
extern const base::Reason jws_wrong_type;
extern const base::Reason jws_critical_unknown;
extern const base::Reason jws_bad_signature;

std::string sign(const SigningKey& key, std::string_view typ, const boost::json::object& payload);

// The token in its parts, nothing of it verified. Views into the text that was read.
struct Unverified {
    boost::json::object header, payload;
    std::string_view signing_input;
    base::Bytes signature;
};
base::Result<Unverified> read_unverified(std::string_view text, std::size_t bytes_max = base::limits::jwt_bytes_max);

// The payload of a token of this typ (compared as RFC 7515 4.1.9 says; empty: a missing typ or "JWT") under one of the
// keys, or the reason why it is none.
base::Result<boost::json::object> verify(std::string_view text, const KeySet& keys, std::string_view typ,
                                         std::size_t bytes_max = base::limits::jwt_bytes_max);

}  // namespace kelisim::token
