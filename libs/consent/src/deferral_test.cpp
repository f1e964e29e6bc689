// SPDX-License-Identifier: Apache-2.0
#include "consent/deferral.hpp"

#include <gmock/gmock.h>

#include "base/limits.hpp"

namespace kelisim::consent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const registry::DeferralLaw law{.key = "test-law",
                                .ground = "94-V:9(1)",
                                .law = {"Заң", "Закон"},
                                .article = "1",
                                .longest = "P30D",
                                .deciders = {"000140000353", "000140000999"}};
const base::Time begun = base::parse_time("2026-11-22T10:00:00Z").value();
constexpr auto day = std::chrono::hours{24};

struct Case {
    const char* name;
    std::vector<const base::Reason*> reasons;
    DeferralAsk ask = {.law = "test-law", .until = begun + day, .decision = "№ 7"};
    const registry::DeferralLaw* of = &law;
    std::string ground = "94-V:9(1)";
    std::string organisation = "000140000999";
    base::Time now = begun;
};

class DeferralTest : public ::testing::TestWithParam<Case> {};

// LAW-36.4: no deferral unless a named law provides it for that ground.
TEST_P(DeferralTest, IsAllowedOrRefusedWithEveryReason) {
    const Case& at = GetParam();
    EXPECT_THAT(deferral_objections(at.ask, at.of, at.ground, at.organisation, begun, at.now),
                ::testing::ElementsAreArray(at.reasons));
}

registry::DeferralLaw changed(const std::function<void(registry::DeferralLaw&)>& change) {
    registry::DeferralLaw other = law;
    change(other);
    return other;
}
const registry::DeferralLaw over = changed([](auto& other) { other.ended = "2026-01-01T00:00:00Z"; });
const registry::DeferralLaw unreadable = changed([](auto& other) { other.longest = "always"; });
const registry::DeferralLaw nobody = changed([](auto& other) { other.deciders = {}; });
const DeferralAsk asked{.law = "test-law", .until = begun + day, .decision = "№ 7"};

DeferralAsk until(base::Time time) {
    return {.law = "test-law", .until = time, .decision = "№ 7"};
}
DeferralAsk decided(std::string decision) {
    return {.law = "test-law", .until = begun + day, .decision = std::move(decision)};
}

INSTANTIATE_TEST_SUITE_P(
    Table, DeferralTest,
    ::testing::Values(
        Case{"allowed", {}}, Case{"to the last instant", {}, until(begun + 30 * day)},
        Case{"one beyond", {&deferral_too_long}, until(begun + 30 * day + std::chrono::microseconds{1})},
        Case{"prolonged within the same time",
             {},
             until(begun + 30 * day),
             &law,
             "94-V:9(1)",
             "000140000353",
             begun + 29 * day},
        Case{"prolonged beyond it",
             {&deferral_too_long},
             until(begun + 31 * day),
             &law,
             "94-V:9(1)",
             "000140000353",
             begun + 29 * day},
        Case{"without end", {&deferral_too_long}, until(base::Time::max())},
        Case{"now", {&deferral_until_past}, until(begun)}, Case{"no such law", {&deferral_law_unknown}, asked, nullptr},
        Case{"a law that is no more", {&deferral_law_unknown}, asked, &over},
        Case{"a time that does not read", {&deferral_too_long}, asked, &unreadable},
        Case{"another ground", {&deferral_other_ground}, asked, &law, "94-V:9(2)"},
        Case{"the person's own consent", {&deferral_other_ground}, asked, &law, ""},
        Case{"an asker whom the law does not name", {&deferral_not_decider}, asked, &law, "94-V:9(1)", "000140000111"},
        Case{"a law that names nobody", {&deferral_not_decider}, asked, &nobody},
        Case{"no decision", {&deferral_decision_missing}, decided("")},
        Case{"a decision of the longest name", {}, decided(std::string(base::limits::name_bytes_max, '1'))},
        Case{"a longer one", {&deferral_decision_missing}, decided(std::string(base::limits::name_bytes_max + 1, '1'))},
        Case{"everything",
             {&deferral_other_ground, &deferral_not_decider, &deferral_until_past, &deferral_decision_missing},
             {.law = "test-law", .until = begun, .decision = ""},
             &law,
             "",
             "",
             begun}),
    [](const auto& each) {
        std::string name;
        for (const char c : std::string(each.param.name))
            name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
        return name;
    });

}  // namespace
}  // namespace kelisim::consent
