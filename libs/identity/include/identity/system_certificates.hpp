// SPDX-License-Identifier: Apache-2.0
// Whether the certificate that a system shows was taken back, asked of its authority's responder or list (RFC 6960, RFC 5280).
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/result.hpp"
#include "crypto/hash.hpp"
#include "http/message.hpp"
#include "trust/finding.hpp"
#include "trust/revocation.hpp"

namespace kelisim::identity {

// What is known of a certificate. The handshake has verified its chain; this says only whether it was taken back.
struct CertificateStanding {
    enum class Says {
        good,     // or an anchor itself, which its operator takes away; or unknown, where that is merely noted
        refused,  // revoked, on hold, or never issued
        unknown,  // nobody could tell
    };
    Says says = Says::unknown;
    std::optional<base::Refusal> why = {};  // of a refusal
};

// Thread-safe. What it was made from outlives it.
class SystemCertificates {
public:
    // Hears every look at which not everything was as it should be; thread-safe.
    using Heard = std::function<void(CertificateStanding::Says, const trust::Findings&)>;
    // Of `policy` its revocation counts: whether a standing that nobody could tell lets pass. `clock` is that of the responders,
    // never a moved one.
    SystemCertificates(const trust::Policy& policy, trust::StatusSource& source, const base::Clock& clock,
                       base::Entropy& entropy, Heard heard);

    // What was learned lately; nothing when it has to be looked up. Never waits for anybody.
    std::optional<CertificateStanding> known(const http::PeerCertificate& certificate) const;
    // Asks, unless it was learned meanwhile. Waits for the source: never on an io thread.
    CertificateStanding look_up(const http::PeerCertificate& certificate);

private:
    struct Kept {
        CertificateStanding standing;
        base::Time until;
    };

    CertificateStanding ask(const http::PeerCertificate& certificate, base::Time now);
    void keep(const http::PeerCertificate& certificate, const CertificateStanding& standing, base::Time now);

    const trust::Policy policy_;
    const base::Clock& clock_;
    const Heard heard_;
    trust::Revocation revocation_;
    mutable std::mutex mutex_;
    std::map<crypto::Digest, Kept> kept_;  // by SHA-256 of the certificate
};

}  // namespace kelisim::identity
