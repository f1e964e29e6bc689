// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal.hpp"

#include <gtest/gtest.h>

namespace kelisim::crypto {
namespace {

using base::as_bytes;

struct Sealing : testing::Test {
    base::SeededEntropy entropy{7};
    SealKey key = make_seal_key(entropy);
    base::Bytes sealed = seal(key, as_bytes("құпия"), as_bytes("person/1"), entropy);
};

TEST_F(Sealing, OpensWhatItSealed) {
    const auto plain = open(key, sealed, as_bytes("person/1"));
    ASSERT_TRUE(plain);
    EXPECT_EQ(base::as_text(*plain), "құпия");
    EXPECT_EQ(sealed.size(), plain->size() + seal_overhead_bytes);
}

TEST_F(Sealing, KeepsAnEmptyValue) {
    const auto empty = seal(key, {}, as_bytes("c"), entropy);
    EXPECT_EQ(open(key, empty, as_bytes("c")), base::Bytes{});
}

TEST_F(Sealing, NeverRepeatsItself) {
    EXPECT_NE(seal(key, as_bytes("құпия"), as_bytes("person/1"), entropy), sealed);
}

TEST_F(Sealing, RefusesAnotherContext) {
    EXPECT_FALSE(open(key, sealed, as_bytes("person/2")));
    EXPECT_FALSE(open(key, sealed, {}));
}

TEST_F(Sealing, RefusesAnotherKey) {
    EXPECT_FALSE(open(make_seal_key(entropy), sealed, as_bytes("person/1")));
}

TEST_F(Sealing, RefusesEveryChangedBit) {
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        base::Bytes changed = sealed;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        EXPECT_FALSE(open(key, changed, as_bytes("person/1"))) << bit;
    }
}

TEST_F(Sealing, RefusesEveryCut) {
    for (std::size_t length = 0; length < sealed.size(); ++length) {
        EXPECT_FALSE(open(key, base::BytesView(sealed).first(length), as_bytes("person/1"))) << length;
    }
}

}  // namespace
}  // namespace kelisim::crypto
