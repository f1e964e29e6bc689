// SPDX-License-Identifier: Apache-2.0
#include "gost_256a.hpp"

#include "crypto/openssl.hpp"

namespace kelisim::crypto {
namespace {

using Group = std::unique_ptr<EC_GROUP, Free<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Free<EC_POINT_free>>;
using Context = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;

Bignum from_hex(const char* hex) {
    BIGNUM* number = nullptr;
    if (BN_hex2bn(&number, hex) == 0) fail("BN_hex2bn");
    return Bignum(number);
}

Bignum from_little_endian(base::BytesView bytes) {
    return required(Bignum(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)), "BN_lebin2bn");
}

Context make_context() {
    return required(Context(BN_CTX_new()), "BN_CTX_new");
}

// RFC 7836 appendix A.2, the canonical form.
Group make_group() {
    const Context context = make_context();
    const Bignum p = from_hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97");
    const Bignum a = from_hex("C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335");
    const Bignum b = from_hex("295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513");
    const Bignum q = from_hex("400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67");
    const Bignum x = from_hex("91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28");
    const Bignum y = from_hex("32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C");
    const Bignum cofactor = from_hex("4");
    Group group = required(Group(EC_GROUP_new_curve_GFp(p.get(), a.get(), b.get(), context.get())), "EC_GROUP_new");
    const Point base = required(Point(EC_POINT_new(group.get())), "EC_POINT_new");
    require(EC_POINT_set_affine_coordinates(group.get(), base.get(), x.get(), y.get(), context.get()), "base point");
    require(EC_GROUP_set_generator(group.get(), base.get(), q.get(), cofactor.get()), "EC_GROUP_set_generator");
    return group;
}

const EC_GROUP* group() {
    static const Group made = make_group();
    return made.get();
}

// Nothing for what is not on the curve.
Point read_point(base::BytesView bytes, BN_CTX* context) {
    const std::size_t half = bytes.size() / 2;
    const Bignum x = from_little_endian(bytes.first(half)), y = from_little_endian(bytes.subspan(half));
    Point point = required(Point(EC_POINT_new(group())), "EC_POINT_new");
    // It also asks whether the point is on the curve.
    if (EC_POINT_set_affine_coordinates(group(), point.get(), x.get(), y.get(), context) != 1) return nullptr;
    return point;
}

bool in_range(const BIGNUM* number) {
    return !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(group())) < 0;
}

}  // namespace

bool is_gost_256a_point(base::BytesView bytes) {
    const Context context = make_context();
    const Point point = read_point(bytes, context.get());
    if (!point) return false;
    const Point multiple = required(Point(EC_POINT_new(group())), "EC_POINT_new");
    require(EC_POINT_mul(group(), multiple.get(), nullptr, point.get(), EC_GROUP_get0_order(group()), context.get()),
            "EC_POINT_mul");
    return EC_POINT_is_at_infinity(group(), multiple.get()) == 1;
}

bool verifies_gost_256a(base::BytesView bytes, base::BytesView hash, base::BytesView signature) {
    const Context context = make_context();
    const BIGNUM* const q = EC_GROUP_get0_order(group());
    const Bignum r = from_little_endian(signature.first(signature.size() / 2));
    const Bignum s = from_little_endian(signature.subspan(signature.size() / 2));
    if (!in_range(r.get()) || !in_range(s.get())) return false;
    const Point key = read_point(bytes, context.get());
    if (!key) return false;
    const Bignum e = from_little_endian(hash), v = required(Bignum(BN_new()), "BN_new"),
                 z1 = required(Bignum(BN_new()), "BN_new"), z2 = required(Bignum(BN_new()), "BN_new");
    require(BN_nnmod(e.get(), e.get(), q, context.get()), "BN_nnmod");
    if (BN_is_zero(e.get())) require(BN_one(e.get()), "BN_one");  // step 3: "If e = 0, set e = 1"
    required(BN_mod_inverse(v.get(), e.get(), q, context.get()), "BN_mod_inverse");
    require(BN_mod_mul(z1.get(), s.get(), v.get(), q, context.get()), "BN_mod_mul");
    require(BN_mod_mul(z2.get(), r.get(), v.get(), q, context.get()), "BN_mod_mul");
    BN_sub(z2.get(), q, z2.get());
    const Point c = required(Point(EC_POINT_new(group())), "EC_POINT_new");
    require(EC_POINT_mul(group(), c.get(), z1.get(), key.get(), z2.get(), context.get()), "EC_POINT_mul");
    if (EC_POINT_is_at_infinity(group(), c.get()) == 1) return false;
    const Bignum x = required(Bignum(BN_new()), "BN_new");
    require(EC_POINT_get_affine_coordinates(group(), c.get(), x.get(), nullptr, context.get()), "coordinates");
    require(BN_nnmod(x.get(), x.get(), q, context.get()), "BN_nnmod");
    return BN_cmp(x.get(), r.get()) == 0;
}

}  // namespace kelisim::crypto
