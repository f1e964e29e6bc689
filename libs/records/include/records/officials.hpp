// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consent/ids.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// A person who acts for the authorized body or for the operator. One organisation at a time.
struct Official {
    consent::SubjectId subject;
    std::string organisation;  // BIN
    base::Time since;
};

// Thread-safe: without state.
class Officials {
public:
    // In the place of what the person was before.
    void appoint(store::WriteSession& session, const Official& official) const;
    bool dismiss(store::WriteSession& session, consent::SubjectId subject) const;
    std::optional<Official> find(store::ReadSession& session, consent::SubjectId subject) const;
    std::vector<Official> all(store::ReadSession& session) const;  // by their beginning
};

}  // namespace kelisim::records
