// SPDX-License-Identifier: Apache-2.0
#include "json/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

namespace kelisim::json {
namespace {

namespace bj = boost::json;

std::string repeat(std::string_view what, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += what;
    return all;
}

struct Accepted {
    std::string_view name;
    std::string bytes;
    std::string serialized;
};
void PrintTo(const Accepted& c, std::ostream* out) {
    *out << c.name;
}

class Accepts : public testing::TestWithParam<Accepted> {};

TEST_P(Accepts, AsWritten) {
    const auto value = parse(GetParam().bytes, Limits{});
    ASSERT_TRUE(value) << value.error().first().code;
    EXPECT_EQ(bj::serialize(*value), GetParam().serialized);
}

INSTANTIATE_TEST_SUITE_P(
    Json, Accepts,
    testing::Values(Accepted{"empty_object", "{}", "{}"}, Accepted{"empty_array", "[]", "[]"},
                    Accepted{"scalar", "true", "true"}, Accepted{"white_space_around", " \t\r\n1 \n", "1"},
                    Accepted{"empty_key", R"({"":1})", R"({"":1})"},
                    Accepted{"same_key_on_two_levels", R"({"a":{"a":1}})", R"({"a":{"a":1}})"},
                    Accepted{"same_key_in_siblings", R"([{"a":1},{"a":2}])", R"([{"a":1},{"a":2}])"},
                    Accepted{"keys_differ_in_case", R"({"a":1,"A":2})", R"({"a":1,"A":2})"},
                    Accepted{"depth_at_limit", repeat("[", 16) + repeat("]", 16), repeat("[", 16) + repeat("]", 16)},
                    Accepted{"largest_integers", "[-9223372036854775808,18446744073709551615]",
                             "[-9223372036854775808,18446744073709551615]"},
                    Accepted{"largest_double", "1.7e308", "1.7E308"}, Accepted{"tiny_becomes_zero", "1e-400", "0E0"},
                    Accepted{"escapes", R"("\u04d9\n\"\ud83d\ude00")", "\"\u04d9\\n\\\"\U0001F600\""},
                    Accepted{"kazakh_text", "\"\u049a\u04b1\u043d\u0430\u043d\u0431\u0430\u0435\u0432\"",
                             "\"\u049a\u04b1\u043d\u0430\u043d\u0431\u0430\u0435\u0432\""},
                    Accepted{"longer_than_the_room_on_the_stack", "\"" + std::string(9000, 'x') + "\"",
                             "\"" + std::string(9000, 'x') + "\""}),
    [](const auto& c) { return std::string(c.param.name); });

struct Refused {
    std::string_view name;
    std::string bytes;
    const base::Reason* reason;
};
void PrintTo(const Refused& c, std::ostream* out) {
    *out << c.name;
}

class Refuses : public testing::TestWithParam<Refused> {};

TEST_P(Refuses, WithItsOwnReason) {
    const auto value = parse(GetParam().bytes, Limits{});
    ASSERT_FALSE(value) << bj::serialize(*value);
    EXPECT_EQ(value.error().first().code, GetParam().reason->code);
}

INSTANTIATE_TEST_SUITE_P(
    Json, Refuses,
    testing::Values(
        Refused{"nothing", "", &json_malformed}, Refused{"white_space_only", "  \n", &json_malformed},
        Refused{"cut_object", R"({"a":1)", &json_malformed}, Refused{"cut_text", R"("abc)", &json_malformed},
        Refused{"cut_number", "-", &json_malformed}, Refused{"two_values", "1 2", &json_malformed},
        Refused{"bytes_after", "{}x", &json_malformed}, Refused{"nul_after", std::string("{}\0", 3), &json_malformed},
        Refused{"byte_order_mark", "\xef\xbb\xbf{}", &json_malformed},
        Refused{"comment_block", "/* x */1", &json_malformed}, Refused{"comment_line", "1 // x", &json_malformed},
        Refused{"trailing_comma_array", "[1,]", &json_malformed},
        Refused{"trailing_comma_object", R"({"a":1,})", &json_malformed},
        Refused{"single_quotes", "'a'", &json_malformed}, Refused{"bare_key", "{a:1}", &json_malformed},
        Refused{"nan", "NaN", &json_malformed}, Refused{"infinity_word", "Infinity", &json_malformed},
        Refused{"leading_zero", "01", &json_malformed}, Refused{"leading_plus", "+1", &json_malformed},
        Refused{"no_digit_after_point", "1.", &json_malformed}, Refused{"hexadecimal", "0x10", &json_malformed},
        Refused{"control_in_text", "\"a\nb\"", &json_malformed},
        Refused{"nul_in_text", std::string("\"a\0b\"", 5), &json_malformed},
        Refused{"bad_escape", R"("\x41")", &json_malformed},
        Refused{"lone_high_surrogate", R"("\ud83d")", &json_malformed},
        Refused{"lone_low_surrogate", R"("\ude00")", &json_malformed},
        Refused{"invalid_utf8", "\"\xff\"", &json_malformed}, Refused{"overlong_utf8", "\"\xc0\xaf\"", &json_malformed},
        Refused{"surrogate_in_utf8", "\"\xed\xa0\x80\"", &json_malformed},
        Refused{"invalid_utf8_in_key", "{\"\xfe\":1}", &json_malformed},
        Refused{"duplicate", R"({"a":1,"a":1})", &json_duplicate_key},
        Refused{"duplicate_after_unescaping", R"({"a":1,"\u0061":2})", &json_duplicate_key},
        Refused{"duplicate_nested", R"({"x":[{"y":{"a":1,"b":2,"a":3}}]})", &json_duplicate_key},
        Refused{"duplicate_inside_what_is_replaced", R"({"a":{"b":1,"b":2},"c":3})", &json_duplicate_key},
        Refused{"duplicate_hides_more_members", R"({"a":{"p":1,"q":2},"a":{"p":1,"q":2,"r":3}})", &json_duplicate_key},
        Refused{"duplicate_empty_key", R"({"":1,"":2})", &json_duplicate_key},
        Refused{"infinite", "1e400", &json_number_out_of_range},
        Refused{"infinite_negative", "[-1e999]", &json_number_out_of_range},
        Refused{"infinite_by_exponent", "1e99999999999999999999", &json_number_out_of_range},
        Refused{"infinite_by_digits", std::string(400, '9'), &json_number_out_of_range},
        Refused{"one_level_too_deep", repeat("[", 17) + repeat("]", 17), &json_too_deep},
        Refused{"one_level_too_deep_objects", repeat(R"({"a":)", 17) + "1" + repeat("}", 17), &json_too_deep},
        Refused{"ten_thousand_levels", repeat("[", 10'000), &json_too_deep},
        Refused{"ten_thousand_objects", repeat(R"({"a":)", 10'000), &json_too_deep},
        Refused{"one_byte_too_large", "\"" + std::string(64 * 1024 - 1, 'x') + "\"", &json_too_large}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(Json, TakesExactlyTheBytesOfItsLimit) {
    EXPECT_TRUE(parse("[1]", {.bytes_max = 3, .depth_max = 1}));
    EXPECT_FALSE(parse("[1]", {.bytes_max = 2, .depth_max = 1}));
}

// --- readers

bj::object sample() {
    return parse(R"({"text":"abc","zero":"a\u0000b","n":5,"real":1.0,"big":18446744073709551615,"yes":true,
                     "null":null,"list":["a","b"],"mixed":["a",1],"empty":[],"inner":{"k":1}})",
                 Limits{})
        ->as_object();
}

template <class T>
std::string_view code(const base::Result<T>& result) {
    return result ? std::string_view{} : result.error().first().code;
}

TEST(Readers, GiveWhatIsThere) {
    const auto from = sample();
    EXPECT_EQ(*text(from, "text"), "abc");
    EXPECT_EQ(*text(from, "text", 3), "abc");
    EXPECT_EQ(**optional_text(from, "text"), "abc");
    EXPECT_EQ(*integer(from, "n", {5, 5}), 5);
    EXPECT_EQ(**optional_integer(from, "n"), 5);
    EXPECT_TRUE(*boolean(from, "yes"));
    EXPECT_TRUE(**optional_boolean(from, "yes"));
    EXPECT_EQ(*texts(from, "list", 2), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(texts(from, "empty")->empty());
    EXPECT_EQ((*optional_texts(from, "list"))->size(), 2U);
    EXPECT_TRUE((*object(from, "inner"))->contains("k"));
    EXPECT_TRUE((*optional_object(from, "inner"))->contains("k"));
    EXPECT_EQ((*array(from, "mixed"))->size(), 2U);
    EXPECT_TRUE(only(**object(from, "inner"), {"k"}));
    EXPECT_TRUE(as_object(bj::value(bj::object{})));
}

TEST(Readers, AbsentIsAValueOnlyWhereOptional) {
    const auto from = sample();
    EXPECT_FALSE(optional_text(from, "nothing")->has_value());
    EXPECT_FALSE(optional_integer(from, "nothing")->has_value());
    EXPECT_FALSE(optional_boolean(from, "nothing")->has_value());
    EXPECT_FALSE(optional_texts(from, "nothing")->has_value());
    EXPECT_EQ(*optional_object(from, "nothing"), nullptr);
    EXPECT_EQ(code(text(from, "nothing")), "json_member_missing");
    EXPECT_EQ(code(integer(from, "nothing")), "json_member_missing");
    EXPECT_EQ(code(boolean(from, "nothing")), "json_member_missing");
    EXPECT_EQ(code(texts(from, "nothing")), "json_member_missing");
    EXPECT_EQ(code(object(from, "nothing")), "json_member_missing");
    EXPECT_EQ(code(array(from, "nothing")), "json_member_missing");
}

TEST(Readers, RefuseTheWrongType) {
    const auto from = sample();
    EXPECT_EQ(code(text(from, "n")), "json_member_type");
    EXPECT_EQ(code(text(from, "null")), "json_member_type");
    EXPECT_EQ(code(optional_text(from, "null")), "json_member_type");
    EXPECT_EQ(code(integer(from, "text")), "json_member_type");
    EXPECT_EQ(code(integer(from, "real")), "json_member_type");
    EXPECT_EQ(code(optional_integer(from, "yes")), "json_member_type");
    EXPECT_EQ(code(boolean(from, "n")), "json_member_type");
    EXPECT_EQ(code(texts(from, "text")), "json_member_type");
    EXPECT_EQ(code(texts(from, "mixed")), "json_member_type");
    EXPECT_EQ(code(optional_texts(from, "null")), "json_member_type");
    EXPECT_EQ(code(object(from, "list")), "json_member_type");
    EXPECT_EQ(code(optional_object(from, "null")), "json_member_type");
    EXPECT_EQ(code(array(from, "inner")), "json_member_type");
    EXPECT_EQ(code(as_object(bj::value(1))), "json_not_an_object");
}

TEST(Readers, RefuseOneOver) {
    const auto from = sample();
    EXPECT_EQ(code(text(from, "text", 2)), "json_member_range");
    EXPECT_EQ(code(text(from, "zero")), "json_member_range");
    EXPECT_EQ(code(integer(from, "n", {6, 9})), "json_member_range");
    EXPECT_EQ(code(integer(from, "n", {0, 4})), "json_member_range");
    EXPECT_EQ(code(integer(from, "big")), "json_member_range");
    EXPECT_EQ(code(texts(from, "list", 1)), "json_member_range");
    EXPECT_EQ(code(array(from, "list", 1)), "json_member_range");
    EXPECT_EQ(code(only(from, {"text"})), "json_member_unknown");
}

}  // namespace
}  // namespace kelisim::json
