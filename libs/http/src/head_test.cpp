// SPDX-License-Identifier: Apache-2.0
#include "head.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace kelisim::http {
namespace {

TEST(DateText, IsThatOfRfc9110) {
    DateText date;
    EXPECT_EQ(date.at(base::from_micros(784111777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(base::from_micros(784111777'999'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(base::from_micros(784111778'000'000)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

std::string head(const Response& response, int version, Connection connection) {
    std::string out;
    write_head(out, response, {.date = "D", .request_id = "R", .version = version, .connection = connection});
    return out;
}

TEST(Head, HasALengthExceptWhereForbidden) {
    const auto text = text_response(404, "abc");
    EXPECT_EQ(head(text, 11, Connection::keep_alive),
              "HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\nRequest-Id: R\r\n"
              "Content-Length: 3\r\n\r\n");
    for (const int status : {204, 304})
        EXPECT_EQ(head(empty_response(status), 11, Connection::keep_alive).find("Content-Length"), std::string::npos);
}

TEST(Head, SaysWhatBecomesOfTheConnection) {
    const auto ends_with = [](const std::string& text, std::string_view end) { return text.ends_with(end); };
    EXPECT_TRUE(ends_with(head(empty_response(200), 11, Connection::close), "Connection: close\r\n\r\n"));
    EXPECT_TRUE(ends_with(head(empty_response(200), 10, Connection::keep_alive), "Connection: keep-alive\r\n\r\n"));
    EXPECT_TRUE(ends_with(head(empty_response(200), 11, Connection::keep_alive), "Content-Length: 0\r\n\r\n"));
}

TEST(Head, RefusesFieldsThatWouldBecomeSomethingElse) {
    for (const Header& bad : {Header{"A", "b\r\nC: d"}, Header{"A", "b\n"}, Header{"A", std::string("b\0", 2)},
                              Header{"A: b\r\nC", "d"}, Header{"", "b"}, Header{"A b", "c"}}) {
        Response response = empty_response(200);
        response.headers.push_back(bad);
        EXPECT_THROW(head(response, 11, Connection::keep_alive), std::logic_error) << bad.name;
    }
}

}  // namespace
}  // namespace kelisim::http
