// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.hpp"

#include <gtest/gtest.h>

namespace kelisim::http {
namespace {

TEST(MediaType, IsComparedWithoutCaseAndWithParameters) {
    for (const auto* same :
         {"application/json", "Application/JSON", "application/json;charset=utf-8",
          "application/json ; charset=\"UTF-8\"", "application/json; profile=x", "application/json;"})
        EXPECT_TRUE(is_media_type(same, "application/json")) << same;
}

TEST(MediaType, RefusesOthersAndOtherEncodings) {
    for (const auto* other :
         {"", "text/json", "application/jsonx", "application/json+x", "application/json, text/html",
          "application/json; charset=windows-1251", "application/json; charset", "application/json; =utf-8",
          "application/json; charset=\"utf-8", "application/json; a b=c", "application", ";application/json"})
        EXPECT_FALSE(is_media_type(other, "application/json")) << other;
}

}  // namespace
}  // namespace kelisim::http
