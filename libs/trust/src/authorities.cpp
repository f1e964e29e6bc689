// SPDX-License-Identifier: Apache-2.0
#include "trust/authorities.hpp"

#include <algorithm>

namespace kelisim::trust {

base::Result<Authorities> Authorities::make(Contour contour, std::vector<Authority> members) {
    std::vector<const base::Reason*> reasons;
    const auto any = [&](auto matches) { return std::ranges::any_of(members, matches); };
    if (any([&](const Authority& one) { return one.contour != contour; })) reasons.push_back(&authority_contour);
    if (any([](const Authority& one) {
            const auto& constraints = one.certificate.basic_constraints();
            return !constraints || !constraints->authority || !one.certificate.has(KeyUse::certificate_sign);
        }))
        reasons.push_back(&authority_not_ca);
    if (!any([](const Authority& one) { return one.anchor; })) reasons.push_back(&authority_no_anchor);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));
    return Authorities(contour, std::move(members));
}

const Authority* Authorities::find(const Certificate& certificate) const {
    const auto found =
        std::ranges::find_if(members_, [&](const Authority& one) { return one.certificate == certificate; });
    return found == members_.end() ? nullptr : &*found;
}

std::vector<const Authority*> Authorities::named(const Name& subject) const {
    std::vector<const Authority*> found;
    for (const Authority& one : members_)
        if (one.certificate.subject() == subject) found.push_back(&one);
    return found;
}

}  // namespace kelisim::trust
