// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "access/parts.hpp"
#include "base/result.hpp"

namespace kelisim::access {

// A person whose data are asked for, and who decides on it: the same, or the legal representative (418-V ст.36(2)).
struct Decision {
    records::Subject person;
    std::optional<records::Subject> representative;  // where the person does not decide alone

    const records::Subject& decider() const { return representative ? *representative : person; }
};

// Refused with people::not_askable where nobody can decide: the person is unknown, dead or missing, or has no
// representative who lives and decides alone.
base::Result<Decision> decision_about(const Parts& parts, store::ReadSession& session, const base::Iin& person);
// Of a person who is in the books; nothing where nobody can decide any more.
std::optional<records::Subject> decider_of(const Parts& parts, store::ReadSession& session,
                                           const records::Subject& person);

}  // namespace kelisim::access
