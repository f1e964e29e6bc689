// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "access/parts.hpp"

namespace kelisim::access {

extern const base::Reason cabinet_not_found;
extern const base::Reason cabinet_representative_decides;

// Who acts, and whose things are meant: one's own, or a ward's.
struct Acting {
    consent::SubjectId by;
    consent::SubjectId whose;
    bool operator==(const Acting&) const = default;
};

// Both as they are now.
struct Actors {
    records::Subject by, whose;
};

// Those for whom this person decides while it lasts (418-V ст.36(2)): children and persons without capacity whose record
// names the person, who decides alone.
std::vector<records::Subject> wards_of(const Parts& parts, store::ReadSession& session, consent::SubjectId by);

// To look: one's own things, or those of a ward while the representation lasts. Nothing otherwise.
std::optional<Actors> may_look(const Parts& parts, store::ReadSession& session, const Acting& acting);
// To decide: as above, and one who does not decide alone leaves it to the representative. Whatever one may not look at is
// cabinet_not_found.
base::Result<Actors> may_decide(const Parts& parts, store::ReadSession& session, const Acting& acting);

}  // namespace kelisim::access
