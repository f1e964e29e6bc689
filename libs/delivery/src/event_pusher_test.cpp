// SPDX-License-Identifier: Apache-2.0
#include "delivery/event_pusher.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace kelisim::delivery {
namespace {

using Kind = PushOutcome::Kind;
namespace limits = base::limits;

PushOutcome answered(int status, std::string body, http::Headers headers = {}) {
    return read_push_answer(http::Answer{.status = status, .headers = std::move(headers), .body = std::move(body)});
}

TEST(PushAnswer, OnlyA202Confirms) {
    EXPECT_EQ(answered(202, "").kind, Kind::confirmed);
    for (const int status : {200, 201, 204, 301, 401, 403, 404, 413, 429, 500, 503}) {
        EXPECT_EQ(answered(status, R"({"err":"invalid_request"})").kind, Kind::failed) << status;
    }
    EXPECT_EQ(answered(503, "").code, "http_503");
    EXPECT_EQ(read_push_answer(http::Failure{http::Lost::not_sent, "x"}).code, "not_reached");
    EXPECT_EQ(read_push_answer(http::Failure{http::Lost::no_answer, "x"}).code, "no_answer");
    EXPECT_EQ(read_push_answer(http::Failure{http::Lost::bad_answer, "x"}).code, "bad_answer");
}

// RFC 8935 2.3 and 2.4.
TEST(PushAnswer, OnlyA400WithASetErrorRefuses) {
    const auto refused = answered(400, R"({"err":"invalid_audience","description":"who is 450810100013?"})");
    EXPECT_EQ(refused.kind, Kind::refused);
    EXPECT_EQ(refused.code, "invalid_audience");
    for (const char* body : {"", "no JSON", "[]", "{}", R"({"err":1})", R"({"err":""})", R"({"err":"<script>"})",
                             R"({"err":"a","err":"b"})"}) {
        EXPECT_EQ(answered(400, body).kind, Kind::failed) << body;
    }
    EXPECT_EQ(answered(400, R"({"err":")" + std::string(65, 'a') + "\"}").kind, Kind::failed) << "one over";
}

TEST(PushAnswer, AReceiverMayAskForTimeButNotForEver) {
    using namespace std::chrono_literals;
    EXPECT_EQ(answered(503, "", {{"Retry-After", "120"}}).wait_for, 120s);
    EXPECT_EQ(answered(503, "", {{"Retry-After", "999999999999"}}).wait_for, limits::event_retry_max);
    for (const char* text : {"-1", "x", "", "1.5"})
        EXPECT_EQ(answered(503, "", {{"Retry-After", text}}).wait_for, 0s) << text;
}

TEST(PushDelay, GrowsToItsBound) {
    EXPECT_EQ(push_delay(1), limits::event_retry_first);
    EXPECT_EQ(push_delay(2), 2 * limits::event_retry_first);
    EXPECT_EQ(push_delay(5), 16 * limits::event_retry_first);
    EXPECT_EQ(push_delay(1000), limits::event_retry_max);
}

}  // namespace
}  // namespace kelisim::delivery
