// SPDX-License-Identifier: Apache-2.0
#include "crypto/gost.hpp"

#include <gmp.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/gostdsa.h>
#include <nettle/gosthash94.h>
#include <nettle/streebog.h>

#include <algorithm>
#include <array>
#include <exception>

#include "gost_256a.hpp"

namespace kelisim::crypto {
namespace {

const ecc_curve* nettle_curve(GostCurve curve) {
    switch (curve) {
        case GostCurve::tc26_512_a:
            return nettle_get_gost_gc512a();
        case GostCurve::cryptopro_a:
            return nettle_get_gost_gc256b();
        case GostCurve::tc26_256_a:
            return nullptr;
    }
    return nullptr;
}

class Number {
public:
    Number() { mpz_init(value_); }
    explicit Number(base::BytesView little_endian) : Number() {
        mpz_import(value_, little_endian.size(), -1, 1, 0, 0, little_endian.data());
    }
    Number(const Number&) = delete;
    Number& operator=(const Number&) = delete;
    ~Number() { mpz_clear(value_); }
    mpz_ptr get() { return value_; }

private:
    mpz_t value_;
};

void write_little_endian(mpz_srcptr value, std::span<std::uint8_t> out) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    mpz_export(out.data(), nullptr, -1, 1, 0, 0, value);
}

class Signature {
public:
    Signature() { dsa_signature_init(&value_); }
    Signature(const Signature&) = delete;
    Signature& operator=(const Signature&) = delete;
    ~Signature() { dsa_signature_clear(&value_); }
    dsa_signature* get() { return &value_; }

private:
    dsa_signature value_;
};

// nettle keeps what it needs of a curve in such a pair of a curve and numbers.
struct NettlePoint {
    explicit NettlePoint(const ecc_curve* curve) { ecc_point_init(&value, curve); }
    NettlePoint(const NettlePoint&) = delete;
    NettlePoint& operator=(const NettlePoint&) = delete;
    ~NettlePoint() { ecc_point_clear(&value); }
    ecc_point value;
};

struct NettleScalar {
    NettleScalar() { ecc_scalar_init(&value, nettle_get_gost_gc512a()); }
    NettleScalar(const NettleScalar&) = delete;
    NettleScalar& operator=(const NettleScalar&) = delete;
    ~NettleScalar() { ecc_scalar_clear(&value); }  // it wipes what it frees
    ecc_scalar value;
};

template <class Context, void init(Context*), void update(Context*, std::size_t, const std::uint8_t*),
          void digest(Context*, std::size_t, std::uint8_t*)>
base::Bytes hash_parts(std::initializer_list<base::BytesView> parts, std::size_t size) {
    Context context;
    init(&context);
    for (const base::BytesView part : parts)
        update(&context, part.size(), part.data());
    base::Bytes out(size);
    digest(&context, out.size(), out.data());
    return out;
}

// Nothing thrown may pass through nettle, which is C. What was drawn in vain is thrown afterwards, and what was signed with it
// given to nobody.
struct Draw {
    base::Entropy& entropy;
    std::exception_ptr failure = nullptr;
};

void fill_from(void* draw, std::size_t size, std::uint8_t* out) {
    Draw& drawn = *static_cast<Draw*>(draw);
    try {
        drawn.entropy.fill({out, size});
    } catch (...) {
        drawn.failure = std::current_exception();
        std::fill_n(out, size, std::uint8_t{1});  // a number that nettle takes, so that it comes back
    }
}

}  // namespace

base::Bytes gost_hash(GostHash hash, std::initializer_list<base::BytesView> parts) {
    switch (hash) {
        case GostHash::streebog_256:
            return hash_parts<streebog512_ctx, streebog256_init, streebog512_update, streebog256_digest>(
                parts, STREEBOG256_DIGEST_SIZE);
        case GostHash::streebog_512:
            return hash_parts<streebog512_ctx, streebog512_init, streebog512_update, streebog512_digest>(
                parts, STREEBOG512_DIGEST_SIZE);
        case GostHash::gost_34311:
            return hash_parts<gosthash94_ctx, gosthash94_init, gosthash94_update, gosthash94_digest>(
                parts, GOSTHASH94_DIGEST_SIZE);
    }
    return {};
}

std::size_t coordinate_bytes(GostCurve curve) {
    return curve == GostCurve::tc26_512_a ? 64 : 32;
}

struct GostPublicKey::Parts {
    GostCurve curve{};
    base::Bytes bytes;
    std::unique_ptr<NettlePoint> point;  // none where nettle has no such curve
};

