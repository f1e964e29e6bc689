// SPDX-License-Identifier: Apache-2.0
// The security token of 236/НК п.2(8), as a profile of RFC 9068, and the id_token of CIBA.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/iin.hpp"
#include "base/result.hpp"
#include "token/jws.hpp"

namespace kelisim::token {

inline constexpr std::string_view access_token_type = "at+jwt";  // RFC 9068 section 2.1
inline constexpr std::string_view id_token_type = "JWT";
inline constexpr std::string_view data_type = "kz_personal_data";  // RFC 9396 `type`

extern const base::Reason claims_malformed;
extern const base::Reason claims_wrong_issuer;
extern const base::Reason claims_wrong_audience;
extern const base::Reason claims_expired;

// What of the consent travels in the token (RFC 9396).
struct Grant {
    std::vector<std::string> services;
    std::string purpose;
    std::vector<std::string> fields;
    std::vector<std::string> acts;
    std::string consent;
    bool operator==(const Grant&) const = default;
};

boost::json::array to_authorization_details(const Grant& grant);

// Where the status of a token can be read (draft-ietf-oauth-status-list, "Referenced Token in JWT Format").
struct StatusReference {
    std::string uri;
    std::int64_t index = 0;
    bool operator==(const StatusReference&) const = default;
};

// What the holder of a token has to show with it: `cnf` (RFC 7800). Empty parts bind to nothing.
struct Confirmation {
    std::string certificate;  // x5t#S256 (RFC 8705 section 3.1)
    std::string key;          // jkt (RFC 9449 section 6.1)
    bool operator==(const Confirmation&) const = default;
};

struct AccessClaims {
    std::string issuer;
    base::Iin subject;
    std::vector<std::string> audience;  // keys of the systems that own the services
    std::string client_id;
    std::string jti;
    base::Time issued, expires;
    std::string acr;
    base::Time answered;  // auth_time
    Grant grant;
    std::optional<StatusReference> status = {};
    Confirmation bound_to = {};
};

boost::json::object to_json(const AccessClaims& claims);
base::Result<AccessClaims> read_access_claims(const boost::json::object& payload);

struct Expected {
    std::string_view issuer;
    std::string_view audience;  // empty: any
    base::Time now;
};
// Signature, typ, issuer, audience, expiry: what a data owner checks offline.
base::Result<AccessClaims> verify_access_token(std::string_view text, const KeySet& keys, const Expected& expected);

struct IdClaims {
    std::string issuer;
    base::Iin subject;
    std::string client_id;
    base::Time issued, expires;
    std::string acr;
    base::Time answered;
    std::string auth_req_id;
};
boost::json::object to_json(const IdClaims& claims);

}  // namespace kelisim::token
