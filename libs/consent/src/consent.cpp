// SPDX-License-Identifier: Apache-2.0
#include "consent/consent.hpp"

#include <algorithm>

namespace kelisim::consent {

const base::Reason consent_ended{
    "consent_ended",
    base::Kind::conflict,
    "94-V art. 8",
    {"Келісім енді қолданылмайды.", "Согласие уже не действует.", "The consent has ended or cannot take this step."}};

bool ended(const Consent& consent) {
    return consent.state != ConsentState::active && consent.state != ConsentState::paused;
}

Consent begin(const AccessRequest& request, ConsentId id, Means means, base::Time now, base::Time connection_ends) {
    const base::Time term_ends = now + base::parse_period(request.terms.term).value();
    return {.id = id,
            .request = request.id,
            .subject = request.subject,
            .state = ConsentState::active,
            .version = 1,
            .uses = 0,
            .counted = 0,
            .granted = now,
            .expires = std::min(term_ends, connection_ends),
            .means = means,
            .terms = request.terms,
            .employee = request.employee,
            .decided_by = request.asked_of};
}

}  // namespace kelisim::consent
