// SPDX-License-Identifier: Apache-2.0
#include "base/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>

namespace kelisim::base {
namespace {

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
    out << value;
};
template <class T>
concept Compares = requires(const T& a, const T& b) {
    a == b;
};

static_assert(!Streams<Secret<std::string>> && !fmt::is_formattable<Secret<std::string>>::value);
static_assert(!Streams<Personal<std::string>> && !fmt::is_formattable<Personal<std::string>>::value);
static_assert(!Compares<Secret<std::string>>, "secrets are compared in constant time by crypto/ only");
static_assert(Compares<Personal<std::string>>);
static_assert(!std::is_convertible_v<Secret<std::string>, std::string>);

TEST(Secret, IsWipedWhenItIsMovedAway) {
    Secret<std::string> secret(std::string("a secret that fits no small buffer, so it stays where it was"));
    const Secret<std::string> other = std::move(secret);
    EXPECT_EQ(other.reveal().size(), 60U);
    for (char c : secret.reveal())
        EXPECT_EQ(c, 0);  // NOLINT(bugprone-use-after-move): the wipe is the subject
}

TEST(Secret, KeepsItsValueThroughSelfAssignment) {
    Secret<std::string> secret(std::string("value"));
    auto& same = secret;
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), "value");
}

}  // namespace
}  // namespace kelisim::base
