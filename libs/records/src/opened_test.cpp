// SPDX-License-Identifier: Apache-2.0
// What was opened is found again by the same bytes alone; and it never answers for a row that changed or is gone.
#include "records/opened.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "base/limits.hpp"
#include "fixture.hpp"

namespace kelisim::records {
namespace {

using namespace fixture;

base::RawId id_of(int number) {
    base::SeededEntropy entropy(static_cast<std::uint64_t>(number));
    return base::RawId::make(testing::start, base::Bucket{}, entropy);
}

TEST(Opened, FindsAValueByTheSameBytes) {
    Opened<std::string> opened(2);
    const auto key = base::as_bytes("key"), sealed = base::as_bytes("sealed");
    EXPECT_EQ(opened.find(id_of(1), {key, sealed}), nullptr);
    opened.keep(id_of(1), {key, sealed}, "value");
    EXPECT_EQ(*opened.find(id_of(1), {key, sealed}), "value");
}

TEST(Opened, FindsNothingByOtherBytes) {
    Opened<std::string> opened(2);
    opened.keep(id_of(1), {base::as_bytes("key"), base::as_bytes("sealed")}, "value");
    const auto found = [&](std::string_view key, std::string_view sealed) {
        return opened.find(id_of(1), {base::as_bytes(key), base::as_bytes(sealed)}) != nullptr;
    };
    EXPECT_FALSE(found("kex", "sealed")) << "another key";
    EXPECT_FALSE(found("key", "sealex")) << "the row was changed";
    EXPECT_FALSE(found("key", "seale")) << "cut";
    EXPECT_FALSE(found("key", "sealed."));
    EXPECT_FALSE(found("", ""));
    EXPECT_EQ(opened.find(id_of(2), {base::as_bytes("key"), base::as_bytes("sealed")}), nullptr) << "another row";
}

TEST(Opened, AChangedRowTakesThePlaceOfTheOld) {
    Opened<std::string> opened(1);
    opened.keep(id_of(1), {base::as_bytes("a")}, "old");
    opened.keep(id_of(1), {base::as_bytes("b")}, "new");
    EXPECT_EQ(opened.find(id_of(1), {base::as_bytes("a")}), nullptr);
    EXPECT_EQ(*opened.find(id_of(1), {base::as_bytes("b")}), "new");
}

TEST(Opened, GivesUpTheOldestOneOverItsBound) {
    Opened<int> opened(3);
    for (int i = 0; i < 4; ++i)
        opened.keep(id_of(i), {}, i);
    EXPECT_EQ(opened.find(id_of(0), {}), nullptr);
    for (int i = 1; i < 4; ++i)
        EXPECT_EQ(*opened.find(id_of(i), {}), i);
}

TEST(Opened, ClearedItHoldsAsManyAsBefore) {
    Opened<int> opened(2);
    for (int i = 0; i < 3; ++i)
        opened.keep(id_of(i), {}, i);
    opened.clear();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(opened.find(id_of(i), {}), nullptr);
    for (int i = 0; i < 3; ++i)
        opened.keep(id_of(i), {}, i);
    EXPECT_EQ(opened.find(id_of(0), {}), nullptr);
    EXPECT_EQ(*opened.find(id_of(1), {}), 1);
    EXPECT_EQ(*opened.find(id_of(2), {}), 2);
}

TEST(OpenedRows, AReaderOfBeforeAnErasureKeepsNothingOfThePerson) {
    OpenedRows rows;
    const consent::SubjectId erased{id_of(1)}, other{id_of(2)};
    const auto keep = [&](consent::SubjectId whose, int request) {
        rows.keep(rows.requests, whose, id_of(request), {}, RequestBody{});
    };
    keep(erased, 3);
    EXPECT_EQ(rows.requests.size(), 1U);
    rows.forget(erased);
    EXPECT_EQ(rows.requests.size(), 0U);
    keep(erased, 3);
    EXPECT_EQ(rows.requests.size(), 0U) << "it read the row before the erasure, and opened it after";
    keep(other, 4);
    EXPECT_EQ(rows.requests.size(), 1U);
}

TEST(Opened, ServesThreadsAtOnce) {
    Opened<int> opened(8);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&opened, t] {
                for (int i = 0; i < 2000; ++i) {
                    opened.keep(id_of(i % 16), {}, i % 16);
                    const auto kept = opened.find(id_of(t), {});
                    EXPECT_TRUE(kept == nullptr || *kept == t);
                    if (i % 500 == 0) opened.clear();
                }
            });
        }
    }
}

class OpenedRowsTest : public ::testing::Test {
protected:
    Tables tables;
    Records& records = tables.records;
};

// LAW-40.2: erased is erased, whoever was opened a moment before.
TEST_F(OpenedRowsTest, AnErasedPersonIsNotFoundAndNothingOfThemStaysOpen) {
    const Subject abai = tables.subject(person::abai().iin);
    const auto consent = tables.add_consent(abai);
    const auto find = [&] {
        return tables.store.look(
            [&](ReadSession& session) { return records.consents.find(session, consent.id, records.subjects); });
    };
    EXPECT_EQ(find()->consent.terms, consent.terms);
    EXPECT_TRUE(tables.store.unit(
        [&](WriteSession& session) { return records.subjects.erase(session, abai.id, testing::start); }));
    EXPECT_THROW(find(), Erased);
    EXPECT_FALSE(tables.store.look([&](ReadSession& session) { return records.subjects.find(session, abai.id); }));
    EXPECT_EQ(records.opened.consents.size() + records.opened.requests.size() + records.opened.subjects.size(), 0U);
}

TEST_F(OpenedRowsTest, AnErasureThatIsUndoneErasesNothing) {
    const Subject abai = tables.subject(person::abai().iin);
    EXPECT_THROW(tables.store.unit([&](WriteSession& session) {
        records.subjects.erase(session, abai.id, testing::start);
        EXPECT_FALSE(records.subjects.find(session, abai.id)) << "in its own unit it is";
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_EQ(tables.subject(person::abai().iin).id, abai.id);
}

TEST_F(OpenedRowsTest, TheKeyOfAnotherOpensNothingThatWasOpened) {
    const Subject abai = tables.subject(person::abai().iin), ybyrai = tables.subject(person::ybyrai().iin);
    const auto request = tables.add_request(abai);
    tables.store.readers().read([&](ReadSession& session) {
        EXPECT_EQ(records.requests.find(session, request.id, abai.data_key)->terms, request.terms);
        EXPECT_THROW(records.requests.find(session, request.id, ybyrai.data_key), Damaged);
    });
}

TEST_F(OpenedRowsTest, ARowThatWasChangedBehindOurBackIsDamagedThoughItWasOpened) {
    static const store::Statement change{"t_change", "UPDATE subject SET sealed = zeroblob(60)"};
    const Subject abai = tables.subject(person::abai().iin);
    tables.store.tamper(change);
    EXPECT_THROW(tables.subject(person::abai().iin), Damaged);
}

TEST_F(OpenedRowsTest, AUnitThatIsUndoneLeavesNoRequest) {
    const Subject abai = tables.subject(person::abai().iin);
    consent::AccessRequest request = tables.add_request(abai);
    request.id = consent::RequestId::make(testing::start, abai.id.bucket(), tables.entropy);
    EXPECT_THROW(tables.store.unit([&](WriteSession& session) {
        records.requests.add(session, request, abai.data_key);
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_FALSE(tables.store.look(
        [&](ReadSession& session) { return records.requests.find(session, request.id, abai.data_key); }));
}

}  // namespace
}  // namespace kelisim::records
