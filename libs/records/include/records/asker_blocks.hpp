// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Organisations from which a person wants no more questions. Thread-safe: without state.
class AskerBlocks {
public:
    struct Block {
        std::string organisation;  // BIN
        base::Time since;
    };

    // False when it was blocked already, or was not.
    bool block(store::WriteSession& session, consent::SubjectId subject, std::string_view organisation,
               base::Time now) const;
    bool unblock(store::WriteSession& session, consent::SubjectId subject, std::string_view organisation) const;
    bool blocked(store::ReadSession& session, consent::SubjectId subject, std::string_view organisation) const;
    std::vector<Block> all(store::ReadSession& session, consent::SubjectId subject) const;
    // All of a subject whose data are erased.
    void forget(store::WriteSession& session, consent::SubjectId subject) const;
};

}  // namespace kelisim::records
