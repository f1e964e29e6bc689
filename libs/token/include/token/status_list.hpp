// SPDX-License-Identifier: Apache-2.0
// Token Status List (draft-ietf-oauth-status-list): the statuses of many tokens in one signed text.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "token/keys.hpp"

namespace kelisim::token {

inline constexpr std::string_view status_list_type = "statuslist+jwt";

// A list of ours that compresses to nothing less, in base64url twice over, with its claims and its signature.
inline constexpr std::size_t status_list_text_bytes_max = base::limits::status_list_places;

extern const base::Reason status_list_malformed;
extern const base::Reason status_list_other;  // of another issuer, or another list than the one that was asked for
extern const base::Reason status_list_stale;

// "Status Types Values"; 3 is of applications, and none of ours.
inline constexpr unsigned status_valid = 0, status_invalid = 1, status_suspended = 2;

// Two bits for each place, all 0 at first: "The issuer of the Status List MUST choose an adequate `bits` (bit size) to be
// able to describe the required Status Types", and SUSPENDED is 2.
class StatusList {
public:
    static constexpr int bits = 2;
    explicit StatusList(std::size_t places);
    // The inverse of encoded(), up to as many places as a list of ours has; nothing for anything else.
    static std::optional<StatusList> decoded(std::string_view encoded);

    // Nothing for a place that there is not.
    std::optional<unsigned> at(std::int64_t place) const;
    // Throws std::out_of_range for a place or a status that there is not.
    void set(std::size_t place, unsigned status);
    // "compressed using DEFLATE [RFC1951] with the ZLIB [RFC1950] data format", then base64url.
    std::string encoded() const;

private:
    explicit StatusList(base::Bytes bytes);
    std::size_t places_;
    base::Bytes bytes_;
};

struct StatusListClaims {
    std::string issuer;
    std::string uri;              // its own; what tokens name
    std::string aggregation_uri;  // of the list of lists
    base::Time issued, expires;
    std::chrono::seconds ttl{};
};
boost::json::object to_json(const StatusListClaims& claims, const StatusList& list);

struct StatusListToken {
    StatusListClaims claims;
    StatusList list;
};
struct ExpectedStatusList {
    std::string_view issuer;
    std::string_view uri;  // of the token that is looked up
    base::Time now;
};
// What who relies on a token checks of a list that it fetched ("Validation Rules"): signature, typ, issuer, sub, exp.
base::Result<StatusListToken> verify_status_list(std::string_view text, const KeySet& keys,
                                                 const ExpectedStatusList& expected);

}  // namespace kelisim::token
