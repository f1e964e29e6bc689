// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "delivery/testing.hpp"
#include "gather.hpp"

namespace kelisim::delivery {
namespace {

using namespace delivery::testing;

constexpr std::size_t count = 2 * items_per_unit + 1;
constexpr int bad = static_cast<int>(items_per_unit) + 5;  // in the second group

class GatherInGroups : public ::testing::Test {
protected:
    GatherInGroups() : items(count) { std::iota(items.begin(), items.end(), 0); }
    store::Writer& writer() { return desk.world.store.writer(); }

    Desk desk;
    std::vector<int> items;
    std::atomic<std::size_t> runs{0};
};

TEST_F(GatherInGroups, GivesOneOutcomePerItemInOrder) {
    const auto outcomes = gather_in_groups(writer(), items, [this](store::WriteSession&, int item) {
        ++runs;
        return item * 10;
    });
    ASSERT_EQ(outcomes.size(), count);
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(std::get<0>(outcomes[i]), items[i] * 10);
    EXPECT_EQ(runs, count);
}

TEST_F(GatherInGroups, AnItemThatFailsFailsAlone) {
    const auto outcomes = gather_in_groups(writer(), items, [this](store::WriteSession&, int item) {
        ++runs;
        if (item == bad) throw std::runtime_error("this one");
        return item;
    });
    ASSERT_EQ(outcomes.size(), count);
    for (std::size_t i = 0; i < count; ++i)
        EXPECT_EQ(failed(outcomes[i]), items[i] == bad) << i;
    // Its group was run up to it, then once more item by item; the others once.
    EXPECT_EQ(runs, count + 6);
}

TEST_F(GatherInGroups, AnEngineThatFailsIsNotAskedAgain) {
    const auto outcomes = gather_in_groups(writer(), items, [this](store::WriteSession&, int) -> int {
        ++runs;
        throw store::Unavailable("the disk");
    });
    ASSERT_EQ(outcomes.size(), count);
    for (const auto& outcome : outcomes)
        EXPECT_TRUE(failed(outcome));
    EXPECT_EQ(runs, 3U);  // groups
}

}  // namespace
}  // namespace kelisim::delivery
