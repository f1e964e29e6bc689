// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "access/parts.hpp"

namespace kelisim::access {

// Erases what the service knows of a person: ends open requests, consents and tokens, books uses under way as unknown,
// and destroys the data key. Records of access stay until their archive term ends (418-V ст.40(2)), and so do the facts
// of the journal, which name nobody. Nothing happens for a subject that is not there. Runs inside a unit.
void erase_person(const Parts& parts, store::WriteSession& session, consent::SubjectId subject, base::Time now);

}  // namespace kelisim::access
