// SPDX-License-Identifier: Apache-2.0
// KELISIM_SEED begins with one seed, KELISIM_SEEDS says how many follow each other, KELISIM_STEPS how long each walk is.
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <iostream>

#include "walk.hpp"

namespace kelisim::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    if (text == nullptr) return otherwise;
    const std::string_view whole(text);
    std::uint64_t value = 0;
    const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (read.ec != std::errc{} || read.ptr != whole.data() + whole.size()) throw std::invalid_argument(name);
    return value;
}

// Returns the root of the ledger: everything that was recorded.
std::string walk(std::uint64_t seed, std::uint64_t steps) {
    SCOPED_TRACE("KELISIM_SEED=" + std::to_string(seed) + " KELISIM_STEPS=" + std::to_string(steps));
    Walk walk(seed);
    for (std::uint64_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("step " + std::to_string(i));
        walk.step();
        if (i % 200 == 0) walk.check_ledger();
    }
    if (!::testing::Test::HasFailure()) walk.end();
    if (seed % 50 == 0 || ::testing::Test::HasFailure()) std::cout << seed << ": " << walk.summary() << std::endl;
    return walk.root();
}

// KDP-2.3, KDP-7.1, LAW-36.2, LAW-40.2, LAW-53
TEST(Simulation, NoWalkOpensDataWithoutAYesNorLosesCountOrRecord) {
    const std::uint64_t first = from_environment("KELISIM_SEED", std::random_device{}());
    const std::uint64_t seeds = from_environment("KELISIM_SEEDS", 200);
    const std::uint64_t steps = from_environment("KELISIM_STEPS", 200);
    std::cout << "KELISIM_SEED=" << first << " KELISIM_SEEDS=" << seeds << " KELISIM_STEPS=" << steps << std::endl;
    for (std::uint64_t seed = first; seed < first + seeds && !HasFailure(); ++seed)
        walk(seed, steps);
}

// What a seed showed once it shows again: nothing but the seed decides.
TEST(Simulation, ASeedWalksTheSameWayTwice) {
    const std::uint64_t seed = from_environment("KELISIM_SEED", std::random_device{}());
    std::cout << "KELISIM_SEED=" << seed << std::endl;
    EXPECT_EQ(walk(seed, 200), walk(seed, 200));
}

}  // namespace
}  // namespace kelisim::simulation
