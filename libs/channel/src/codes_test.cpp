// SPDX-License-Identifier: Apache-2.0
#include "channel/codes.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/entropy.hpp"

namespace kelisim::channel {
namespace {

using registry::CodeKind;

base::Bytes secret(std::uint64_t seed) {
    base::SeededEntropy entropy(seed);
    base::Bytes bytes(32);
    entropy.fill(bytes);
    return bytes;
}

// KDP-7.5
TEST(OneTimeCode, IsSixDigitsOrSixLetters) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const std::string numeric = one_time_code(CodeKind::numeric, secret(seed));
        EXPECT_EQ(numeric.size(), 6U);
        EXPECT_EQ(numeric.find_first_not_of("0123456789"), std::string::npos) << numeric;
        const std::string mixed = one_time_code(CodeKind::alphanumeric, secret(seed));
        EXPECT_EQ(mixed.size(), 6U);
        EXPECT_EQ(mixed.find_first_not_of("ACEHMPTXY23456789"), std::string::npos) << mixed;
    }
}

TEST(OneTimeCode, IsAnotherFromAnotherSecret) {
    std::set<std::string> numeric, mixed, checks;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        numeric.insert(one_time_code(CodeKind::numeric, secret(seed)));
        mixed.insert(one_time_code(CodeKind::alphanumeric, secret(seed)));
        checks.insert(check_code(secret(seed)));
    }
    EXPECT_GE(numeric.size(), 199U);
    EXPECT_GE(mixed.size(), 199U);
    EXPECT_GE(checks.size(), 198U);
    EXPECT_EQ(one_time_code(CodeKind::numeric, secret(7)), one_time_code(CodeKind::numeric, secret(7)));
}

struct Typed {
    const char* text;
    const char* code;
};
class TypedCodes : public testing::TestWithParam<Typed> {};
INSTANTIATE_TEST_SUITE_P(AsPeopleWrite, TypedCodes,
                         testing::Values(Typed{"123456", "123456"}, Typed{" 123-456. ", "123456"},
                                         Typed{"１２３４５６", "123456"}, Typed{"ace234", "ACE234"},
                                         Typed{"АСЕ234", "ACE234"},  // Cyrillic letters
                                         Typed{"асе 234", "ACE234"}, Typed{"ХУТМР2", "XYTMP2"}));

TEST_P(TypedCodes, AreRead) {
    const auto read = read_code(GetParam().text);
    ASSERT_TRUE(read);
    EXPECT_TRUE(same_code(*read, GetParam().code));
}

TEST(ReadCode, TakesNothingElse) {
    for (const char* text :
         {"", "1", "12345", "1234567", "код 123456", "123456 123456", "рахмет", "rahmet", "kelise", "\xff\xfe"}) {
        EXPECT_FALSE(read_code(text)) << text;
    }
    EXPECT_FALSE(same_code(*read_code("123456"), "123457"));
    EXPECT_FALSE(same_code("", ""));
}

TEST(CheckCode, IsNeverAOneTimeCode) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        EXPECT_TRUE(looks_like_check(*read_code(check_code(secret(seed)))));
        EXPECT_FALSE(looks_like_check(*read_code(one_time_code(CodeKind::alphanumeric, secret(seed)))));
        EXPECT_FALSE(looks_like_check(*read_code(one_time_code(CodeKind::numeric, secret(seed)))));
    }
    EXPECT_TRUE(looks_like_check(*read_code("к-асе23"))) << "a Cyrillic K";
}

}  // namespace
}  // namespace kelisim::channel
