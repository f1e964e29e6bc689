// SPDX-License-Identifier: Apache-2.0
#include "trust/finding.hpp"

#include <algorithm>

namespace kelisim::trust {

void Findings::add(const base::Reason& reason, Weight weight, std::string detail) {
    all_.push_back({.reason = &reason, .weight = weight, .detail = std::move(detail)});
}

void Findings::add(const Findings& others) {
    all_.insert(all_.end(), others.all_.begin(), others.all_.end());
}

Verdict Findings::verdict() const {
    const auto any = [&](Weight weight) {
        return std::ranges::any_of(all_, [&](const Finding& one) { return one.weight == weight; });
    };
    if (any(Weight::fails)) return Verdict::invalid;
    return any(Weight::leaves_open) ? Verdict::indeterminate : Verdict::valid;
}

bool Findings::has(const base::Reason& reason) const {
    return std::ranges::any_of(all_, [&](const Finding& one) { return one.reason->code == reason.code; });
}

base::Refusal Findings::refusal() const {
    std::vector<const base::Reason*> reasons;
    for (const Finding& one : all_)
        if (one.weight != Weight::note) reasons.push_back(one.reason);
    return base::Refusal(std::move(reasons));
}

}  // namespace kelisim::trust
