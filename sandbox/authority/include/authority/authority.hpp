// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/entropy.hpp"
#include "base/iin.hpp"
#include "base/secret.hpp"
#include "trust/authorities.hpp"

namespace kelisim::authority {

// Root and issuing authority of ГОСТ 34.10-2015, contour: test. All of it follows from the seed, so that only the seed is kept.
class SandboxAuthority {
public:
    explicit SandboxAuthority(std::uint64_t seed);

    trust::Authorities authorities() const;

    // What the certificate of an organisation lets its owner do (pki.md 1.2).
    enum class Office { first_head, may_sign, employee, system };
    struct Owner {
        base::Iin iin;             // not in the certificate of a system
        std::string name;          // CN
        std::string bin;           // empty: a natural person
        std::string organisation;  // of that BIN
        Office office = Office::first_head;
        std::chrono::days valid_for{365};  // from a day before
    };
    // A file as the national authority issues it, with a new key; valid from a day before `now`. With a BIN the
    // certificate is one of that organisation.
    base::Bytes issue(const Owner& owner, const std::string& passphrase, base::Time now, base::Entropy& entropy) const;

private:
    std::uint64_t seed_;
};

}  // namespace kelisim::authority
