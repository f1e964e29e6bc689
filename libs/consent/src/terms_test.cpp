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
    const auto& connection = *registry.connection("c1");
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

// KDP-7.4
class Grounds : public testing::Test {
protected:
    Grounds() {
        entries.connections.front().channel = registry::Channel::logging;
        entries.connections.front().grounds = {"94-V:9(5)"};
        entries.connections.front().uses_per_day = 2;
        wanted.ground = "94-V:9(5)";
    }
    base::Result<Terms> settled() {
        const registry::Registry registry(entries);
        const auto& connection = *registry.connection("c1");
        return settle(wanted, {&connection, &connection.purposes.front()}, registry);
    }

    registry::Entries entries = fixture::entries();
    Ask wanted = fixture::ask();
};

TEST_F(Grounds, OfTheConnectionAreTaken) {
    const auto terms = settled().value();
    EXPECT_EQ(terms.ground, "94-V:9(5)");
    EXPECT_EQ(terms.storage, "P1Y");
    EXPECT_EQ(terms.uses_per_day, 2);
}

TEST_F(Grounds, AreNamedAndOfThisConnectionAndOfThisChannel) {
    wanted.ground.clear();
    EXPECT_TRUE(settled().error().has(ground_missing));
    wanted.ground = "94-V:9(1)";
    EXPECT_TRUE(settled().error().has(ground_outside_connection));
    entries.connections.front().channel = registry::Channel::contact_centre;
    EXPECT_TRUE(settled().error().has(ground_not_for_channel));
}

TEST_F(Grounds, UsesADayStayWithinTheConnection) {
    wanted.uses_per_day = 2;
    EXPECT_TRUE(settled().has_value());
    for (const std::int64_t wrong : {0, -1, 3}) {
        wanted.uses_per_day = wrong;
        EXPECT_TRUE(settled().error().has(uses_per_day_out_of_bounds)) << wrong;
    }
}

// KDP-3
class ExemptTerms : public testing::Test {
protected:
    ExemptTerms() {
        entries.systems.front().exempt_ground = "94-V:9(1)";
        wanted.purpose.clear();
        wanted.uses_max.reset();
        wanted.term.reset();
    }
    base::Result<Terms> settled() {
        const registry::Registry registry(entries);
        return settle_exempt(wanted, *registry.system("BANK"), registry);
    }

    registry::Entries entries = fixture::entries();
    Ask wanted = fixture::ask();
};

TEST_F(ExemptTerms, NeedNoConnectionAndAreNarrowUnlessMoreIsAskedFor) {
    const auto terms = settled().value();
    EXPECT_EQ(terms.connection, "");
    EXPECT_EQ(terms.channel, registry::Channel::logging);
    EXPECT_EQ(terms.ground, "94-V:9(1)");
    EXPECT_EQ(terms.uses_max, 1);
    EXPECT_EQ(terms.term, "P30D");
    EXPECT_FALSE(terms.purpose_name.kk.empty());
}

TEST_F(ExemptTerms, HaveBoundsToo) {
    wanted.term = base::parse_period("P31D").value();
    EXPECT_TRUE(settled().error().has(term_too_long));
    wanted.term.reset();
    wanted.acts = {"publication"};
    EXPECT_TRUE(settled().error().has(acts_outside_connection));
    wanted.acts.clear();
    wanted.fields = {"salary"};
    EXPECT_TRUE(settled().error().has(fields_outside_service));
    wanted.fields.clear();
    wanted.uses_max = 0;
    EXPECT_TRUE(settled().error().has(uses_out_of_bounds));
    wanted.uses_max.reset();
    wanted.services = {"NOTHING"};
    EXPECT_TRUE(settled().error().has(registry::unknown_service));
}

// gaps 6
TEST(Narrow, LeavesWhatThePersonAgreedTo) {
    const registry::Registry registry(fixture::entries());
    const Terms all = fixture::terms();
    EXPECT_EQ(narrow(all, {}, {}, registry).value(), all);
    const auto person = narrow(all, {"PERSON"}, {}, registry).value();
    EXPECT_EQ(person.services, std::vector<std::string>{"PERSON"});
    EXPECT_EQ(person.fields, (std::vector<std::string>{"surname", "name"}));
    const auto spouse = narrow(all, {}, {"spouse"}, registry).value();
    EXPECT_EQ(spouse.services, std::vector<std::string>{"FAMILY"}) << "a service of which nothing is left goes too";
}

TEST(Narrow, NeverWidens) {
    const registry::Registry registry(fixture::entries());
    const Terms all = fixture::terms();
    EXPECT_TRUE(narrow(all, {"OTHER"}, {}, registry).error().has(part_outside_request));
    EXPECT_TRUE(narrow(all, {}, {"children"}, registry).error().has(part_outside_request)) << "it was not asked for";
    EXPECT_TRUE(narrow(all, {"PERSON"}, {"spouse"}, registry).error().has(part_outside_request));
    EXPECT_TRUE(narrow(all, {}, {"name", "name"}, registry).error().has(services_repeat));
}

// KDP-5.1, KDP-5.2, KDP-5.3: what the terms stand on, as the registry has it today.
std::optional<Lost> lost_after(const std::function<void(registry::Entries&)>& change,
                               std::string_view day = "2026-11-21", const Terms& terms = fixture::terms()) {
    auto entries = fixture::entries();
    change(entries);
    return lost_basis(terms, registry::Registry(entries), day);
}

TEST(Basis, StandsWhileSomethingIsLeftToOpen) {
    EXPECT_EQ(lost_after([](auto&) {}), std::nullopt);
    EXPECT_EQ(lost_after([](auto& e) { e.services.front().ended = "2026-11-20T00:00:00Z"; }), std::nullopt);
}

TEST(Basis, IsLostWithConnectionPurposeOrTheLastService) {
    EXPECT_EQ(lost_after([](auto& e) { e.connections.front().ended = "2026-11-20T00:00:00Z"; }), Lost::connection);
    EXPECT_EQ(lost_after([](auto& e) { e.connections.clear(); }), Lost::connection);
    EXPECT_EQ(lost_after([](auto&) {}, "2028-01-01"), Lost::connection);
    EXPECT_EQ(lost_after([](auto& e) { e.connections.front().purposes.front().ended = "2026-11-20T00:00:00Z"; }),
              Lost::purpose);
    EXPECT_EQ(lost_after([](auto& e) { e.connections.front().purposes.clear(); }), Lost::purpose);
    EXPECT_EQ(lost_after([](auto& e) {
                  for (auto& service : e.services)
                      service.ended = "2026-11-20T00:00:00Z";
              }),
              Lost::service);
}

// KDP-3
TEST(Basis, OfAnExemptSystemIsItsGround) {
    Terms terms = fixture::terms();
    terms.connection.clear();
    terms.ground = "94-V:9(1)";
    const auto exempt = [](std::string ground) {
        return [ground](registry::Entries& e) { e.systems.front().exempt_ground = ground; };
    };
    EXPECT_EQ(lost_after(exempt("94-V:9(1)"), "2026-11-21", terms), std::nullopt);
    EXPECT_EQ(lost_after(exempt("94-V:9(2)"), "2026-11-21", terms), Lost::connection);
    EXPECT_EQ(lost_after(exempt(""), "2026-11-21", terms), Lost::connection);
}

}  // namespace
}  // namespace kelisim::consent
