// SPDX-License-Identifier: Apache-2.0
// The algorithms of Kazakhstan's electronic signatures: ГОСТ 34.10-2015 and its predecessor ГОСТ 34.310-2004, with their
// hashes. The mathematics is that of RFC 7091 and RFC 6986; two things are Kazakhstan's own: a signature is r || s, each
// little-endian (RFC 9215 has s || r, big-endian), and 34.311-95 uses the test S-box.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/entropy.hpp"
#include "base/secret.hpp"

namespace kelisim::crypto {

enum class GostHash {
    streebog_256,  // ГОСТ 34.11-2015, RFC 6986
    streebog_512,
    gost_34311,  // ГОСТ 34.311-95 with the test S-box of RFC 5831: 32 bytes
};

// Of the parts one after another, in the byte order in which it travels.
base::Bytes gost_hash(GostHash hash, std::initializer_list<base::BytesView> parts);

enum class GostCurve {
    tc26_512_a,   // id-tc26-gost-3410-12-512-paramSetA (RFC 7836): ГОСТ 34.10-2015, 512 bits
    tc26_256_a,   // id-tc26-gost-3410-2012-256-paramSetA (RFC 7836): ГОСТ 34.10-2015, 256 bits
    cryptopro_a,  // id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357): ГОСТ 34.310-2004
};

// Bytes of a coordinate, and of each half of a signature.
std::size_t coordinate_bytes(GostCurve curve);

// Immutable; safe to use from several threads at once.
class GostPublicKey {
public:
    // x || y, each little-endian, as the BIT STRING of a certificate holds it (RFC 9215 4.3). Nothing for what is no point of
    // the curve's group of prime order.
    static std::optional<GostPublicKey> from_bytes(GostCurve curve, base::BytesView bytes);
    const base::Bytes& to_bytes() const;
    GostCurve curve() const;
    // False for a signature of another length, or with r or s of zero or not below the order.
    bool verifies(base::BytesView hash, base::BytesView signature) const;

private:
    friend class GostPrivateKey;
    struct Parts;
    explicit GostPublicKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
    std::shared_ptr<const Parts> parts_;
};

// Of ГОСТ 34.10-2015 with 512 bits: the one that the national authority issues since 2024. Immutable; safe to use from several
// threads at once if its entropy is.
class GostPrivateKey {
public:
    static GostPrivateKey generate(base::Entropy& entropy);
    // 64 bytes, little-endian; nothing for zero and for what is not below the order.
    static std::optional<GostPrivateKey> from_bytes(const base::Secret<base::Bytes>& little_endian);
    base::Secret<base::Bytes> to_bytes() const;
    GostPublicKey public_key() const;
    base::Bytes sign(base::BytesView hash, base::Entropy& entropy) const;

private:
    struct Parts;
    explicit GostPrivateKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
    std::shared_ptr<const Parts> parts_;
};

}  // namespace kelisim::crypto
