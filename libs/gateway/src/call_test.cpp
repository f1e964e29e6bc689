// SPDX-License-Identifier: Apache-2.0
#include "gateway/call.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/limits.hpp"
#include "json/json.hpp"

namespace kelisim::gateway {
namespace {

const Locator locator;
const base::Iin abai = base::Iin::parse("450810100013").value();
const base::Iin ybyrai = base::Iin::parse("411020100014").value();

TEST(ReadCall, FindsThePersonAndTheFields) {
    const auto call = read_call(R"({"iin":"450810100013","fields":["surname","name"]})", locator);
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(call->persons, std::vector{abai});
    EXPECT_EQ(call->fields, (std::vector<std::string>{"surname", "name"}));
}

TEST(ReadCall, LeavesOutWhatIsNotThere) {
    const auto call = read_call(R"({"other":1})", locator);
    ASSERT_TRUE(call.has_value());
    EXPECT_TRUE(call->persons.empty());
    EXPECT_TRUE(call->fields.empty());
}

TEST(ReadCall, FindsEveryPersonHoweverDeep) {
    const auto call =
        read_call(R"({"iin":"450810100013","and":{"also":[{"x":"411020100014"}]},"again":"450810100013"})", locator);
    EXPECT_EQ(call->persons, (std::vector{abai, ybyrai}));
}

// Grown letter by letter: g++ 12 warns of an overrun that is none where it sees through the addition (GCC PR 105329).
std::string quoted(std::size_t bytes) {
    std::string text(1, '"');
    text.resize(bytes - 1, 'x');
    text.push_back('"');
    return text;
}

struct Case {
    std::string name, body;
    const base::Reason& reason;
};
class CallRefused : public testing::TestWithParam<Case> {};
TEST_P(CallRefused, WithTheReason) {
    const auto call = read_call(GetParam().body, locator);
    ASSERT_TRUE(call.has_error());
    EXPECT_EQ(call.error().first().code, GetParam().reason.code);
}
INSTANTIATE_TEST_SUITE_P(
    Table, CallRefused,
    testing::Values(Case{"WrongCheckDigit", R"({"iin":"450810100014"})", base::iin_malformed},
                    Case{"IinAsNumber", R"({"iin":450810100013})", base::iin_malformed},
                    Case{"IinAsList", R"({"iin":["450810100013"]})", base::iin_malformed},
                    Case{"IinNull", R"({"iin":null})", base::iin_malformed},
                    Case{"IinTwice", R"({"iin":"450810100013","iin":"411020100014"})", json::json_duplicate_key},
                    Case{"FieldsNotAList", R"({"iin":"450810100013","fields":"surname"})", call_fields_malformed},
                    Case{"FieldsEmpty", R"({"iin":"450810100013","fields":[]})", call_fields_malformed},
                    Case{"FieldTwice", R"({"fields":["name","name"]})", call_fields_malformed},
                    Case{"FieldNotText", R"({"fields":[1]})", call_fields_malformed},
                    Case{"Array", R"([{"iin":"450810100013"}])", call_not_json},
                    Case{"NotJson", "iin=450810100013", json::json_malformed}, Case{"Empty", "", json::json_malformed},
                    Case{"TooDeep", std::string(10'000, '['), json::json_too_deep},
                    Case{"OneByteOver", quoted(base::limits::gateway_body_bytes_max + 1), json::json_too_large}),
    [](const auto& c) { return c.param.name; });

TEST(CheckPath, RefusesTwelveDigits) {
    EXPECT_TRUE(check_path("person/2026").has_value());
    EXPECT_TRUE(check_path("").has_value());
    EXPECT_TRUE(check_path("person%2F2026?year=20%2B26").has_value());
    EXPECT_TRUE(check_path("person?year=20%2").has_error());
    for (std::string_view path : {"person/450810100013", "450810100014", "a4508101000131b", "person?who=450810100013",
                                  "person?who=%34508101000%313"}) {
        EXPECT_TRUE(check_path(path).error().has(call_iin_in_path)) << path;
    }
}

TEST(BodyForOwner, TakesPersonAndFieldsFromTheDecision) {
    const auto call = read_call(R"({"iin":"411020100014","fields":["surname","name"],"reason":"x"})", locator);
    const auto body = boost::json::parse(body_for_owner(*call, locator, abai, {"name"})).as_object();
    EXPECT_EQ(body.at("iin"), "450810100013");
    EXPECT_EQ(body.at("fields").as_array().size(), 1U);
    EXPECT_EQ(body.at("reason"), "x");
}

TEST(CheckAnswer, RefusesWhatWasNotAskedFor) {
    const std::vector<std::string> service = {"iin", "surname", "name"};
    EXPECT_TRUE(
        check_answer(R"({"iin":"450810100013","name":"x","requestId":1})", {"name"}, service, locator).has_value());
    EXPECT_TRUE(
        check_answer(R"({"surname":"x","name":"x"})", {"name"}, service, locator).error().has(answer_goes_too_far));
    for (std::string_view body : {"", "[]", "\"x\"", "{", R"({"name":1,"name":2})"}) {
        EXPECT_TRUE(check_answer(body, {"name"}, service, locator).error().has(answer_not_json)) << body;
    }
}

}  // namespace
}  // namespace kelisim::gateway
