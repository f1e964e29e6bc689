// SPDX-License-Identifier: Apache-2.0
#include "store/statistics.hpp"

#include <gtest/gtest.h>

namespace kelisim::store {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(Histogram, PutsADurationBelowTheBoundOfItsBucket) {
    Histogram histogram;
    histogram.add(nanoseconds{999});
    histogram.add(microseconds{1});
    histogram.add(microseconds{2});
    histogram.add(microseconds{3});
    histogram.add(microseconds{1024});
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.counts[0], 1U);
    EXPECT_EQ(snapshot.counts[1], 1U);
    EXPECT_EQ(snapshot.counts[2], 2U);
    EXPECT_EQ(snapshot.counts[11], 1U);
    EXPECT_EQ(snapshot.count, 5U);
    EXPECT_EQ(snapshot.sum, microseconds{1030});
}

TEST(Histogram, KeepsWhatIsOutOfItsRangeInTheOutermostBuckets) {
    Histogram histogram;
    histogram.add(std::chrono::hours{1});
    histogram.add(nanoseconds{-5});
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.counts.back(), 1U);
    EXPECT_EQ(snapshot.counts.front(), 1U);
}

TEST(Histogram, AnswersQuantilesByTheBoundOfTheBucket) {
    Histogram histogram;
    EXPECT_EQ(histogram.snapshot().quantile(0.99), microseconds{0}) << "nothing counted";
    for (int i = 0; i < 99; ++i)
        histogram.add(microseconds{100});
    histogram.add(microseconds{5000});
    const auto snapshot = histogram.snapshot();
    EXPECT_EQ(snapshot.quantile(0.5), microseconds{128});
    EXPECT_EQ(snapshot.quantile(0.99), microseconds{128});
    EXPECT_EQ(snapshot.quantile(1.0), microseconds{8192});
    EXPECT_EQ(snapshot.quantile(7.0), microseconds{8192}) << "clamped";
    EXPECT_EQ(snapshot.quantile(-1.0), microseconds{128}) << "clamped";
}

}  // namespace
}  // namespace kelisim::store
