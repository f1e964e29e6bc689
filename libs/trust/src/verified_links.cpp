// SPDX-License-Identifier: Apache-2.0
#include "trust/verified_links.hpp"

namespace kelisim::trust {

bool VerifiedLinks::is_signed_by(const Certificate& certificate, const Certificate& issuer) {
    const Link link{certificate.fingerprint(), issuer.fingerprint()};
    if (remembers(link)) return true;
    const bool right = certificate.is_signed_by(issuer);
    const std::scoped_lock lock(mutex_);
    ++checked_;
    if (right) keep(link);
    return right;
}

std::size_t VerifiedLinks::checked() const {
    const std::scoped_lock lock(mutex_);
    return checked_;
}

bool VerifiedLinks::remembers(const Link& link) {
    const std::scoped_lock lock(mutex_);
    if (recent_.contains(link)) return true;
    if (!before_.contains(link)) return false;
    keep(link);
    return true;
}

void VerifiedLinks::keep(const Link& link) {
    if (recent_.size() >= links_max_) {
        before_ = std::move(recent_);
        recent_.clear();
    }
    recent_.insert(link);
}

}  // namespace kelisim::trust
