// SPDX-License-Identifier: Apache-2.0
#include "trust/verified_certificates.hpp"

namespace kelisim::trust {

bool VerifiedCertificates::is_signed_by(const Certificate& certificate, const Certificate& issuer) {
    const Link link{certificate.fingerprint(), issuer.fingerprint()};
    if (remembers(link)) return true;
    const bool right = certificate.is_signed_by(issuer);
    const std::scoped_lock lock(mutex_);
    ++checked_;
    if (right) keep(link, certificate);
    return right;
}

std::optional<Certificate> VerifiedCertificates::read(base::BytesView der) {
    const crypto::Digest fingerprint = crypto::sha256(der);
    {
        const std::scoped_lock lock(mutex_);
        if (auto known = kept(fingerprint)) return known;
        ++parsed_;
    }
    return Certificate::from_der(der);
}

std::size_t VerifiedCertificates::checked() const {
    const std::scoped_lock lock(mutex_);
    return checked_;
}

std::size_t VerifiedCertificates::parsed() const {
    const std::scoped_lock lock(mutex_);
    return parsed_;
}

bool VerifiedCertificates::remembers(const Link& link) {
    const std::scoped_lock lock(mutex_);
    if (recent_.contains(link)) return true;
    const auto found = before_.find(link);
    if (found == before_.end()) return false;
    const Certificate certificate = found->second;
    keep(link, certificate);
    return true;
}

std::optional<Certificate> VerifiedCertificates::kept(const crypto::Digest& fingerprint) const {
    for (const Links* const links : {&recent_, &before_}) {
        const auto found = links->lower_bound({fingerprint, {}});
        if (found != links->end() && found->first.first == fingerprint) return found->second;
    }
    return std::nullopt;
}

void VerifiedCertificates::keep(const Link& link, const Certificate& certificate) {
    if (recent_.size() >= kept_max_) {
        before_ = std::move(recent_);
        recent_.clear();
    }
    recent_.emplace(link, certificate);
}

}  // namespace kelisim::trust
