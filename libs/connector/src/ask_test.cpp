// SPDX-License-Identifier: Apache-2.0
#include "connector/ask.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace kelisim::connector {
namespace {

constexpr std::string_view whole =
    R"({"iin":"450810100013","purpose":"loan-application","fields":["surname","name"],"acts":["collection"],)"
    R"("term":"P10D","uses_max":2,"employee":"A. Clerk","answer_within":600})";

TEST(Asks, AreReadAndWritten) {
    const auto ask = read_ask(whole);
    ASSERT_TRUE(ask.has_value());
    EXPECT_EQ(ask->person, *base::Iin::parse("450810100013"));
    EXPECT_EQ(ask->fields, (std::vector<std::string>{"surname", "name"}));
    EXPECT_EQ(ask->answer_within, 600);
    EXPECT_EQ(write_ask(*ask), whole);
    EXPECT_EQ(*read_ask(write_ask(*ask)), *ask);
    EXPECT_EQ(
        boost::json::serialize(authorization_details(*ask, "A")),
        R"([{"type":"kz_personal_data","services":["A"],"purpose":"loan-application",)"
        R"("fields":["surname","name"],"acts":["collection"],"term":"P10D","uses_max":2,"employee":"A. Clerk"}])");
}

TEST(Asks, HaveOneTextForEachSpelling) {
    const auto spelled = read_ask("{ \"fields\":[\"surname\"],\n\"purpose\":\"p\", \"iin\" : \"450810100013\"}");
    ASSERT_TRUE(spelled.has_value());
    EXPECT_EQ(write_ask(*spelled), R"({"iin":"450810100013","purpose":"p","fields":["surname"]})");
}

struct Wrong {
    const char* body;
    const char* code;
};

TEST(Asks, AreRefusedWithTheReason) {
    for (const auto& [body, code] : {
             Wrong{"", "json_malformed"},
             Wrong{"[]", "json_not_an_object"},
             Wrong{R"({"purpose":"p","fields":["a"]})", "json_member_missing"},
             Wrong{R"({"iin":"450810100014","purpose":"p","fields":["a"]})", "iin_malformed"},
             Wrong{R"({"iin":450810100013,"purpose":"p","fields":["a"]})", "json_member_type"},
             Wrong{R"({"iin":"450810100013","fields":["a"]})", "json_member_missing"},
             Wrong{R"({"iin":"450810100013","purpose":"p","fields":[]})", "connector_fields_missing"},
             Wrong{R"({"iin":"450810100013","purpose":"p"})", "json_member_missing"},
             Wrong{R"({"iin":"450810100013","purpose":"p","fields":["a"],"uses_max":0})", "json_member_range"},
             Wrong{R"({"iin":"450810100013","purpose":"p","fields":["a"],"term":null})", "json_member_type"},
             Wrong{R"({"iin":"450810100013","iin":"411020100014","purpose":"p","fields":["a"]})", "json_duplicate_key"},
             Wrong{R"({"iin":"450810100013","purpose":"p","fields":["a"],"feilds":["b"]})", "json_member_unknown"},
         }) {
        const auto ask = read_ask(body);
        ASSERT_TRUE(ask.has_error()) << body;
        EXPECT_EQ(ask.error().first().code, code) << body;
    }
}

TEST(States, AreWhatTheSystemActsOn) {
    EXPECT_EQ(to_string(State::asking), "waiting");
    EXPECT_EQ(to_string(State::waiting), "waiting");
    EXPECT_EQ(to_string(State::granted), "granted");
    EXPECT_EQ(to_string(State::ended), "ended");
}

}  // namespace
}  // namespace kelisim::connector
