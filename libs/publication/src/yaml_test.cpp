// SPDX-License-Identifier: Apache-2.0
#include "yaml.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

namespace kelisim::publication {
namespace {

std::string file(const std::string& name) {
    std::ifstream in("src/corpus/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

// As JSON, or the code and the place of what is wrong.
std::string read(std::string_view text) {
    const auto read = read_yaml(text);
    if (const auto* json = std::get_if<boost::json::value>(&read)) return boost::json::serialize(*json);
    const auto& [refusal, at] = std::get<Unread>(read);
    const std::string place = at ? " " + std::to_string(at->line) + ":" + std::to_string(at->column) : "";
    return std::string(refusal.first().code.substr(std::string_view("publication_yaml_").size())) + place;
}

TEST(Yaml, IsTheJsonThatItStandsFor) {
    EXPECT_EQ(read("a: 1\nb: [x, 'y', \"z\\n\"]\nc:\n  - d: e\n    f:\n  - ~\n"),
              R"({"a":1,"b":["x","y","z\n"],"c":[{"d":"e","f":null},null]})");
    EXPECT_EQ(read("text: |\n  one\n  two\nfolded: >-\n  three\n  four\n"),
              R"({"text":"one\ntwo\n","folded":"three four"})");
    EXPECT_EQ(read("--- [1, 2]\n...\n"), "[1,2]");
    EXPECT_EQ(read("\xEF\xBB\xBF# нұсқа\nатауы: Көліктер\n"), R"({"атауы":"Көліктер"})");
    EXPECT_EQ(read("{}"), "{}");
    EXPECT_EQ(read("- \"\\U0001F600\"\n"), "[\"\xF0\x9F\x98\x80\"]");
}

// 10.3.2, Tag Resolution
TEST(Yaml, ScalarsAreOfTheCoreSchema) {
    EXPECT_EQ(read("[null, Null, NULL, ~, true, True, FALSE, 'true', \"null\"]"),
              R"([null,null,null,null,true,true,false,"true","null"])");
    EXPECT_EQ(read("[0, -1, +12, 007, 0o17, 0xFf, 99999999999999999999]"), "[0,-1,12,7,15,255,1E20]");
    EXPECT_EQ(read("[1.5, -.5, 1., 1e3, +2.5E-1]"), "[1.5E0,-5E-1,1E0,1E3,2.5E-1]");
    EXPECT_EQ(
        read("[no, yes, on, off, y, 1_000, 0b1, 12:30, 2026-11-21, 1.2.3, -, +, ., 0x, 0o8, e3, infinity, nan]"),
        R"(["no","yes","on","off","y","1_000","0b1","12:30","2026-11-21","1.2.3","-","+",".","0x","0o8","e3","infinity","nan"])");
    // What the JSON reader makes of them.
    EXPECT_EQ(read("[9223372036854775808, 18446744073709551615, -9223372036854775809, 1e-400]"),
              "[9223372036854775808,18446744073709551615,-9.223372036854776E18,0E0]");
    EXPECT_EQ(read("[!!str 1, ! 2, !!int 3, !!float 4, !!bool true, !!null ~, !!seq [], !!map {}]"),
              R"(["1","2",3,4,true,null,[],{}])");
}

TEST(Yaml, KeysAreTexts) {
    EXPECT_EQ(read("200: ok\ntrue: 1\n1.5: 2\n'': 3\n'null': 4\n"), R"({"200":"ok","true":1,"1.5":2,"":3,"null":4})");
    EXPECT_EQ(read("'<<': 1\n"), R"({"<<":1})");
}

// 5.7, Escaped Characters: \\N is U+0085, \\_ is U+00A0.
TEST(Yaml, TextsAreUtf8WhateverIsEscaped) {
    EXPECT_EQ(read("\"к\\_қ\\N\": \"\\_\\_\\L\\P\\x85\"\n"),
              "{\"к\xC2\xA0қ\xC2\x85\":\"\xC2\xA0\xC2\xA0\xE2\x80\xA8\xE2\x80\xA9\xC2\x85\"}");
    EXPECT_EQ(read("\"\\_\": 1\n\"\\xA0\": 2\n"), "key_twice 2:1");
    EXPECT_EQ(read("a: \"\\uD800\"\n").substr(0, 9), "malformed");
}

TEST(Yaml, AliasesAreCopies) {
    EXPECT_EQ(read("a: &x {k: [1]}\nb: *x\nc: &y text\nd: [*y, *y]\n"),
              R"({"a":{"k":[1]},"b":{"k":[1]},"c":"text","d":["text","text"]})");
    EXPECT_EQ(read("a: &x 1\nb: &x 2\nc: *x\n"), R"({"a":1,"b":2,"c":2})");
    EXPECT_EQ(read("&k key: 1\nb: *k\n&n 200: 2\nc: *n\n"), R"({"key":1,"b":"key","200":2,"c":200})");
}

TEST(Yaml, WhatIsNoYamlIsRefusedAtItsPlace) {
    EXPECT_EQ(read("a: b\nc: d: e\n"), "malformed 2:5");
    EXPECT_EQ(read("a: [1, 2\nb: 3\n"), "malformed 2:2");
    EXPECT_EQ(read("a: *nobody\n"), "malformed 1:4");
    EXPECT_EQ(read("a: b\n\tc: d\n"), "malformed 2:1");
    EXPECT_EQ(read("a: @b\n"), "malformed 1:4");
    EXPECT_EQ(read("a: \"\\q\"\n"), "malformed 1:7");
    // Columns are of characters, not of bytes.
    EXPECT_EQ(read("атауы: @b\n"), "malformed 1:8");
    EXPECT_EQ(read("\xEF\xBB\xBF"
                   "атауы: @b\n"),
              "malformed 1:8");
    EXPECT_EQ(read("ә: б\r\nатауы: @b\r\n"), "malformed 2:8");
    EXPECT_EQ(read(""), "malformed");
    EXPECT_EQ(read("# nothing\n"), "malformed");
    EXPECT_EQ(read("a: \xFF\n"), "malformed");
    EXPECT_EQ(read(std::string_view("a: \0b\n", 6)), "malformed");
}

TEST(Yaml, WhatJsonCannotHoldIsRefused) {
    EXPECT_EQ(read("a: 1\nb: 2\na: 3\n"), "key_twice 3:1");
    EXPECT_EQ(read("{1: a, '1': b}"), "key_twice 1:8");
    EXPECT_EQ(read("a: 1\n--- \nb: 2\n"), "beyond_json 2:1");
    EXPECT_EQ(read("a: &x {k: 1}\nb:\n  <<: *x\n"), "beyond_json 3:3");
    EXPECT_EQ(read("? [a]\n: b\n"), "beyond_json 1:3");
    EXPECT_EQ(read("? {a: b}\n: c\n"), "beyond_json 1:3");
    EXPECT_EQ(read("~: b\n"), "beyond_json 1:1");
    EXPECT_EQ(read("null: 4\n"), "beyond_json 1:1");
    EXPECT_EQ(read("k: &k a\n*k : b\n"), "beyond_json 2:1");
    EXPECT_EQ(read("a: &x [*x]\n"), "beyond_json 1:8");
    EXPECT_EQ(read("a: &x {b: {c: *x}}\n"), "beyond_json 1:15");
    EXPECT_EQ(read("a: .inf\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: -.INF\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: .nan\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: 1e400\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: -1E+400\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: 0x10000000000000000\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: 0o2000000000000000000000\n"), "beyond_json 1:4");
    EXPECT_EQ(read("қ: !mine {}\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !!binary aGVsbG8=\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !!python/object:os.system x\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !mine {}\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !!map []\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !!int text\n"), "beyond_json 1:4");
    EXPECT_EQ(read("a: !!bool no\n"), "beyond_json 1:4");
    EXPECT_EQ(read("!!int 1: a\n"), "beyond_json 1:1");
}

TEST(Yaml, NothingGrowsWithoutEnd) {
    std::string laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (char next = 'b'; next <= 'i'; ++next) {
        const std::string before = "*" + std::string(1, static_cast<char>(next - 1));
        laughs += std::string(1, next) + ": &" + next + " [" + before;
        for (int i = 0; i < 8; ++i)
            laughs += ", " + before;
        laughs += "]\n";
    }
    EXPECT_TRUE(read(laughs).starts_with("too_large 5:")) << read(laughs);
    std::string texts = "a: &a \"" + std::string(100'000, 'x') + "\"\nb: [*a";
    for (int i = 0; i < 50; ++i)
        texts += ", *a";
    EXPECT_TRUE(read(texts + "]\n").starts_with("too_large 2:")) << read(texts + "]\n").substr(0, 40);
    EXPECT_EQ(read(std::string(4 * 1024 * 1024 + 1, ' ')), "too_large");
    std::string many;
    for (int i = 0; i < 100'001; ++i)
        many += "- a\n";
    EXPECT_TRUE(read(many).starts_with("too_large 1"));
}

TEST(Yaml, NothingIsTooDeepForTheStack) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(read(nested(64)), nested(64));
    EXPECT_EQ(read(nested(65)), "too_large 1:65");
    for (const char* each : {"[", "{a: ", "- ", "? ", "[? "}) {
        std::string deep;
        while (deep.size() < 1'000'000)
            deep += each;
        EXPECT_TRUE(read(deep).starts_with("too_large 1:") || read(deep).starts_with("beyond_json 1:"))
            << each << read(deep);
    }
    // Levels of an alias count where it stands.
    EXPECT_TRUE(read("a: &a " + nested(40) + "\nb: " + std::string(30, '[') + "*a" + std::string(30, ']') + "\n")
                    .starts_with("too_large 2:"));
}

TEST(Descriptions, AreTheSameInEitherNotation) {
    const auto json = read_openapi(file("openapi/cars.json"));
    const auto yaml = read_description(file("yaml/cars.yaml"));
    const auto& read = std::get<Description>(yaml);
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(read.title, json->title);
    ASSERT_EQ(read.operations.size(), json->operations.size());
    for (std::size_t i = 0; i < read.operations.size(); ++i) {
        EXPECT_EQ(read.operations[i].id, json->operations[i].id);
        EXPECT_EQ(read.operations[i].persons, json->operations[i].persons);
        EXPECT_EQ(boost::json::serialize(read.operations[i].body), boost::json::serialize(json->operations[i].body));
        EXPECT_EQ(read.operations[i].fields.size(), json->operations[i].fields.size());
    }
}

TEST(Descriptions, InYamlAreRefusedAsAnyOther) {
    const auto code = [](std::string_view text) {
        const auto read = read_description(text);
        const auto* wrong = std::get_if<Unread>(&read);
        return wrong == nullptr ? "none" : wrong->refusal.first().code;
    };
    EXPECT_EQ(code("openapi: 3.0.3\npaths: {/a: {get: {}}}\n"), "none");
    EXPECT_EQ(code("openapi: 3.0.3\npaths: {}\n"), "publication_empty");
    EXPECT_EQ(code("swagger: '2.0'\n"), "publication_version");
    EXPECT_EQ(code("openapi: 3.0\npaths: {/a: {get: {}}}\n"), "publication_version");
    EXPECT_EQ(code("just a text"), "publication_malformed");
    EXPECT_EQ(code("openapi: 3.0.3\npaths: {/a: {$ref: 'other.yaml#/a'}}\n"), "publication_reference");
    EXPECT_EQ(code(""), "publication_malformed");
    EXPECT_EQ(code("{\"openapi\": "), "publication_malformed");
    EXPECT_EQ(code("openapi: [\n"), "publication_yaml_malformed");
}

}  // namespace
}  // namespace kelisim::publication
