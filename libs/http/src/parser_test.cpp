// SPDX-License-Identifier: Apache-2.0
// The hostile requests stand in server_test.cpp, where they meet the whole server; here is what both directions share.
#include "parser.hpp"

#include <gtest/gtest.h>

namespace kelisim::http {
namespace {

using State = HeaderScan::State;

TEST(HeaderScan, FindsTheEndHoweverTheBytesCome) {
    const std::string header = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    const std::string bytes = header + "body\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        HeaderScan scan(HeaderScan::Kind::response);
        State state = State::incomplete;
        for (std::size_t size = step; state == State::incomplete && size < bytes.size() + step; size += step)
            state = scan.scan(std::string_view(bytes).substr(0, size));
        EXPECT_EQ(state, State::complete) << step;
        EXPECT_EQ(scan.size(), header.size()) << step;
    }
}

TEST(HeaderScan, RefusesAtTheFirstBadByte) {
    for (const auto* bad :
         {"GET / HTTP/1.1\n", "A\rB", "A\r\n b", "A\r\n\tb", "A\x01", "A\x7f", "A\r\nb: \x0b", "\xd0"})
        EXPECT_EQ(HeaderScan(HeaderScan::Kind::request).scan(bad), State::malformed) << bad;
    // "obs-text" may stand in a reason phrase (RFC 9112 4), not in a request line.
    EXPECT_EQ(HeaderScan(HeaderScan::Kind::response).scan("HTTP/1.1 200 \xd0\x9e"), State::incomplete);
}

TEST(AnswerParser, RefusesWhatCannotBeFramed) {
    for (const auto* bad :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 99 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n"}) {
        Headers headers;
        std::string body;
        AnswerParser parser(headers, body, {.header_fields_max = 10, .body_bytes_max = 10});
        boost::beast::error_code error;
        parser.put(boost::asio::buffer(std::string_view(bad)), error);
        EXPECT_TRUE(error) << bad;
    }
}

}  // namespace
}  // namespace kelisim::http
