// SPDX-License-Identifier: Apache-2.0
#include "base/id.hpp"

#include <gtest/gtest.h>

#include <set>

namespace kelisim::base {
namespace {

using ThingId = Id<struct Thing>;
using OtherId = Id<struct Other>;
static_assert(!std::is_convertible_v<ThingId, OtherId>);

const Time noon = from_micros(1'800'000'000'123'000);

TEST(Id, CarriesItsTimeAndBucket) {
    SeededEntropy entropy(1);
    for (std::uint16_t bucket : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{513}, std::uint16_t{1023}}) {
        const auto id = ThingId::make(noon, Bucket{bucket}, entropy);
        EXPECT_EQ(id.time(), noon);
        EXPECT_EQ(id.bucket().value, bucket);
    }
}

TEST(Id, IsAUuidOfVersionSeven) {
    SeededEntropy entropy(2);
    const std::string text = ThingId::make(noon, Bucket{7}, entropy).to_string();
    ASSERT_EQ(text.size(), 36U);
    EXPECT_EQ(text[14], '7');
    EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos);
}

TEST(Id, SortsByTimeInBytesAndInText) {
    SeededEntropy entropy(3);
    const auto earlier = ThingId::make(noon, Bucket{1023}, entropy);
    const auto later = ThingId::make(noon + std::chrono::milliseconds{1}, Bucket{0}, entropy);
    EXPECT_LT(earlier, later);
    EXPECT_LT(earlier.to_string(), later.to_string());
}

TEST(Id, ComesBackFromTextAndBytes) {
    SeededEntropy entropy(4);
    std::set<ThingId> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto id = ThingId::make(noon, Bucket{static_cast<std::uint16_t>(i)}, entropy);
        EXPECT_EQ(ThingId::parse(id.to_string()), id);
        EXPECT_EQ(ThingId::from_bytes(id.bytes()), id);
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(Id, RefusesWhatIsNotOne) {
    for (std::string_view text : {"", "0191f5a2-0000-7000-8000-00000000000", "0191f5a2-0000-7000-8000-0000000000000",
                                  "0191F5A2-0000-7000-8000-000000000000", "0191f5a2-0000-4000-8000-000000000000",
                                  "0191f5a2-0000-7000-c000-000000000000", "0191f5a2_0000_7000_8000_000000000000",
                                  "{191f5a2-0000-7000-8000-00000000000}", "0191f5a2-0000-7000-8000-00000000000g"}) {
        EXPECT_FALSE(ThingId::parse(text)) << text;
    }
    EXPECT_FALSE(ThingId::from_bytes(Bytes(15)));
    EXPECT_FALSE(ThingId::from_bytes(Bytes(16)));
}

}  // namespace
}  // namespace kelisim::base
