// SPDX-License-Identifier: Apache-2.0
#include "access/supervision.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "access/erasure.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using records::OfficialLook;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view body_bin = "000140000141";
constexpr std::string_view operator_bin = "000140000072";

class SupervisionTest : public ::testing::Test {
protected:
    consent::SubjectId subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin)->id; });
    }
    std::optional<Official> appoint(const people::Person& person, std::string_view bin) {
        const auto id = subject(person);
        world.unit([&](store::WriteSession& session) {
            world.records.officials.appoint(session, {id, std::string(bin), world.clock.now()});
            return true;
        });
        return as_official(id);
    }
    std::optional<Official> as_official(consent::SubjectId id) {
        return world.look([&](store::ReadSession& session) { return official(world.service->parts, session, id); });
    }
    std::variant<OfficialLook, base::Refusal> begin(const Official& who, const base::Iin& iin,
                                                    std::string_view reason = "өтініш № 12") {
        return world.unit([&](store::WriteSession& session) {
            return supervision().begin(session, who, iin, reason, world.clock.now());
        });
    }
    base::Result<records::Subject> whose(const Official& who, records::OfficialLookId id) {
        return world.look(
            [&](store::ReadSession& session) { return supervision().whose(session, who, id, world.clock.now()); });
    }
    std::vector<OfficialLook> seen_by(const people::Person& person) {
        return world.look([&](store::ReadSession& session) {
            return supervision().of(session, world.records.subjects.find(session, person.iin).value(), {{}, 10}).items;
        });
    }
    Supervision supervision() { return Supervision(world.service->parts); }

    World world;
};

// KDP-2.6, KDP-2.12: the office follows from the organisation, today.
TEST_F(SupervisionTest, TheOrganisationGivesTheOffice) {
    EXPECT_EQ(appoint(person::abai(), body_bin)->office, Office::authorized_body);
    EXPECT_EQ(appoint(person::mother(), operator_bin)->office, Office::egov_operator);
    EXPECT_FALSE(appoint(person::ybyrai(), "000140000353")) << "a bank holds no office";
    EXPECT_FALSE(appoint(person::ybyrai(), "000140000999")) << "nobody knows the organisation";
    EXPECT_FALSE(as_official(subject(person::without_phone())));
    world.unit([&](store::WriteSession& session) {
        return world.records.officials.dismiss(session, subject(person::abai()));
    });
    EXPECT_FALSE(as_official(subject(person::abai())));
}

TEST_F(SupervisionTest, ThePersonSeesWhoLookedAndWhy) {
    const auto who = appoint(person::mother(), body_bin).value();
    const auto look = std::get<OfficialLook>(begin(who, person::abai().iin));
    EXPECT_EQ(whose(who, look.id)->person.iin, person::abai().iin);
    const auto seen = seen_by(person::abai());
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].organisation, body_bin);
    EXPECT_EQ(seen[0].reason, "өтініш № 12");
    EXPECT_THAT(seen_by(person::ybyrai()), IsEmpty());
    EXPECT_THAT(world.journal_of(look.id), ElementsAre("official_look.begun"));
    // The person gets the fact whole: it tells the body, and of the official only what the operator can read.
    const auto other = std::get<OfficialLook>(begin(who, person::abai().iin));
    std::vector<boost::json::object> facts;
    world.look([&](store::ReadSession& session) {
        return world.records.journal.of_subject(
            session, subject(person::abai()), 0, {}, [&](const records::JournalEntry& entry) {
                if (entry.kind != "official_look.begun") return;
                const std::string text = world.records.journal.open(entry);
                EXPECT_EQ(text.find(subject(person::mother()).to_string()), std::string::npos);
                facts.push_back(boost::json::parse(text).as_object());
            });
    });
    ASSERT_EQ(facts.size(), 2U);
    EXPECT_EQ(facts[0].at("organisation").as_string(), body_bin);
    EXPECT_NE(facts[0].at("official"), facts[1].at("official")) << "looks of one official cannot be put together";
    const auto digest =
        world.records.vault.blind_index("official_look " + other.id.to_string(), subject(person::mother()).to_string());
    EXPECT_EQ(facts[1].at("official").as_string(), base::to_base64url(digest));
}

TEST_F(SupervisionTest, ALookIsOfOneOfficialAndEnds) {
    const auto who = appoint(person::mother(), body_bin).value();
    const auto other = appoint(person::ybyrai(), body_bin).value();
    const auto look = std::get<OfficialLook>(begin(who, person::abai().iin));
    EXPECT_TRUE(whose(other, look.id).error().has(look_over));
    base::SeededEntropy entropy(3);
    EXPECT_TRUE(whose(who, records::OfficialLookId::make(world.clock.now(), {}, entropy)).error().has(look_over));
    world.clock.advance(base::limits::official_look_life - std::chrono::microseconds{1});
    EXPECT_TRUE(whose(who, look.id).has_value());
    world.clock.advance(std::chrono::microseconds{1});
    EXPECT_TRUE(whose(who, look.id).error().has(look_over));
}

TEST_F(SupervisionTest, ALookNeedsAReason) {
    const auto who = appoint(person::mother(), body_bin).value();
    EXPECT_TRUE(std::get<base::Refusal>(begin(who, person::abai().iin, "")).has(look_reason_missing));
    EXPECT_THAT(seen_by(person::abai()), IsEmpty());
}

TEST_F(SupervisionTest, ASearchThatFindsNobodyIsRecordedToo) {
    const auto who = appoint(person::mother(), body_bin).value();
    EXPECT_TRUE(std::get<base::Refusal>(begin(who, person::unknown())).has(person_not_known));
    const auto kinds = world.look([&](store::ReadSession& session) {
        std::vector<std::string> found;
        world.records.journal.each_after(session, 0, 1000,
                                         [&](const records::JournalEntry& e) { found.push_back(e.kind); });
        return found;
    });
    EXPECT_EQ(kinds.back(), "official_look.begun");
}

TEST_F(SupervisionTest, NothingIsShownOfOneWhoWasErasedMeanwhile) {
    const auto who = appoint(person::mother(), body_bin).value();
    const auto look = std::get<OfficialLook>(begin(who, person::abai().iin));
    const auto id = subject(person::abai());
    world.unit([&](store::WriteSession& session) {
        erase_person(world.service->parts, session, id, world.clock.now());
        return true;
    });
    EXPECT_TRUE(whose(who, look.id).error().has(look_over));
}

}  // namespace
}  // namespace kelisim::access
