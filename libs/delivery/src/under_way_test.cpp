// SPDX-License-Identifier: Apache-2.0
#include "delivery/under_way.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace kelisim::delivery {
namespace {

constexpr auto nobody = [] {};

TEST(UnderWay, APlaceIsTakenUntilWhatCameOfItIsBooked) {
    UnderWay<int> under_way(8);
    EXPECT_TRUE(under_way.begin("a"));
    EXPECT_FALSE(under_way.begin("a"));
    EXPECT_TRUE(under_way.begin("b")) << "none waits for another";
    EXPECT_TRUE(under_way.ended().empty());
    bool woken = false;
    under_way.end("a", 7, [&] { woken = true; });
    EXPECT_TRUE(woken);
    const auto ended = under_way.ended();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended.front(), std::pair(std::string("a"), 7));
    EXPECT_FALSE(under_way.begin("a")) << "ended, and not booked";
    EXPECT_EQ(under_way.ended(), ended) << "booking that failed is tried again";
    under_way.booked(ended);
    EXPECT_TRUE(under_way.ended().empty());
    EXPECT_TRUE(under_way.begin("a"));
}

TEST(UnderWay, ThereAreNoMoreThanTheBound) {
    UnderWay<int> under_way(2);
    EXPECT_TRUE(under_way.begin("a"));
    EXPECT_TRUE(under_way.begin("b"));
    EXPECT_FALSE(under_way.begin("c"));
    under_way.forget("b");
    EXPECT_TRUE(under_way.begin("c"));
}

TEST(UnderWay, WhoEndsWaitsForTheLast) {
    UnderWay<int> under_way(2);
    ASSERT_TRUE(under_way.begin("a"));
    ASSERT_TRUE(under_way.begin("b"));
    under_way.end("a", 1, nobody);
    std::atomic<bool> over = false;
    std::thread other([&] { under_way.end("b", 2, [&] { over = true; }); });
    const auto last = under_way.last();
    EXPECT_TRUE(over);
    EXPECT_EQ(last.size(), 2U);
    other.join();
    under_way.booked(last);
    EXPECT_TRUE(under_way.last().empty()) << "nothing is out";
}

}  // namespace
}  // namespace kelisim::delivery
