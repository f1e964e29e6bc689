// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "consent/ids.hpp"
#include "store/session.hpp"

namespace kelisim::records {

// Who decides for whom, found from the representative's side. Whether the right still holds says the ward's own record
// (people::Person::representative); these rows only lead there. Thread-safe: without state.
class Representations {
public:
    // Again is no harm.
    void add(store::WriteSession& session, consent::SubjectId representative, consent::SubjectId ward,
             base::Time since) const;
    std::vector<consent::SubjectId> wards_of(store::ReadSession& session, consent::SubjectId representative) const;
    // Those in which a subject stands whose data are erased.
    void forget(store::WriteSession& session, consent::SubjectId subject) const;
};

}  // namespace kelisim::records
