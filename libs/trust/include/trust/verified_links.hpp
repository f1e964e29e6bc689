// SPDX-License-Identifier: Apache-2.0
// Which certificate another one signed, found out once. It is a fact of the bytes alone, neither of an instant nor of a policy, and
// the dearest part of a chain under GOST: dates, usages and revocation are looked at anew each time.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <utility>

#include "crypto/hash.hpp"
#include "trust/certificate.hpp"

namespace kelisim::trust {

// Thread-safe. Keeps what is right alone: a wrong signature costs its check each time, and room for nobody.
class VerifiedLinks {
public:
    // `links_max`: from there on those that were not asked for lately are forgotten; up to twice as many stay.
    explicit VerifiedLinks(std::size_t links_max = 16'384) : links_max_(links_max) {}

    bool is_signed_by(const Certificate& certificate, const Certificate& issuer);

    std::size_t checked() const;  // signatures that were really looked at

private:
    using Link = std::pair<crypto::Digest, crypto::Digest>;  // fingerprints: of the certificate, of its issuer

    bool remembers(const Link& link);
    void keep(const Link& link);

    const std::size_t links_max_;
    mutable std::mutex mutex_;
    std::set<Link> recent_, before_;
    std::size_t checked_ = 0;
};

}  // namespace kelisim::trust
