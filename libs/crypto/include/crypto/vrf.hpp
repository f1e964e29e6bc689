// SPDX-License-Identifier: Apache-2.0
// A verifiable random function: ECVRF-P256-SHA256-TAI of RFC 9381. Only who has the key can compute the output for an
// input; the proof shows anybody who knows the input that this output is the only one there is. Its uniqueness needs no trust
// in who made the key, which RSA-FDH-VRF of the same RFC does (section 7.1).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"

namespace kelisim::crypto {

using VrfPublic = std::array<std::uint8_t, 33>;  // a compressed point (SEC 1, 2.3.3)
using VrfProof = std::array<std::uint8_t, 81>;   // RFC 9381 5.1: Gamma || c || s

struct VrfOutput {
    Digest hash{};  // RFC 9381: beta_string
    VrfProof proof{};
};

// Immutable; safe to use from several threads at once. Functions throw base::Outage when the library fails. How long
// prove() takes tells something about the input (RFC 9381 7.6): not for callers who measure it.
class VrfKey {
public:
    static VrfKey generate();
    static std::optional<VrfKey> from_pem(const base::Secret<std::string>& pem);  // PKCS #8, unencrypted, P-256
    base::Secret<std::string> to_pem() const;
    const VrfPublic& public_key() const;
    VrfOutput prove(base::BytesView input) const;

private:
    struct Parts;
    explicit VrfKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
    std::shared_ptr<const Parts> parts_;
};

}  // namespace kelisim::crypto
