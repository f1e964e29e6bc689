// SPDX-License-Identifier: Apache-2.0
#include "base/iin.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace kelisim::base {
namespace {

using namespace std::chrono;

struct Case {
    std::string_view name, text;
};

std::string with_check_digit(std::string first_eleven) {
    for (char c = '0'; c <= '9'; ++c) {
        if (Iin::parse(first_eleven + c).has_value()) return first_eleven + c;
    }
    return {};
}

// KDP-2.5: a subject is identified by an IIN whose check digit is verified.
TEST(Iin, AcceptsThePersonsOfTheSandbox) {
    for (std::string_view text : {"450810100013", "351124100016", "411020100014", "991231200017", "880808200018"}) {
        const auto iin = Iin::parse(text);
        ASSERT_TRUE(iin.has_value()) << text;
        EXPECT_EQ(iin->reveal(), text);
    }
    EXPECT_EQ(Iin::parse("450810100013")->birth_date(), year{1845} / August / 10);
}

TEST(Iin, TakesTheCenturyFromTheSeventhDigit) {
    for (const auto& [digit, century] : {std::pair{"2", 1800}, {"4", 1900}, {"6", 2000}}) {
        // Built here and never stored: the order number is zero, which is not issued.
        const auto iin = Iin::parse(with_check_digit(std::string("010101") + digit + "0000"));
        ASSERT_TRUE(iin.has_value()) << digit;
        EXPECT_EQ(iin->birth_date().year(), year{century + 1});
    }
}

// A number whose first round gives 10 is checked by the second weights.
TEST(Iin, UsesTheSecondRoundOfWeights) {
    int second_rounds = 0;
    constexpr int weights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    for (int order = 0; order < 100; ++order) {
        const std::string eleven = fmt::format("4508101{:04}", order);
        int sum = 0;
        for (std::size_t i = 0; i < 11; ++i)
            sum += (eleven[i] - '0') * weights[i];
        if (sum % 11 == 10 && !with_check_digit(eleven).empty()) ++second_rounds;
    }
    EXPECT_GT(second_rounds, 0);
}

class IinRefused : public testing::TestWithParam<Case> {};
TEST_P(IinRefused, WithTheReason) {
    const auto iin = Iin::parse(GetParam().text);
    ASSERT_TRUE(iin.has_error());
    EXPECT_TRUE(iin.error().has(iin_malformed));
}
INSTANTIATE_TEST_SUITE_P(Table, IinRefused,
                         testing::Values(Case{"Empty", ""}, Case{"ElevenDigits", "45081010001"},
                                         Case{"ThirteenDigits", "4508101000133"},
                                         Case{"WrongCheckDigit", "450810100014"},
                                         Case{"TwoDigitsSwapped", "450801100013"}, Case{"Letter", "45081010001a"},
                                         Case{"FullWidthDigit", "45081010001３"}, Case{"Blank", "450810100 13"},
                                         Case{"TrailingNewline", "450810100013\n"}, Case{"Sign", "-50810100013"},
                                         Case{"MonthThirteen", "451310100012"}, Case{"CenturyZero", "450810000002"},
                                         Case{"CenturyNine", "450810900001"}),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(Iin, RefusesADayThatTheMonthLacks) {
    EXPECT_EQ(with_check_digit("4502301"
                               "0001"),
              "");
    EXPECT_EQ(with_check_digit("9902291"
                               "0001"),
              "");  // 1899 was no leap year
}

TEST(Bin, AcceptsTheOrganisationsOfTheSandbox) {
    for (std::string_view text : {"000140000072", "000140000353", "000140002306"}) {
        EXPECT_TRUE(Bin::parse(text).has_value()) << text;
    }
}

class BinRefused : public testing::TestWithParam<Case> {};
TEST_P(BinRefused, WithTheReason) {
    const auto bin = Bin::parse(GetParam().text);
    ASSERT_TRUE(bin.has_error());
    EXPECT_TRUE(bin.error().has(bin_malformed));
}
INSTANTIATE_TEST_SUITE_P(Table, BinRefused,
                         testing::Values(Case{"WrongCheckDigit", "000140000073"}, Case{"MonthZero", "000040000002"},
                                         Case{"AnIin", "450810100013"}, Case{"Short", "00014000007"},
                                         Case{"Letters", "0001400000AB"}),
                         [](const auto& c) { return std::string(c.param.name); });

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
    out << value;
};

// LAW-53, KDP-2.5: personal data have no way into a log line.
static_assert(!Streams<Iin> && !fmt::is_formattable<Iin>::value);

}  // namespace
}  // namespace kelisim::base
