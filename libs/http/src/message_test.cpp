// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <stdexcept>

namespace kelisim::http {
namespace {

TEST(Headers, AreFoundWithoutCaseAndCounted) {
    const Headers headers{{"Host", "x"}, {"A", "1"}, {"a", "2"}, {"Empty", ""}};
    EXPECT_EQ(headers.once("hOST"), "x");
    EXPECT_EQ(headers.once("empty"), "");
    EXPECT_EQ(headers.times("a"), 2U);
    EXPECT_FALSE(headers.once("a"));
    EXPECT_EQ(headers.first("a"), "1");
    EXPECT_FALSE(headers.first("b"));
    EXPECT_EQ(headers.times("b"), 0U);
    EXPECT_EQ(headers[2].name, "a");
}

TEST(Request, SplitsItsTarget) {
    Request request;
    request.target = "/a/b?c=d?e";
    EXPECT_EQ(request.path(), "/a/b");
    EXPECT_EQ(request.query(), "c=d?e");
    request.target = "/a";
    EXPECT_EQ(request.path(), "/a");
    EXPECT_EQ(request.query(), "");
    request.parameters = {{"id", "1"}};
    EXPECT_EQ(request.parameter("id"), "1");
    EXPECT_THROW(request.parameter("other"), std::logic_error);
}

constexpr std::string_view good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Trace, IsReadFromTraceparent) {
    const auto trace = parse_traceparent(good);
    ASSERT_TRUE(trace);
    EXPECT_EQ(trace->trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(trace->parent_id, "b7ad6b7169203331");
    EXPECT_TRUE(trace->sampled);
    EXPECT_FALSE(parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled);
    EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future"));
    Trace own = *trace;
    own.span_id = "00f067aa0ba902b7";
    EXPECT_EQ(own.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01");
}

TEST(Trace, IsNotGuessed) {
    for (const auto* bad : {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                            "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                            "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x"})
        EXPECT_FALSE(parse_traceparent(bad)) << bad;
}

TEST(Responses, AreMade) {
    const auto json = json_response(201, boost::json::object{{"a", 1}});
    EXPECT_EQ(json.status, 201);
    EXPECT_EQ(json.body, R"({"a":1})");
    EXPECT_EQ(std::string_view(json.content_type), "application/json");
    EXPECT_EQ(empty_response(204).body, "");
}

}  // namespace
}  // namespace kelisim::http
