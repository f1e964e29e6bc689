// SPDX-License-Identifier: Apache-2.0
#include "http/form.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace kelisim::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Taken {
    std::string_view name;
    std::string_view bytes;
    Pairs pairs;
};
void PrintTo(const Taken& c, std::ostream* out) {
    *out << c.name;
}
class FormTakes : public ::testing::TestWithParam<Taken> {};

TEST_P(FormTakes, AsDecoded) {
    const auto form = parse_form(GetParam().bytes);
    ASSERT_TRUE(form);
    EXPECT_EQ(form->all(), GetParam().pairs);
}

INSTANTIATE_TEST_SUITE_P(Http, FormTakes,
                         ::testing::Values(Taken{"nothing", "", {}}, Taken{"one", "a=1", {{"a", "1"}}},
                                           Taken{"two", "a=1&b=2", {{"a", "1"}, {"b", "2"}}},
                                           Taken{"without_value", "a&b=", {{"a", ""}, {"b", ""}}},
                                           Taken{"plus_is_space", "a=b+c%2Bd", {{"a", "b c+d"}}},
                                           Taken{"escaped_name", "%61=1", {{"a", "1"}}},
                                           Taken{"equals_in_value", "a=b=c", {{"a", "b=c"}}},
                                           Taken{"kazakh", "a=%D2%9B", {{"a", "\u049b"}}},
                                           Taken{"twice", "a=1&a=2", {{"a", "1"}, {"a", "2"}}}),
                         [](const auto& c) { return std::string(c.param.name); });

struct Bad {
    std::string_view name;
    std::string bytes;
    const base::Reason* reason;
};
void PrintTo(const Bad& c, std::ostream* out) {
    *out << c.name;
}
class FormRefuses : public ::testing::TestWithParam<Bad> {};

TEST_P(FormRefuses, WithItsReason) {
    const auto form = parse_form(GetParam().bytes, {.bytes_max = 64, .parameters_max = 3});
    ASSERT_FALSE(form);
    EXPECT_EQ(form.error().first().code, GetParam().reason->code);
}

INSTANTIATE_TEST_SUITE_P(
    Http, FormRefuses,
    ::testing::Values(
        Bad{"escape_not_hexadecimal", "a=%zz", &form_malformed}, Bad{"escape_cut_after_one", "a=%4", &form_malformed},
        Bad{"escape_cut_after_none", "a=%", &form_malformed}, Bad{"escape_with_sign", "a=%+1", &form_malformed},
        Bad{"escape_in_name", "%g1=1", &form_malformed}, Bad{"nul", "a=%00", &form_malformed},
        Bad{"nul_raw", std::string("a=\0", 3), &form_malformed}, Bad{"not_utf8", "a=%ff", &form_malformed},
        Bad{"overlong_utf8", "a=%c0%af", &form_malformed}, Bad{"half_a_letter", "a=%D2&b=%9B", &form_malformed},
        Bad{"without_name", "=1", &form_malformed}, Bad{"empty_pair", "a=1&&b=2", &form_malformed},
        Bad{"empty_first", "&a=1", &form_malformed}, Bad{"one_parameter_over", "a=1&b=2&c=3&d=4", &form_too_large},
        Bad{"one_byte_over", "a=" + std::string(63, 'x'), &form_too_large}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(Form, TellsWhatIsRepeated) {
    const auto form = parse_form("a=1&b=2&c=&b=3&%61=1");
    EXPECT_EQ(form->times("b"), 2U);
    EXPECT_EQ(form->value("b"), "2");
    EXPECT_EQ(form->repeated(), "b");
    EXPECT_FALSE(form->value("c"));  // sent without a value: as if omitted
    EXPECT_FALSE(form->value("d"));
    EXPECT_FALSE(parse_form("a=1&b=1")->repeated());
}

TEST(Form, EncodesWhatItDecodes) {
    const std::string text = "a b+c&d=e%\u049b";
    EXPECT_EQ(form_encode(text), "a+b%2Bc%26d%3De%25%D2%9B");
    EXPECT_EQ(form_decode(form_encode(text)), text);
}

}  // namespace
}  // namespace kelisim::http
