// SPDX-License-Identifier: Apache-2.0
#include "identity/system_certificates.hpp"

#include "base/limits.hpp"
#include "trust/findings.hpp"

namespace kelisim::identity {

namespace limits = base::limits;
using Says = CertificateStanding::Says;

namespace {

std::optional<trust::Certificate> certificate_of(const std::string& der) {
    return trust::Certificate::from_der(base::as_bytes(der));
}

CertificateStanding standing_of(const trust::Findings& findings) {
    if (findings.verdict() == trust::Verdict::valid) return {.says = Says::good};
    const bool told = findings.verdict() == trust::Verdict::invalid || findings.has(trust::certificate_on_hold);
    if (!told) return {.says = Says::unknown};
    return {.says = Says::refused, .why = findings.refusal()};
}

}  // namespace

SystemCertificates::SystemCertificates(const trust::Policy& policy, trust::StatusSource& source,
                                       const base::Clock& clock, base::Entropy& entropy, Heard heard)
    : policy_(policy), clock_(clock), heard_(std::move(heard)), revocation_(source, entropy) {}

std::optional<CertificateStanding> SystemCertificates::known(const http::PeerCertificate& certificate) const {
    const base::Time now = clock_.now();
    const std::scoped_lock lock(mutex_);
    const auto at = kept_.find(certificate.sha256);
    if (at == kept_.end() || at->second.until <= now) return std::nullopt;
    return at->second.standing;
}

// Many requests may wait for one certificate; whoever comes second finds what the first has learned.
CertificateStanding SystemCertificates::look_up(const http::PeerCertificate& certificate) {
    if (auto standing = known(certificate)) return *std::move(standing);
    CertificateStanding standing = ask(certificate, clock_.now());
    keep(certificate, standing, clock_.now());
    return standing;
}

CertificateStanding SystemCertificates::ask(const http::PeerCertificate& certificate, base::Time now) {
    if (certificate.issuer.empty()) return {.says = Says::good};
    const auto leaf = certificate_of(certificate.der), issuer = certificate_of(certificate.issuer);
    trust::Findings findings;
    // Revocation asks whom the certificate and its issuer name; the set is for chains, which the handshake has built.
    const auto set = issuer
                         ? trust::Authorities::make(trust::Contour::production, {{.name = "issuer",
                                                                                  .certificate = *issuer,
                                                                                  .anchor = true,
                                                                                  .contour = trust::Contour::production,
                                                                                  .role_arcs = {}}})
                         : base::Result<trust::Authorities>(base::Refusal(trust::revocation_unknown));
    if (!leaf || set.has_error()) {
        findings.leave_open(trust::revocation_unknown);
    } else {
        revocation_.check(*leaf, *issuer,
                          {.authorities = *set, .policy = policy_, .revocation = &revocation_, .at = now, .now = now},
                          findings);
    }
    CertificateStanding standing = standing_of(findings);
    if (!findings.all().empty()) heard_(standing.says, findings);
    return standing;
}

void SystemCertificates::keep(const http::PeerCertificate& certificate, const CertificateStanding& standing,
                              base::Time now) {
    const auto life =
        standing.says == Says::unknown ? limits::certificate_unknown_life : limits::certificate_standing_life;
    const std::scoped_lock lock(mutex_);
    if (kept_.size() >= limits::certificate_standings_max) {
        std::erase_if(kept_, [&](const auto& each) { return each.second.until <= now; });
    }
    if (kept_.size() < limits::certificate_standings_max) {
        kept_.insert_or_assign(certificate.sha256, Kept{.standing = standing, .until = now + life});
    }
}

}  // namespace kelisim::identity
