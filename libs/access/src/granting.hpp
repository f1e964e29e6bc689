// SPDX-License-Identifier: Apache-2.0
// What a yes and a no bring, whichever way they came.
#pragma once

#include <string_view>

#include "access/parts.hpp"
#include "consent/consent.hpp"

namespace kelisim::access {

// A request with those whom it concerns.
struct Answered {
    consent::AccessRequest& request;
    const records::Subject& person;
    const records::Subject& decider;       // who is told
    std::optional<base::Time> until = {};  // agreed to no longer than this
};

// The consent that grant() would begin.
consent::Consent consent_of(const Parts& parts, const consent::AccessRequest& agreed, consent::Means means,
                            std::optional<base::Time> until, base::Time now);

// Precondition of both: the request has just been moved to the answer.
// Begins the consent that the request names. `terms`: what the person agreed to, all of the request or a part.
consent::Consent grant(const Parts& parts, store::WriteSession& session, const Answered& answered, consent::Means means,
                       base::Time now);
void refuse(const Parts& parts, store::WriteSession& session, const Answered& answered, base::Time now);

// Writes the state of a request that was changed, its journal entry, and ends its timer with it.
void save_request(const Parts& parts, store::WriteSession& session, const consent::AccessRequest& request,
                  base::Time now);

}  // namespace kelisim::access