std::optional<GostPublicKey> GostPublicKey::from_bytes(GostCurve curve, base::BytesView bytes) {
    const std::size_t half = coordinate_bytes(curve);
    if (bytes.size() != 2 * half) return std::nullopt;
    auto parts = std::make_shared<Parts>();
    parts->curve = curve;
    parts->bytes.assign(bytes.begin(), bytes.end());
    if (const ecc_curve* const known = nettle_curve(curve)) {
        parts->point = std::make_unique<NettlePoint>(known);
        Number x(bytes.first(half)), y(bytes.subspan(half));
        // It asks whether the point is on the curve; both curves have a cofactor of 1.
        if (ecc_point_set(&parts->point->value, x.get(), y.get()) == 0) return std::nullopt;
    } else if (!is_gost_256a_point(bytes)) {
        return std::nullopt;
    }
    return GostPublicKey(std::move(parts));
}

const base::Bytes& GostPublicKey::to_bytes() const {
    return parts_->bytes;
}

GostCurve GostPublicKey::curve() const {
    return parts_->curve;
}

bool GostPublicKey::verifies(base::BytesView hash, base::BytesView signature) const {
    const std::size_t half = coordinate_bytes(parts_->curve);
    if (signature.size() != 2 * half || hash.size() != half) return false;
    if (!parts_->point) return verifies_gost_256a(parts_->bytes, hash, signature);
    Signature read;
    mpz_import(read.get()->r, half, -1, 1, 0, 0, signature.data());
    mpz_import(read.get()->s, half, -1, 1, 0, 0, signature.data() + half);
    return gostdsa_verify(&parts_->point->value, hash.size(), hash.data(), read.get()) == 1;
}

struct GostPrivateKey::Parts {
    NettleScalar scalar;
};

GostPrivateKey GostPrivateKey::generate(base::Entropy& entropy) {
    while (true) {
        base::Bytes drawn(coordinate_bytes(GostCurve::tc26_512_a));
        entropy.fill(drawn);
        if (auto key = from_bytes(base::Secret(std::move(drawn)))) return *std::move(key);
    }
}

std::optional<GostPrivateKey> GostPrivateKey::from_bytes(const base::Secret<base::Bytes>& little_endian) {
    if (little_endian.reveal().size() != coordinate_bytes(GostCurve::tc26_512_a)) return std::nullopt;
    auto parts = std::make_shared<Parts>();
    Number value(little_endian.reveal());
    const bool in_range = ecc_scalar_set(&parts->scalar.value, value.get()) == 1;
    mpz_set_ui(value.get(), 0);
    if (!in_range) return std::nullopt;
    return GostPrivateKey(std::move(parts));
}

base::Secret<base::Bytes> GostPrivateKey::to_bytes() const {
    Number value;
    ecc_scalar_get(&parts_->scalar.value, value.get());
    base::Bytes out(coordinate_bytes(GostCurve::tc26_512_a));
    write_little_endian(value.get(), out);
    return base::Secret(std::move(out));
}

GostPublicKey GostPrivateKey::public_key() const {
    auto parts = std::make_shared<GostPublicKey::Parts>();
    parts->curve = GostCurve::tc26_512_a;
    parts->point = std::make_unique<NettlePoint>(nettle_get_gost_gc512a());
    ecc_point_mul_g(&parts->point->value, &parts_->scalar.value);
    Number x, y;
    ecc_point_get(&parts->point->value, x.get(), y.get());
    const std::size_t half = coordinate_bytes(parts->curve);
    parts->bytes.resize(2 * half);
    write_little_endian(x.get(), std::span(parts->bytes).first(half));
    write_little_endian(y.get(), std::span(parts->bytes).subspan(half));
    return GostPublicKey(std::move(parts));
}

base::Bytes GostPrivateKey::sign(base::BytesView hash, base::Entropy& entropy) const {
    Signature made;
    Draw draw{.entropy = entropy};
    gostdsa_sign(&parts_->scalar.value, &draw, fill_from, hash.size(), hash.data(), made.get());
    if (draw.failure) std::rethrow_exception(draw.failure);
    const std::size_t half = coordinate_bytes(GostCurve::tc26_512_a);
    base::Bytes out(2 * half);
    write_little_endian(made.get()->r, std::span(out).first(half));
    write_little_endian(made.get()->s, std::span(out).subspan(half));
    return out;
}

}  // namespace kelisim::crypto
