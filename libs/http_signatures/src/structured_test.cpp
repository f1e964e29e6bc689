// SPDX-License-Identifier: Apache-2.0
#include "http_signatures/structured.hpp"

#include <gtest/gtest.h>

namespace kelisim::http_signatures {
namespace {

TEST(Structured, TakesWhatSignaturesAreWrittenIn) {
    const auto members =
        parse_dictionary("a=(\"@method\" \"x\";req);created=5;keyid=\"k\\\"\\\\\",\tb=:aGk=:, c;d=?0, e=-7 ");
    ASSERT_TRUE(members);
    ASSERT_EQ(members->size(), 4U);
    EXPECT_EQ(serialize(std::get<InnerList>((*members)[0].value)),
              "(\"@method\" \"x\";req);created=5;keyid=\"k\\\"\\\\\"");
    EXPECT_EQ(std::get<base::Bytes>(std::get<Item>((*members)[1].value).value), (base::Bytes{'h', 'i'}));
    EXPECT_EQ(serialize(std::get<Item>((*members)[2].value)), "?1;d=?0");
    EXPECT_EQ(std::get<std::int64_t>(std::get<Item>((*members)[3].value).value), -7);
}

TEST(Structured, BlanksInAListAreNoPartOfIt) {
    const auto members = parse_dictionary("a=(  \"x\"   \"y\" )");
    ASSERT_TRUE(members);
    EXPECT_EQ(serialize(std::get<InnerList>(members->front().value)), "(\"x\" \"y\")");
}

TEST(Structured, RefusesTheRest) {
    for (const char* text : {"A=1",
                             "=1",
                             "a=",
                             "a=1,",
                             "a=1,,b=2",
                             "a=1 b=2",
                             "a=1, a=2",
                             "a=1;p=1;p=2",
                             "a=1;P",
                             "a=1;=2",
                             "a=\"x",
                             "a=\"\\q\"",
                             "a=\"\x7f\"",
                             "a=\"\xd1\x8f\"",
                             "a=:aGk",
                             "a=:aGk:",
                             "a=:a-k=:",
                             "a=?2",
                             "a=?",
                             "a=1.5",
                             "a=-",
                             "a=1234567890123456",
                             "a=(\"x\"\"y\")",
                             "a=(\"x\"",
                             "a=(\"x\",\"y\")",
                             "a=@1659578233",
                             "a=%\"x\"",
                             "a=((\"x\"))",
                             "a=1\n"}) {
        EXPECT_FALSE(parse_dictionary(text)) << text;
    }
    EXPECT_TRUE(parse_dictionary("a=" + std::string(field_bytes_max - 2, 'x')));
    EXPECT_FALSE(parse_dictionary("a=" + std::string(field_bytes_max - 1, 'x')));
}

}  // namespace
}  // namespace kelisim::http_signatures
