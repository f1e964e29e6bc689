// SPDX-License-Identifier: Apache-2.0
// Token Status List (draft-ietf-oauth-status-list): the statuses of many tokens in one signed text.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace kelisim::token {

inline constexpr std::string_view status_list_type = "statuslist+jwt";

// Two bits for each place, all 0 at first: "The issuer of the Status List MUST choose an adequate `bits` (bit size) to be
// able to describe the required Status Types", and SUSPENDED is 2.
class StatusList {
public:
    static constexpr int bits = 2;
    explicit StatusList(std::size_t places);

    // Throws std::out_of_range for a place or a status that there is not.
    void set(std::size_t place, unsigned status);
    // "compressed using DEFLATE [RFC1951] with the ZLIB [RFC1950] data format", then base64url.
    std::string encoded() const;

private:
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

}  // namespace kelisim::token
