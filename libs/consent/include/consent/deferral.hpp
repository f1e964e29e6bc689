// SPDX-License-Identifier: Apache-2.0
// Whether the person may be told later than at once that their data were used on a ground: only where a named law provides it
// for that ground, as long as it says, decided by whom it names (418-V ст.36(4)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "registry/entries.hpp"

namespace kelisim::consent {

extern const base::Reason deferral_law_unknown;
extern const base::Reason deferral_other_ground;
extern const base::Reason deferral_not_decider;
extern const base::Reason deferral_until_past;
extern const base::Reason deferral_too_long;
extern const base::Reason deferral_decision_missing;

// What the asker names.
struct DeferralAsk {
    std::string law;       // key of the registry's entry
    base::Time until;      // the instant at which the person is told
    std::string decision;  // by number
};

// The last instant until which what began at `begun` may be kept back.
base::Time latest_disclosure(const registry::DeferralLaw& law, base::Time begun);

// Every reason against it, none when it may be deferred. `law`: the entry that the asker names, null where there is none.
// `ground`: on which the access rests; empty: the person's consent. `organisation`: BIN of the asker's.
std::vector<const base::Reason*> deferral_objections(const DeferralAsk& ask, const registry::DeferralLaw* law,
                                                     std::string_view ground, std::string_view organisation,
                                                     base::Time begun, base::Time now);

}  // namespace kelisim::consent
