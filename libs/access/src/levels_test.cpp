// SPDX-License-Identifier: Apache-2.0
#include "access/levels.hpp"

#include <gtest/gtest.h>

#include "records/testing.hpp"

namespace kelisim::access {
namespace {

namespace person = records::testing::person;
using records::SignInMeans;

bool with(SignInMeans means, Level wanted, const people::Person& who = person::abai()) {
    records::PersonSession session;
    session.means = means;
    return reaches(session, who, wanted);
}

// LAW-27.3
TEST(Levels, EachIncludesThoseBeforeIt) {
    for (const auto means : {SignInMeans::code, SignInMeans::eds, SignInMeans::eds_and_code})
        EXPECT_TRUE(with(means, Level::code));
    EXPECT_FALSE(with(SignInMeans::code, Level::eds));
    EXPECT_TRUE(with(SignInMeans::eds, Level::eds));
    EXPECT_TRUE(with(SignInMeans::eds_and_code, Level::eds));
    EXPECT_FALSE(with(SignInMeans::code, Level::eds_and_code));
    EXPECT_FALSE(with(SignInMeans::eds, Level::eds_and_code));
    EXPECT_TRUE(with(SignInMeans::eds_and_code, Level::eds_and_code));
}

TEST(Levels, NobodyIsLockedOutForWantOfANumber) {
    EXPECT_TRUE(with(SignInMeans::eds, Level::eds_and_code, person::without_phone()));
    EXPECT_FALSE(with(SignInMeans::code, Level::eds_and_code, person::without_phone()));
}

}  // namespace
}  // namespace kelisim::access
