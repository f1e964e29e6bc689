// SPDX-License-Identifier: Apache-2.0
#include "channel/sms.hpp"

#include <gtest/gtest.h>

namespace kelisim::channel {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

struct Case {
    std::string name, text;
    Encoding encoding;
    std::size_t units, segments;
};
class SmsSize : public testing::TestWithParam<Case> {};
TEST_P(SmsSize, IsCountedAsTheNetworkCounts) {
    const Size size = size_of(GetParam().text);
    EXPECT_EQ(size.encoding, GetParam().encoding);
    EXPECT_EQ(size.units, GetParam().units);
    EXPECT_EQ(size.segments, GetParam().segments);
}
INSTANTIATE_TEST_SUITE_P(
    Table, SmsSize,
    testing::Values(Case{"Empty", "", Encoding::gsm7, 0, 1},
                    Case{"FullSingle", repeat("a", 160), Encoding::gsm7, 160, 1},
                    Case{"OneOverSingle", repeat("a", 161), Encoding::gsm7, 161, 2},
                    Case{"TwoFullParts", repeat("a", 306), Encoding::gsm7, 306, 2},
                    Case{"OneOverTwoParts", repeat("a", 307), Encoding::gsm7, 307, 3},
                    Case{"ExtensionCostsTwo", repeat("€", 80), Encoding::gsm7, 160, 1},
                    Case{"EscapeIsNotCut", repeat("a", 152) + "€" + repeat("a", 152), Encoding::gsm7, 306, 3},
                    Case{"CyrillicSingle", repeat("я", 70), Encoding::ucs2, 70, 1},
                    Case{"CyrillicOneOver", repeat("я", 71), Encoding::ucs2, 71, 2},
                    Case{"OneKazakhLetterTurnsAllToUcs2", repeat("a", 70) + "қ", Encoding::ucs2, 71, 2},
                    Case{"SurrogatePairIsNotCut", repeat("я", 66) + "\xf0\x9f\x98\x80" + repeat("я", 66),
                         Encoding::ucs2, 134, 3}),
    [](const auto& c) { return c.param.name; });

TEST(Transliterate, WritesBothLanguagesInLatinLetters) {
    EXPECT_EQ(transliterate("Құнанбаев Абай"), "Qunanbaev Abai");
    EXPECT_EQ(transliterate("Жүсіп, Шоқан; Щука № 5 «тест»"), "Zhusip, Shoqan; Shuka No 5 \"test\"");
    EXPECT_EQ(transliterate("объём ёлка"), "obem elka");
    EXPECT_EQ(transliterate("БИН 000140000353"), "BIN 000140000353");
    EXPECT_EQ(transliterate("plain text"), "plain text");
}

TEST(Transliterate, LeavesNothingOutsideTheSevenBitAlphabet) {
    EXPECT_EQ(
        size_of(transliterate("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюяАӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"))
            .encoding,
        Encoding::gsm7);
}

}  // namespace
}  // namespace kelisim::channel
