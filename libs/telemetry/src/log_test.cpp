// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <gtest/gtest.h>

#include "base/iin.hpp"
#include "base/secret.hpp"

namespace kelisim::telemetry {
namespace {

// LAW-53: what could name a person or open a door has no way into the log.
static_assert(!std::is_constructible_v<Field, std::string_view, std::string>);
static_assert(!std::is_constructible_v<Field, std::string_view, std::string_view>);
static_assert(!std::is_constructible_v<Field, std::string_view, base::Iin>);
static_assert(!std::is_constructible_v<Field, std::string_view, base::Personal<std::string>>);
static_assert(!std::is_constructible_v<Field, std::string_view, base::Secret<std::string>>);
static_assert(std::is_constructible_v<Field, std::string_view, int>);

TEST(Log, WritesOneJsonObjectALine) {
    const Message started{"SERVER_STARTED", Level::info};
    EXPECT_EQ(
        to_line(base::from_micros(0), started, {{"port", 8080}, {"mode", "sand\"box"}}),
        R"({"at":"1970-01-01T00:00:00.000000Z","level":"info","message":"SERVER_STARTED","port":8080,"mode":"sand\"box"})");
}

}  // namespace
}  // namespace kelisim::telemetry
