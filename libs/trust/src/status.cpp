// SPDX-License-Identifier: Apache-2.0
#include "status.hpp"

#include "trust/findings.hpp"

namespace kelisim::trust {

void check_age(const Status& status, const Verification& with, Findings& findings) {
    if (status.as_of > with.now + with.policy.clock_skew) findings.fail(status_from_future);
    // RFC 6960 4.2.2.1 has nextUpdate for it; the national responder names none, so it has our own term (pki.md 4). What was
    // said later than the instant speaks about that instant too.
    const base::Time counts_until = status.as_of + with.policy.status_age_max + with.policy.clock_skew;
    if (counts_until < with.at || (status.until && *status.until + with.policy.clock_skew < with.at))
        findings.fail(status_stale);
}

void judge(const Status& status, const Certificate& certificate, const Verification& with, Findings& findings) {
    const std::string detail = std::string(status.by) + " of " + base::to_iso8601(status.as_of) +
                               (status.reason.empty() ? "" : ": " + status.reason);
    // Lists and responders may forget a certificate that has expired (RFC 5280 3.3, RFC 6960 4.4.4).
    const bool spoke_in_time = status.as_of <= certificate.not_after();
    const bool later = status.revoked_at && *status.revoked_at > with.at;
    switch (status.standing) {
        case Standing::good:
            if (!spoke_in_time) findings.leave_open(revocation_unknown, detail + ": after the certificate's end");
            return;
        case Standing::revoked:
            findings.add(certificate_revoked, later ? Weight::note : Weight::fails, detail);
            return;
        case Standing::on_hold:
            // It may come back: EN 319 102-1 has INDETERMINATE for it.
            findings.add(certificate_on_hold, later ? Weight::note : Weight::leaves_open, detail);
            return;
        case Standing::not_issued:
            findings.fail(certificate_not_issued, detail);
            return;
        case Standing::unknown:
            findings.leave_open(revocation_unknown, detail);
            return;
    }
}

}  // namespace kelisim::trust
