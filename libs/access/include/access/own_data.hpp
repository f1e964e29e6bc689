// SPDX-License-Identifier: Apache-2.0
// A person looks at the data that an owner holds about them (418-V ст.16-18): recorded before the owner is asked, like any
// use, and visible beside the uses of others.
#pragma once

#include "access/acting.hpp"
#include "consent/use.hpp"
#include "token/claims.hpp"

namespace kelisim::access {

extern const base::Reason own_data_no_service;

// Who asks, in the token for the owner and in the record.
inline constexpr std::string_view own_data_client = "kelisim-cabinet";
inline constexpr std::string_view own_data_purpose = "own-data";

// Thread-safe; functions that take a write session run inside a unit.
class OwnData {
public:
    OwnData(const Parts& parts, std::string issuer) : parts_(parts), issuer_(std::move(issuer)) {}

    struct Look {
        consent::UseId id;
        std::vector<std::string> fields;
        // For a token that lives as long as the call, and opens nothing at our own gateway: it is in the index alone.
        token::AccessClaims claims;
    };
    base::Result<Look> begin(store::WriteSession& session, const Acting& acting, std::string_view service,
                             base::Time now) const;
    void conclude(store::WriteSession& session, consent::UseId id, consent::UseState outcome) const;

private:
    Parts parts_;
    std::string issuer_;
};

}  // namespace kelisim::access
