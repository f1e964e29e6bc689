// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace kelisim::base {
namespace {

TEST(Integer, IsTheWholeText) {
    EXPECT_EQ(parse_integer("0"), 0);
    EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
    for (std::string_view text : {"", "12abc", " 1", "1 ", "+1", "-1", "01", "0x1", "1.0", "9223372036854775808"}) {
        EXPECT_FALSE(parse_integer(text)) << text;
    }
}

// RFC 4648 section 10, without padding.
TEST(Base64Url, GivesTheVectorsOfItsStandard) {
    for (const auto& [plain, encoded] : {std::pair{"", ""},
                                         {"f", "Zg"},
                                         {"fo", "Zm8"},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg"},
                                         {"fooba", "Zm9vYmE"},
                                         {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64url(as_bytes(plain)), encoded);
        const auto decoded = from_base64url(encoded);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(as_text(*decoded), plain);
    }
    EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff}), "-_8");
}

TEST(Base64Url, HasOneTextForOneValue) {
    for (std::string_view text : {"Zg==", "Zh", "Z", "Zm9", "+/8", "Zm 9v", "Zm9v\n"}) {
        EXPECT_FALSE(from_base64url(text)) << text;
    }
}

TEST(Base64, NeedsItsPadding) {
    EXPECT_EQ(as_text(*from_base64("Zm9vYg==")), "foob");
    // RFC 4648 section 10
    for (const auto& [plain, encoded] :
         {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
        EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    }
    EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}), "+/8=");
    for (std::string_view text : {"Zm9vYg", "Zm9vYg=", "Zm9v====", "=", "Zm9-"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Utf8, IsWellFormedOrRefused) {
    for (std::string_view text : {"", "abc", "иә", "жоқ", "ҚАЗ", "\xf0\x9f\x98\x80"})
        EXPECT_TRUE(valid_utf8(text));
    for (std::string_view text : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xd0",
                                  "\xe2\x82", "\x80", "\xf5\x80\x80\x80"}) {
        EXPECT_FALSE(valid_utf8(text));
    }
}

TEST(Language, IsOneOfThree) {
    EXPECT_EQ(parse_language("kk"), Language::kk);
    EXPECT_FALSE(parse_language("KK"));
    EXPECT_FALSE(parse_language(""));
}

}  // namespace
}  // namespace kelisim::base
