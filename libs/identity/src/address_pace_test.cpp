// SPDX-License-Identifier: Apache-2.0
#include "identity/address_pace.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace kelisim::identity {
namespace {

using namespace std::chrono_literals;

const base::Time now = base::from_micros(1'795'000'000'000'000);

boost::asio::ip::address address(const char* text) {
    return boost::asio::ip::make_address(text);
}

// As the pace lets pass at once.
int taken(AddressPace& pace, const char* from, base::Time at, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i)
        count += pace.take(address(from), at) ? 1 : 0;
    return count;
}

class AnAddressPace : public testing::Test {
protected:
    base::SeededEntropy entropy_{1};
    AddressPace pace_{60, entropy_};
};

TEST_F(AnAddressPace, LetsSoManyPassAtOnceAndThenAsTheyComeBack) {
    EXPECT_EQ(taken(pace_, "203.0.113.7", now, 100), 60);
    EXPECT_EQ(taken(pace_, "203.0.113.7", now + 59s, 10), 0);
    EXPECT_EQ(taken(pace_, "203.0.113.7", now + 5min, 10), 5);
    EXPECT_EQ(taken(pace_, "203.0.113.7", now + 3h, 100), 60);
}

TEST_F(AnAddressPace, CountsOneAddressApartFromAnother) {
    EXPECT_EQ(taken(pace_, "203.0.113.7", now, 100), 60);
    EXPECT_EQ(taken(pace_, "203.0.113.8", now, 100), 60);
}

TEST_F(AnAddressPace, CountsTheNetworkOfACustomer) {
    EXPECT_EQ(taken(pace_, "2001:db8:1:2::1", now, 100), 60);
    EXPECT_EQ(taken(pace_, "2001:db8:1:2:ffff::9", now, 100), 0);
    EXPECT_EQ(taken(pace_, "2001:db8:1:3::1", now, 100), 60);
}

TEST_F(AnAddressPace, DoesNotCountThisMachine) {
    EXPECT_EQ(taken(pace_, "127.0.0.1", now, 1000), 1000);
    EXPECT_EQ(taken(pace_, "::1", now, 1000), 1000);
}

TEST_F(AnAddressPace, HoldsNobodyUpAfterTheClockWasSetBack) {
    EXPECT_EQ(taken(pace_, "203.0.113.7", now, 60), 60);
    EXPECT_EQ(taken(pace_, "203.0.113.7", now - 24h, 100), 60);
}

TEST_F(AnAddressPace, CountsExactlyAmongThreads) {
    std::atomic<int> passed{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] { passed += taken(pace_, "203.0.113.7", now, 100); });
    }
    EXPECT_EQ(passed, 60);
}

}  // namespace
}  // namespace kelisim::identity
