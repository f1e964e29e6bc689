// SPDX-License-Identifier: Apache-2.0
#include "crypto/gost.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::crypto {
namespace {

base::Bytes hex(std::string_view text) {
    const auto digit = [](char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
    base::Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4U | digit(text[i + 1])));
    return bytes;
}

// RFC 6986 section 10.1, M1, in the byte order in which it travels.
constexpr std::string_view m1 = "012345678901234567890123456789012345678901234567890123456789012";

TEST(GostHashTest, StreebogIsThatOfRfc6986) {
    EXPECT_EQ(gost_hash(GostHash::streebog_512, {base::as_bytes(m1)}),
              hex("1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
                  "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"));
    EXPECT_EQ(gost_hash(GostHash::streebog_256, {base::as_bytes(m1)}),
              hex("9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"));
}

TEST(GostHashTest, PartsAreOneMessage) {
    EXPECT_EQ(gost_hash(GostHash::streebog_512, {base::as_bytes(m1.substr(0, 5)), base::as_bytes(m1.substr(5))}),
              gost_hash(GostHash::streebog_512, {base::as_bytes(m1)}));
}

TEST(GostHashTest, Gost34311HasTheTestSBox) {
    // RFC 5831 section 7.3.1 "This is message, length=32 bytes", whose S-box is the one of section 11.
    EXPECT_EQ(gost_hash(GostHash::gost_34311, {base::as_bytes("This is message, length=32 bytes")}),
              hex("b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa"));
}

// Made by gost-engine 3.0.1, its signature turned into the order of Kazakhstan.
const base::Bytes key_256a =
    hex("7d2aa531b01b2f80c8f32ac63875d02215f31e4694fecf7b9ecad15b82202105"
        "638a193bc53ef3ef1e69a74ed6f5644d60c8a9603b1b9e8a7b610b9623a52cda");
const base::Bytes signature_256a =
    hex("3b984d726ae72d25e3929075821f85488c2ecf1c243deb7e8b0537f1da324526"
        "ab22528251fd10c2d9061770b8f6df3b13990f2e6e6bef6d02f3ef4b8c7b3c2b");

TEST(GostSignatureTest, OfAnotherImplementationWith256BitsVerifies) {
    const auto key = GostPublicKey::from_bytes(GostCurve::tc26_256_a, key_256a);
    ASSERT_TRUE(key);
    const base::Bytes hash = gost_hash(GostHash::streebog_256, {base::as_bytes("kelisim")});
    EXPECT_TRUE(key->verifies(hash, signature_256a));
    EXPECT_FALSE(key->verifies(gost_hash(GostHash::streebog_256, {base::as_bytes("Kelisim")}), signature_256a));
}

TEST(GostSignatureTest, PointsOutsideTheSubgroupAreNoKeys) {
    // (0, y) has an order that divides the cofactor only if it is on the curve at all; zero and a shifted point are not.
    EXPECT_FALSE(GostPublicKey::from_bytes(GostCurve::tc26_256_a, base::Bytes(64)));
    base::Bytes shifted = key_256a;
    shifted[0] ^= 1U;
    EXPECT_FALSE(GostPublicKey::from_bytes(GostCurve::tc26_256_a, shifted));
    // On the curve, with y = 0: its order is 2.
    const base::Bytes order_two =
        hex("aa4aa1e7dc7530a67ec42a195cfe448758d978d4444b978e15ff95f573fe0001"
            "0000000000000000000000000000000000000000000000000000000000000000");
    EXPECT_FALSE(GostPublicKey::from_bytes(GostCurve::tc26_256_a, order_two));
}

TEST(GostSignatureTest, PointsOffTheOtherCurvesAreNoKeys) {
    for (const GostCurve curve : {GostCurve::tc26_512_a, GostCurve::cryptopro_a}) {
        base::Bytes point(2 * coordinate_bytes(curve));
        EXPECT_FALSE(GostPublicKey::from_bytes(curve, point));
        point[0] = 3;
        EXPECT_FALSE(GostPublicKey::from_bytes(curve, point));
        EXPECT_FALSE(GostPublicKey::from_bytes(curve, base::Bytes(point.begin() + 1, point.end())));
    }
}

// With 512 bits, 128 bytes of r and s; `order` little-endian (RFC 7836 appendix A.1, A.2).
struct Signed {
    GostPublicKey key;
    base::Bytes hash, signature, order;
};

