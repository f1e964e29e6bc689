// SPDX-License-Identifier: Apache-2.0
#include "access/data_reports.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DataReportsTest : public ::testing::Test {
protected:
    DataReport report(const base::Iin& person = person::abai().iin) {
        return {.owner = "GBDFL",
                .report_id = "r-1",
                .person = person,
                .kind = records::DataChangeKind::changed,
                .service = "GBDFLUniversal_token",
                .fields = {"surname"},
                .at = world.clock.now() - std::chrono::hours{1},
                .reason = "некеге тұру"};
    }
    base::Result<records::DataChangeId> claim(const DataReport& given, std::string_view bytes = "bytes") {
        return world.unit([&](store::WriteSession& session) {
            return reports().claim(session, given, crypto::sha256(base::as_bytes(bytes)), world.clock.now());
        });
    }
    void record(const DataReport& given, records::DataChangeId id) {
        world.unit([&](store::WriteSession& session) {
            reports().record(session, given, id, world.clock.now());
            return true;
        });
    }
    Page<records::DataChange> seen_by(const people::Person& person, const PageWanted& wanted = {{}, 10}) {
        return world.look([&](store::ReadSession& session) {
            return reports().of(session, world.records.subjects.find(session, person.iin).value(), wanted);
        });
    }
    DataReports reports() { return DataReports(world.service->parts); }

    World world;
};

// LAW-36.4b
TEST_F(DataReportsTest, ThePersonSeesWhatChangedAndNobodyElse) {
    ASSERT_TRUE(reports().check(report(), world.clock.now()).has_value());
    const auto id = claim(report()).value();
    record(report(), id);
    const auto page = seen_by(person::abai());
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].owner, "GBDFL");
    EXPECT_EQ(page.items[0].reason, "некеге тұру");
    EXPECT_THAT(page.items[0].fields, ElementsAre("surname"));
    EXPECT_EQ(page.items[0].at, report().at);
    EXPECT_THAT(seen_by(person::ybyrai()).items, IsEmpty());
    EXPECT_THAT(world.journal_of(id), ElementsAre("data_change.reported"));
    EXPECT_THAT(world.verify().findings, IsEmpty());
}

TEST_F(DataReportsTest, ARepeatIsOneReport) {
    const auto first = claim(report()).value();
    record(report(), first);
    const auto again = claim(report()).value();
    EXPECT_EQ(again, first);
    record(report(), again);
    EXPECT_EQ(seen_by(person::abai()).items.size(), 1U);
    EXPECT_TRUE(claim(report(), "other bytes").error().has(report_id_reused));
}

TEST_F(DataReportsTest, TheNewestComesFirstPageByPage) {
    std::vector<records::DataChangeId> ids;
    for (int i = 0; i < 5; ++i) {
        auto given = report();
        given.report_id = "r-" + std::to_string(i);
        world.clock.advance(std::chrono::seconds{1});
        ids.push_back(claim(given, given.report_id).value());
        record(given, ids.back());
    }
    const auto first = seen_by(person::abai(), {{}, 2});
    EXPECT_EQ(first.items[0].id, ids[4]);
    const auto second = seen_by(person::abai(), {first.next, 2});
    EXPECT_EQ(second.items[0].id, ids[2]);
    const auto last = seen_by(person::abai(), {second.next, 2});
    EXPECT_EQ(last.items.size(), 1U);
    EXPECT_FALSE(last.next);
}

// 418-V ст.36(4): who is not known yet sees it when they are.
TEST_F(DataReportsTest, AReportAboutSomebodyUnknownWaitsForThem) {
    people::Person later;
    later.iin = person::unknown();
    later.surname = "Учебный";
    later.name = "Одиннадцатый";
    record(report(later.iin), claim(report(later.iin)).value());
    const std::vector<people::Person> arrived{later};
    world.unit([&](store::WriteSession& session) {
        records::add_people(session, world.records, arrived, world.clock.now());
        return true;
    });
    EXPECT_EQ(seen_by(later).items.size(), 1U);
}

struct Case {
    std::string name;
    std::function<void(DataReport&, base::Time)> change;
    const base::Reason& reason;
};
class Refused : public DataReportsTest, public ::testing::WithParamInterface<Case> {};
TEST_P(Refused, WithTheReason) {
    auto given = report();
    GetParam().change(given, world.clock.now());
    const auto checked = reports().check(given, world.clock.now());
    ASSERT_TRUE(checked.has_error());
    EXPECT_TRUE(checked.error().has(GetParam().reason)) << checked.error().first().code;
}
INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    ::testing::Values(
        Case{"ServiceOfAnother", [](auto& r, auto) { r.owner = "DEMOBANK"; }, report_service_of_another},
        Case{"UnknownService", [](auto& r, auto) { r.service = "NONE"; }, report_service_of_another},
        Case{"NoFields", [](auto& r, auto) { r.fields.clear(); }, report_fields},
        Case{"FieldOfAnotherService", [](auto& r, auto) { r.fields = {"spouse"}; }, report_fields},
        Case{"FieldTwice",
             [](auto& r, auto) {
                 r.fields = {"surname", "surname"};
             },
             report_fields},
        Case{"InTheFuture",
             [](auto& r, auto now) { r.at = now + base::limits::clock_skew + std::chrono::microseconds{1}; },
             report_time},
        Case{"TooLongAgo",
             [](auto& r, auto now) { r.at = now - base::limits::report_age_max - std::chrono::microseconds{1}; },
             report_time}),
    [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace kelisim::access
