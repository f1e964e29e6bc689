// SPDX-License-Identifier: Apache-2.0
#include "gateway/quotas.hpp"

#include <gtest/gtest.h>

namespace kelisim::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const base::FixedZone zone{hours{5}};
// 10:00 of a day of the zone.
const base::Time morning = base::parse_time("2026-11-22T10:00:00+05:00").value();

TEST(ParseQuota, ReadsThreeNumbers) {
    const auto quota = parse_quota("50/100/200000");
    ASSERT_TRUE(quota);
    EXPECT_EQ(quota->per_second, 50);
    EXPECT_EQ(quota->burst, 100);
    EXPECT_EQ(quota->per_day, 200'000);
}

TEST(ParseQuota, RefusesWhatIsNone) {
    for (const char* text : {"", "/", "//", "1", "1/1", "1/1/", "/1/1", "1/1/1/1", "0/1/1", "1/0/1", "-1/1/1", "1/1/-1",
                             "1000001/1/1", "1/1000001/1", "1/1/10000000001", "a/1/1", "1/ 1/1", "1.5/1/1"})
        EXPECT_FALSE(parse_quota(text)) << text;
}

struct Step {
    const char* name;
    base::Duration after;  // the step before
    bool admitted;
    std::int64_t burst_left;
    base::Duration wait{};
};

void walk(Quotas& quotas, std::string_view system, const std::vector<Step>& steps) {
    base::Time now = morning;
    for (const Step& step : steps) {
        now += step.after;
        const auto verdict = quotas.take(system, now);
        EXPECT_EQ(verdict.admitted, step.admitted) << step.name;
        EXPECT_EQ(verdict.burst_left, step.burst_left) << step.name;
        EXPECT_EQ(verdict.wait, step.wait) << step.name;
    }
}

TEST(Quotas, ABurstAndThenAsTheyComeBack) {
    Quotas quotas(zone, {.per_second = 2, .burst = 3, .per_day = 0}, {});
    walk(quotas, "A",
         {{"first", seconds{0}, true, 2},
          {"second", seconds{0}, true, 1},
          {"third", seconds{0}, true, 0},
          {"one too many", seconds{0}, false, 0, milliseconds{500}},
          {"what was refused costs nothing", milliseconds{499}, false, 0, milliseconds{1}},
          {"one is back", milliseconds{1}, true, 0},
          {"and no second one", seconds{0}, false, 0, milliseconds{500}},
          {"all are back, and not more", hours{1}, true, 2},
          {"a clock set back holds nobody up", -hours{2}, true, 2}});
    EXPECT_EQ(quotas.refused(), 3U);
}

TEST(Quotas, ADayOfTheZone) {
    Quotas quotas(zone, {.per_second = 100, .burst = 100, .per_day = 2}, {});
    EXPECT_EQ(quotas.take("A", morning).day_left, 1);
    EXPECT_TRUE(quotas.take("A", morning).admitted);
    const auto refused = quotas.take("A", morning);
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.wait, hours{14});
    EXPECT_FALSE(quotas.take("A", morning + hours{14} - milliseconds{1}).admitted);
    const auto next = quotas.take("A", morning + hours{14});
    EXPECT_TRUE(next.admitted);
    EXPECT_EQ(next.day_left, 1);
    EXPECT_EQ(next.day_over, hours{24});
}

TEST(Quotas, NobodySpendsThoseOfAnother) {
    Quotas quotas(zone, {.per_second = 1, .burst = 1, .per_day = 0},
                  {{"LARGE", {.per_second = 5, .burst = 5, .per_day = 0}}});
    EXPECT_TRUE(quotas.take("A", morning).admitted);
    EXPECT_FALSE(quotas.take("A", morning).admitted);
    EXPECT_TRUE(quotas.take("B", morning).admitted);
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(quotas.take("LARGE", morning).admitted) << i;
    EXPECT_FALSE(quotas.take("LARGE", morning).admitted);
}

TEST(QuotaFields, SayWhatIsLeftAndWhenMoreIsThere) {
    Quotas quotas(zone, {.per_second = 2, .burst = 3, .per_day = 4}, {});
    http::Response response;
    add_quota_fields(response, quotas.take("A", morning));
    ASSERT_EQ(response.headers.size(), 2U);
    EXPECT_EQ(response.headers[0].name, "RateLimit-Policy");
    EXPECT_EQ(response.headers[0].value, R"("burst";q=3;w=2, "day";q=4;w=86400)");
    EXPECT_EQ(response.headers[1].name, "RateLimit");
    EXPECT_EQ(response.headers[1].value, R"("burst";r=2;t=1, "day";r=3;t=50400)");
}

TEST(QuotaFields, OfARefusalSayWhenToComeBack) {
    Quotas quotas(zone, {.per_second = 1, .burst = 1, .per_day = 0}, {});
    quotas.take("A", morning);
    http::Response response;
    add_quota_fields(response, quotas.take("A", morning + milliseconds{900}));
    ASSERT_EQ(response.headers.size(), 3U);
    EXPECT_EQ(response.headers[1].value, R"("burst";r=0;t=1)");
    EXPECT_EQ(response.headers[2].name, "Retry-After");
    EXPECT_EQ(response.headers[2].value, "1");
}

}  // namespace
}  // namespace kelisim::gateway
