// SPDX-License-Identifier: Apache-2.0
#include "http_date.hpp"

#include <gtest/gtest.h>

namespace kelisim::connector {
namespace {

TEST(HttpDate, IsRead) {
    const auto read = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
    ASSERT_TRUE(read);
    EXPECT_EQ(base::to_iso8601(*read), "1994-11-06T08:49:37.000000Z");
    EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT"), parse_http_date("Fri, 01 Mar 2024 00:00:00 GMT"));
}

TEST(HttpDate, IsNothingElse) {
    for (const char* text :
         {"", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nob 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08-49-37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}  // namespace
}  // namespace kelisim::connector
