// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace kelisim::telemetry {
namespace {

TEST(Exposition, IsOpenMetricsText) {
    Exposition exposition;
    exposition.counter("kelisim_units", "Units.");
    exposition.count(3, {{"outcome", "kept"}});
    exposition.gauge("kelisim_queue", "Queue.");
    exposition.value(2);
    exposition.histogram("kelisim_time_seconds", "Time.");
    exposition.buckets({{0.5, 1}, {std::numeric_limits<double>::infinity(), 2}}, 1.25, 2);
    EXPECT_EQ(std::move(exposition).finish(),
              "# HELP kelisim_units Units.\n# TYPE kelisim_units counter\nkelisim_units_total{outcome=\"kept\"} 3\n"
              "# HELP kelisim_queue Queue.\n# TYPE kelisim_queue gauge\nkelisim_queue 2\n"
              "# HELP kelisim_time_seconds Time.\n# TYPE kelisim_time_seconds histogram\n"
              "kelisim_time_seconds_bucket{le=\"0.5\"} 1\nkelisim_time_seconds_bucket{le=\"+Inf\"} 2\n"
              "kelisim_time_seconds_count 2\nkelisim_time_seconds_sum 1.25\n# EOF\n");
}

TEST(Exposition, EscapesLabelValues) {
    Exposition exposition;
    exposition.gauge("g", "G.");
    exposition.value(1, {{"l", "a\"b\\c\nd"}});
    EXPECT_NE(std::move(exposition).finish().find(R"(g{l="a\"b\\c\nd"} 1)"), std::string::npos);
}

}  // namespace
}  // namespace kelisim::telemetry
