// SPDX-License-Identifier: Apache-2.0
#include "base/entropy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <thread>
#include <vector>

namespace kelisim::base {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes draw(SystemEntropy& entropy, std::size_t size) {
    Bytes bytes(size);
    entropy.fill(bytes);
    return bytes;
}

TEST(SystemEntropy, HandsNoByteOutTwice) {
    SystemEntropy entropy;
    std::set<Bytes> seen;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(seen.insert(draw(entropy, 16)).second) << i;
}

TEST(SystemEntropy, FillsAllOfAnySize) {
    SystemEntropy entropy;
    for (const std::size_t size : {1U, 7U, 255U, 256U, 257U, 4096U}) {
        // A place that is left out would be zero each time.
        Bytes ever(size);
        for (int i = 0; i < 16; ++i) {
            const Bytes drawn = draw(entropy, size);
            std::transform(ever.begin(), ever.end(), drawn.begin(), ever.begin(), std::bit_or<>());
        }
        EXPECT_EQ(std::count(ever.begin(), ever.end(), 0), 0) << size;
    }
}

TEST(SystemEntropy, NothingIsFilledWhereNothingIsAsked) {
    SystemEntropy entropy;
    entropy.fill({});
    EXPECT_TRUE(draw(entropy, 0).empty());
}

TEST(SystemEntropy, EachThreadHasItsOwn) {
    SystemEntropy entropy;
    std::vector<Bytes> drawn(8);
    {
        std::vector<std::jthread> threads;
        for (Bytes& bytes : drawn)
            threads.emplace_back([&] { bytes = draw(entropy, 32); });
    }
    EXPECT_EQ(std::set<Bytes>(drawn.begin(), drawn.end()).size(), drawn.size());
}

}  // namespace
}  // namespace kelisim::base
