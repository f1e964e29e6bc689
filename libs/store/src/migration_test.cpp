// SPDX-License-Identifier: Apache-2.0
#include "store/migration.hpp"

#include <gtest/gtest.h>

#include <array>

#include "store/writer.hpp"

namespace kelisim::store {
namespace {

TEST(VersionOf, IsTheNumberOfTheLast) {
    const std::array all{Migration{1, "a", ""}, Migration{2, "b", ""}};
    EXPECT_EQ(version_of(all), 2);
    EXPECT_EQ(version_of({}), 0);
}

TEST(VersionOf, RefusesNumbersOutOfStep) {
    const std::array gap{Migration{1, "a", ""}, Migration{3, "b", ""}};
    const std::array late{Migration{2, "a", ""}};
    const std::array twice{Migration{1, "a", ""}, Migration{1, "b", ""}};
    const std::array zero{Migration{0, "a", ""}};
    EXPECT_THROW(version_of(gap), Defect);
    EXPECT_THROW(version_of(late), Defect);
    EXPECT_THROW(version_of(twice), Defect);
    EXPECT_THROW(version_of(zero), Defect);
}

}  // namespace
}  // namespace kelisim::store
