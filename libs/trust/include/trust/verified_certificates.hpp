// SPDX-License-Identifier: Apache-2.0
// Certificates whose issuer's signature was found right, kept as they were read. Who signed one and what it says are facts of its
// bytes alone, neither of an instant nor of a policy, and to find them out is the dearest part of a message: the chain under
// GOST, the reading of the key under RSA. Dates, usages and revocation are looked at anew each time.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "crypto/hash.hpp"
#include "trust/certificate.hpp"

namespace kelisim::trust {

// Thread-safe. Keeps what is right alone: a wrong signature costs its check each time, and room for nobody.
class VerifiedCertificates {
public:
    // `kept_max`: from there on those that were not asked for lately are forgotten; up to twice as many stay, of some 10 KB each.
    explicit VerifiedCertificates(std::size_t kept_max = 4096) : kept_max_(kept_max) {}

    bool is_signed_by(const Certificate& certificate, const Certificate& issuer);
    // As Certificate::from_der(); what is kept is not read again.
    std::optional<Certificate> read(base::BytesView der);

    std::size_t checked() const;  // signatures that were really looked at
    std::size_t parsed() const;   // certificates that were really read

private:
    using Link = std::pair<crypto::Digest, crypto::Digest>;  // fingerprints: of the certificate, of its issuer
    using Links = std::map<Link, Certificate>;

    bool remembers(const Link& link);
    std::optional<Certificate> kept(const crypto::Digest& fingerprint) const;
    void keep(const Link& link, const Certificate& certificate);

    const std::size_t kept_max_;
    mutable std::mutex mutex_;
    Links recent_, before_;
    std::size_t checked_ = 0, parsed_ = 0;
};

}  // namespace kelisim::trust
