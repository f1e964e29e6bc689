// SPDX-License-Identifier: Apache-2.0
#include "consent/terms.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/limits.hpp"
#include "fixture.hpp"

namespace kelisim::consent {
namespace {

base::Result<Terms> settled(const Ask& ask) {
    const registry::Registry registry(fixture::entries());
    const auto& connection = registry.entries().connections.front();
    return settle(ask, {&connection, &connection.purposes.front()}, registry);
}

// KDP-5.2, KDP-5.4: a request stays within the services, the time and the count of its connection.
TEST(Settle, KeepsWhatWasAsked) {
    const Terms terms = settled(fixture::ask()).value();
    EXPECT_EQ(terms.initiator, "BANK");
    EXPECT_EQ(terms.organisation, "000140000353");
    EXPECT_EQ(terms.fields, (std::vector<std::string>{"surname", "name", "spouse"}));
    EXPECT_EQ(terms.term, "P10D");
    EXPECT_EQ(terms.uses_max, 2);
}

TEST(Settle, TakesTheBoundsOfTheConnectionForWhatIsNotGiven) {
    Ask ask = fixture::ask();
    ask.fields.clear();
    ask.acts.clear();
    ask.term.reset();
    ask.uses_max.reset();
    const Terms terms = settled(ask).value();
    EXPECT_EQ(terms.fields, (std::vector<std::string>{"surname", "name", "birthDate", "spouse", "children"}));
    EXPECT_EQ(terms.acts, (std::vector<std::string>{"collection", "processing"}));
    EXPECT_EQ(terms.term, "P30D");
    EXPECT_EQ(terms.uses_max, 3);
}

struct Case {
    std::string name;
    std::function<void(Ask&)> change;
    const base::Reason& reason;
};
class SettleRefused : public testing::TestWithParam<Case> {};
TEST_P(SettleRefused, WithTheReason) {
    Ask ask = fixture::ask();
    GetParam().change(ask);
    const auto refused = settled(ask);
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(refused.error().has(GetParam().reason)) << refused.error().first().code;
}
INSTANTIATE_TEST_SUITE_P(
    Table, SettleRefused,
    testing::Values(
        Case{"NoService", [](Ask& a) { a.services.clear(); }, services_missing},
        Case{"ServiceTwice",
             [](Ask& a) {
                 a.services = {"PERSON", "PERSON"};
             },
             services_repeat},
        Case{"FieldTwice",
             [](Ask& a) {
                 a.fields = {"name", "name"};
             },
             services_repeat},
        Case{"OneFieldTooMany",
             [](Ask& a) {
                 a.fields.clear();
                 for (std::size_t i = 0; i <= base::limits::request_fields_max; ++i)
                     a.fields.push_back(std::to_string(i));
             },
             too_many_items},
        Case{"FieldOfNoService", [](Ask& a) { a.fields = {"salary"}; }, fields_outside_service},
        Case{"FieldOfAnotherService", [](Ask& a) { a.services = {"PERSON"}; }, fields_outside_service},
        Case{"ActOutside", [](Ask& a) { a.acts = {"publication"}; }, acts_outside_connection},
        Case{"TermOneDayTooLong", [](Ask& a) { a.term = base::parse_period("P31D").value(); }, term_too_long},
        Case{"NoUse", [](Ask& a) { a.uses_max = 0; }, uses_out_of_bounds},
        Case{"OneUseTooMany", [](Ask& a) { a.uses_max = 4; }, uses_out_of_bounds},
        Case{"LongEmployee", [](Ask& a) { a.employee = std::string(base::limits::name_bytes_max + 1, 'x'); },
             name_too_long}),
    [](const auto& c) { return c.param.name; });

TEST(Settle, GivesEveryReason) {
    Ask ask = fixture::ask();
    ask.acts = {"publication"};
    ask.uses_max = 9;
    EXPECT_EQ(settled(ask).error().reasons().size(), 2U);
}

}  // namespace
}  // namespace kelisim::consent
