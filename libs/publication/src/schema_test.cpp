// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "publication/description.hpp"

namespace kelisim::publication {
namespace {

boost::json::object schema(std::string_view text) {
    return boost::json::parse(text).as_object();
}

const boost::json::object person =
    schema(R"({"type":"object","required":["iin","kind"],"additionalProperties":false,"properties":{)"
           R"("iin":{"type":"string"},"kind":{"enum":["a","b"]},"years":{"type":"array","items":{"type":"integer"}},)"
           R"("note":{"type":["string","null"]},"old":{"type":"string","nullable":true},"any":{}}})");

TEST(Schemas, AreMet) {
    for (const char* text : {R"({"iin":"1","kind":"a"})", R"({"iin":"1","kind":"b","years":[],"note":null,"old":null})",
                             R"({"iin":"","kind":"a","years":[1,-2],"note":"x","any":{"y":[1]}})"}) {
        EXPECT_FALSE(misfit(person, boost::json::parse(text))) << text;
    }
}

TEST(Schemas, SayWhereTheyAreNot) {
    const auto where = [](const char* text) { return misfit(person, boost::json::parse(text)).value_or("fits"); };
    EXPECT_EQ(where("[]"), "");
    EXPECT_EQ(where("{}"), "/iin");
    EXPECT_EQ(where(R"({"iin":"1"})"), "/kind");
    EXPECT_EQ(where(R"({"iin":1,"kind":"a"})"), "/iin");
    EXPECT_EQ(where(R"({"iin":null,"kind":"a"})"), "/iin");
    EXPECT_EQ(where(R"({"iin":"1","kind":"c"})"), "/kind");
    EXPECT_EQ(where(R"({"iin":"1","kind":"a","years":[1,"2"]})"), "/years/1");
    EXPECT_EQ(where(R"({"iin":"1","kind":"a","years":[1.5]})"), "/years/0");
    EXPECT_EQ(where(R"({"iin":"1","kind":"a","a/b~":1})"), "/a~1b~0");
}

TEST(Schemas, HaveExamplesThatFitThem) {
    for (const char* text :
         {R"({"type":"object","properties":{"a":{"type":"string","enum":["x"]},"b":{"type":"boolean"}}})",
          R"({"type":"array","items":{"type":"integer"}})", R"({"type":"string","format":"date"})",
          R"({"type":["integer","null"]})", R"({"type":"number"})", R"({"type":"null"})"}) {
        EXPECT_FALSE(misfit(schema(text), example_of(schema(text)))) << text;
    }
    EXPECT_EQ(example_of(schema(R"({"type":"string","example":"e","default":"d"})")), "e");
    EXPECT_EQ(example_of(schema(R"({"type":"string","default":"d","enum":["c"]})")), "d");
}

}  // namespace
}  // namespace kelisim::publication