Signed signed_512() {
    base::SeededEntropy entropy(7);
    const GostPrivateKey key = GostPrivateKey::generate(entropy);
    const base::Bytes hash = gost_hash(GostHash::streebog_512, {base::as_bytes("kelisim")});
    return {.key = key.public_key(),
            .hash = hash,
            .signature = key.sign(hash, entropy),
            .order = hex("75b2101f41b1cdca5db8d2faab384b9b6060054e8d2bf26f11898df43295e627"
                         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")};
}

Signed signed_256() {
    return {.key = *GostPublicKey::from_bytes(GostCurve::tc26_256_a, key_256a),
            .hash = gost_hash(GostHash::streebog_256, {base::as_bytes("kelisim")}),
            .signature = signature_256a,
            .order = hex("670c366c55af15c135667bc8dfcdd80f00000000000000000000000000000040")};
}

class GostForgeryTest : public testing::TestWithParam<Signed (*)()> {
protected:
    const Signed given_ = GetParam()();
    const std::ptrdiff_t half_ = static_cast<std::ptrdiff_t>(given_.signature.size() / 2);

    bool passes(const base::Bytes& signature) const { return given_.key.verifies(given_.hash, signature); }
    base::Bytes with_r(const base::Bytes& r) const {
        base::Bytes changed = given_.signature;
        std::copy(r.begin(), r.end(), changed.begin());
        return changed;
    }
    base::Bytes with_s(const base::Bytes& s) const {
        base::Bytes changed = given_.signature;
        std::copy(s.begin(), s.end(), changed.begin() + half_);
        return changed;
    }
    base::Bytes zero() const { return base::Bytes(static_cast<std::size_t>(half_)); }
};

TEST_P(GostForgeryTest, UnalteredPasses) {
    EXPECT_TRUE(passes(given_.signature));
}

TEST_P(GostForgeryTest, HalvesSwapped) {
    base::Bytes swapped(given_.signature.begin() + half_, given_.signature.end());
    swapped.insert(swapped.end(), given_.signature.begin(), given_.signature.begin() + half_);
    EXPECT_FALSE(passes(swapped));
}

TEST_P(GostForgeryTest, BytesReversedAsRussiaWritesThem) {
    EXPECT_FALSE(passes({given_.signature.rbegin(), given_.signature.rend()}));
}

TEST_P(GostForgeryTest, ZeroAndTheOrder) {
    EXPECT_FALSE(passes(with_r(zero())));
    EXPECT_FALSE(passes(with_s(zero())));
    EXPECT_FALSE(passes(with_r(given_.order)));
    EXPECT_FALSE(passes(with_s(given_.order)));
    EXPECT_FALSE(passes(base::Bytes(given_.signature.size(), 0xff)));
}

TEST_P(GostForgeryTest, HalvesOverTheOrderAreNoSecondSignature) {
    // r + q and s + q would verify where the range is not looked at.
    for (const std::ptrdiff_t begin : {std::ptrdiff_t{0}, half_}) {
        base::Bytes changed = given_.signature;
        unsigned carry = 0;
        for (std::ptrdiff_t i = 0; i < half_; ++i) {
            carry += changed[static_cast<std::size_t>(begin + i)];
            carry += given_.order[static_cast<std::size_t>(i)];
            changed[static_cast<std::size_t>(begin + i)] = static_cast<std::uint8_t>(carry);
            carry >>= 8U;
        }
        EXPECT_FALSE(passes(changed));
    }
}

TEST_P(GostForgeryTest, AnyBitOfSignatureOrHash) {
    for (std::size_t i = 0; i < given_.signature.size(); i += 7) {
        base::Bytes changed = given_.signature;
        changed[i] ^= 1U;
        EXPECT_FALSE(passes(changed)) << i;
    }
    base::Bytes other = given_.hash;
    other.back() ^= 1U;
    EXPECT_FALSE(given_.key.verifies(other, given_.signature));
}

TEST_P(GostForgeryTest, AnotherLength) {
    base::Bytes longer = given_.signature;
    longer.push_back(0);
    EXPECT_FALSE(passes(longer));
    EXPECT_FALSE(passes({given_.signature.begin(), given_.signature.end() - 1}));
    EXPECT_FALSE(passes({}));
    EXPECT_FALSE(given_.key.verifies({}, given_.signature));
}

INSTANTIATE_TEST_SUITE_P(Sizes, GostForgeryTest, testing::Values(&signed_512, &signed_256));

TEST(GostPrivateKeyTest, KeepsItsBytesAndSignsEachTimeAnew) {
    base::SeededEntropy entropy(11);
    const GostPrivateKey key = GostPrivateKey::generate(entropy);
    const auto again = GostPrivateKey::from_bytes(key.to_bytes());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key().to_bytes(), key.public_key().to_bytes());
    const base::Bytes hash = gost_hash(GostHash::streebog_512, {base::as_bytes("kelisim")});
    const base::Bytes first = key.sign(hash, entropy), second = again->sign(hash, entropy);
    EXPECT_NE(first, second);
    EXPECT_TRUE(key.public_key().verifies(hash, first));
    EXPECT_TRUE(key.public_key().verifies(hash, second));
}

TEST(GostPrivateKeyTest, WithoutEntropyNothingIsSigned) {
    class Dry final : public base::Entropy {
    public:
        void fill(std::span<std::uint8_t>) override { throw base::Outage("no entropy"); }
    };
    base::SeededEntropy entropy(13);
    const GostPrivateKey key = GostPrivateKey::generate(entropy);
    Dry dry;
    EXPECT_THROW(key.sign(gost_hash(GostHash::streebog_512, {base::as_bytes("kelisim")}), dry), base::Outage);
    EXPECT_THROW(GostPrivateKey::generate(dry), base::Outage);
}

TEST(GostPrivateKeyTest, ZeroAndTheOrderAreNoKeys) {
    EXPECT_FALSE(GostPrivateKey::from_bytes(base::Secret(base::Bytes(64))));
    EXPECT_FALSE(GostPrivateKey::from_bytes(base::Secret(signed_512().order)));
    EXPECT_FALSE(GostPrivateKey::from_bytes(base::Secret(base::Bytes(63, 1))));
}

}  // namespace
}  // namespace kelisim::crypto
