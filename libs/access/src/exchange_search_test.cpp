// SPDX-License-Identifier: Apache-2.0
#include "access/exchange_search.hpp"

#include <gmock/gmock.h>

#include "access/exchanges.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using records::Exchange;
using records::ExchangeState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace limits = base::limits;

// INT-2.15: found by who, when and what for, never by what was said.
class ExchangeSearchTest : public ::testing::Test {
protected:
    base::RawId exchange(std::string_view id, std::string_view sender = "DEMOBANK",
                         std::string_view service = "GBDFLUniversal_token",
                         ExchangeState state = ExchangeState::answered) {
        const auto session_id = base::RawId::make(world.clock.now(), {}, world.entropy);
        world.unit([&](store::WriteSession& session) {
            const Exchanges exchanges(world.service->parts);
            auto begun = exchanges.begin(session,
                                         {.sender = std::string(sender),
                                          .service = std::string(service),
                                          .message_id = std::string(id),
                                          .digest = crypto::sha256(base::as_bytes(id)),
                                          .bytes = 7,
                                          .received = world.clock.now(),
                                          .session = session_id},
                                         world.clock.now());
            exchanges.conclude(session, std::get<Exchange>(begun), {.state = state}, world.clock.now());
            return true;
        });
        world.clock.advance(1s);
        return session_id;
    }
    base::Result<records::ExchangeFilter> begin(const ExchangeQuestion& question) {
        const Official by{.subject = {}, .organisation = "000140000072", .office = Office::egov_operator};
        return world.unit([&](store::WriteSession& session) {
            return ExchangeSearch(world.service->parts).begin(session, by, question, world.clock.now());
        });
    }
    records::ExchangePage page(const records::ExchangeFilter& filter, const PageWanted& wanted) {
        return world.look([&](store::ReadSession& session) {
            return ExchangeSearch(world.service->parts).find(session, filter, wanted);
        });
    }
    // Senders and services, newest first.
    std::vector<std::string> found(const ExchangeQuestion& question) {
        std::vector<std::string> names;
        for (const Exchange& each : page(begin(question).value(), {.before = {}, .max = 100}).items)
            names.push_back(each.sender + " " + each.service);
        return names;
    }
    void refused(const ExchangeQuestion& question, const base::Reason& reason) {
        const auto result = begin(question);
        ASSERT_TRUE(result.has_error());
        EXPECT_TRUE(result.error().has(reason));
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, IsEmpty()); }

    const std::string bank = "DEMOBANK GBDFLUniversal_token", family = "DEMOINS GBDFL_FamilyInfoToken",
                      files = "GBDFL EDS_TEMP_FILES";
    World world;
};

TEST_F(ExchangeSearchTest, BySessionMessageServicePartyAndTime) {
    const auto first = exchange("m-1");
    const base::Time between = world.clock.now();
    exchange("m-1", "DEMOINS", "GBDFL_FamilyInfoToken", ExchangeState::refused);
    exchange("m-2", "GBDFL", "EDS_TEMP_FILES");
    EXPECT_THAT(found({.reason = "x"}), ElementsAre(files, family, bank));
    EXPECT_THAT(found({.reason = "x", .session = first}), ElementsAre(bank));
    EXPECT_THAT(found({.reason = "x", .message_id = "m-1", .party = "DEMOINS"}), ElementsAre(family));
    EXPECT_THAT(found({.reason = "x", .service = "EDS_TEMP_FILES"}), ElementsAre(files));
    EXPECT_THAT(found({.reason = "x", .party = "DEMOBANK"}), ElementsAre(bank));
    EXPECT_THAT(found({.reason = "x", .party = "GBDFL"}), ElementsAre(files, family, bank)) << "as owner too";
    EXPECT_THAT(found({.reason = "x", .to = between}), ElementsAre(bank));
    EXPECT_THAT(found({.reason = "x", .from = between}), ElementsAre(files, family));
    EXPECT_THAT(found({.reason = "x", .service = "EDS_TEMP_FILES", .session = first}), IsEmpty()) << "all of it counts";
    EXPECT_THAT(found({.reason = "x", .message_id = "m-2", .party = "DEMOBANK"}), IsEmpty());
    EXPECT_THAT(found({.reason = "x", .service = "NONE"}), IsEmpty());
    EXPECT_THAT(found({.reason = "x", .party = "' OR 1 = 1"}), IsEmpty());
}

TEST_F(ExchangeSearchTest, WhatIsFoundIsHowItEnded) {
    const auto session_id = exchange("m-1", "DEMOBANK", "GBDFLUniversal_token", ExchangeState::failed);
    const auto items = page(begin({.reason = "x"}).value(), {.before = {}, .max = 100}).items;
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].state, ExchangeState::failed);
    EXPECT_EQ(items[0].session, session_id);
    EXPECT_EQ(items[0].owner, "GBDFL");
    EXPECT_EQ(items[0].request_bytes, 7);
    EXPECT_THAT(items[0].kept, IsEmpty());
}

TEST_F(ExchangeSearchTest, WhatWasGivenUpAndEndedAfterAllStandsThereOnce) {
    world.unit([&](store::WriteSession& session) {
        const Exchanges exchanges(world.service->parts);
        auto begun = std::get<Exchange>(exchanges.begin(session,
                                                        {.sender = "DEMOBANK",
                                                         .service = "GBDFLUniversal_token",
                                                         .message_id = "late",
                                                         .received = world.clock.now()},
                                                        world.clock.now()));
        exchanges.conclude(session, begun, {.state = ExchangeState::unknown}, world.clock.now());
        exchanges.conclude(session, begun, {.state = ExchangeState::answered, .response_bytes = 9}, world.clock.now());
        return true;
    });
    const auto items = page(begin({.reason = "x"}).value(), {.before = {}, .max = 100}).items;
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].state, ExchangeState::answered);
    EXPECT_EQ(items[0].response_bytes, 9);
}

TEST_F(ExchangeSearchTest, WhatWasTriedAgainStandsThereTwice) {
    exchange("m-1", "DEMOBANK", "GBDFLUniversal_token", ExchangeState::failed);
    exchange("m-1");
    EXPECT_THAT(found({.reason = "x", .message_id = "m-1", .party = "DEMOBANK"}), ElementsAre(bank, bank));
}

TEST_F(ExchangeSearchTest, PagesGoBackWithoutGapsAndEnd) {
    for (int i = 0; i < 5; ++i)
        exchange("m-" + std::to_string(i), i % 2 == 0 ? "DEMOBANK" : "DEMOINS");
    const auto filter = begin({.reason = "x", .party = "DEMOBANK"}).value();
    const auto one = page(filter, {.before = {}, .max = 2});
    EXPECT_EQ(one.items.size(), 2U);
    ASSERT_TRUE(one.next);
    const auto two = page(filter, {.before = one.next, .max = 2});
    EXPECT_EQ(two.items.size(), 1U);
    EXPECT_FALSE(two.next);
    EXPECT_LT(two.items[0].id, one.items[1].id);
    // What comes meanwhile moves nothing.
    world.clock.advance(1s);
    exchange("later");
    EXPECT_EQ(page(filter, {.before = one.next, .max = 2}).items.size(), 1U);
    const auto beyond =
        page(filter, {.before = base::RawId::make(world.clock.now() + 24h, {}, world.entropy), .max = 9});
    EXPECT_EQ(beyond.items.size(), 3U) << "the end of the time that was asked for stands";
}

TEST_F(ExchangeSearchTest, EachSearchIsOnRecord) {
    exchange("450810100013");
    const auto searches = [&] {
        std::vector<std::string> all;
        world.store.readers().read([&](store::ReadSession& session) {
            all.clear();
            world.records.journal.each_after(session, 0, 1'000'000, [&](const records::JournalEntry& entry) {
                if (entry.kind == "exchange.searched") all.push_back(world.records.journal.open(entry));
            });
        });
        return all;
    };
    begin({.reason = "Өтініш № 7", .message_id = "450810100013", .service = "S", .party = "DEMOBANK"}).value();
    const auto all = searches();
    ASSERT_EQ(all.size(), 1U);
    for (const std::string_view part : {"Өтініш № 7", "DEMOBANK", "\"S\"", "000140000072"})
        EXPECT_NE(all[0].find(part), std::string::npos) << part << all[0];
    EXPECT_EQ(all[0].find("450810100013"), std::string::npos) << "a messageId may name a person";
    refused({.reason = ""}, exchange_search_reason_missing);
    EXPECT_EQ(searches().size(), 1U) << "nothing was shown";
}

TEST_F(ExchangeSearchTest, QuestionsThatAreNone) {
    const base::Time now = world.clock.now();
    refused({.reason = ""}, exchange_search_reason_missing);
    refused({.reason = "x", .message_id = "m-1"}, exchange_search_sender_missing);
    refused({.reason = "x", .from = now + 1s, .to = now}, exchange_search_span);
    refused({.reason = "x", .from = now - limits::exchange_search_span_max - 1us, .to = now}, exchange_search_span);
    EXPECT_TRUE(begin({.reason = "x", .from = now - limits::exchange_search_span_max, .to = now}).has_value());
    refused({.reason = "", .message_id = "m-1"}, exchange_search_sender_missing);
}

TEST_F(ExchangeSearchTest, WhatIsOlderThanAnyQuestionIsForgotten) {
    exchange("old");
    world.clock.advance(limits::exchange_search_span_max - 2s);
    const auto forget = [&] {
        world.unit([&](store::WriteSession& session) {
            world.records.exchanges.forget_records_before(session,
                                                          world.clock.now() - limits::exchange_search_span_max);
            return true;
        });
    };
    forget();
    EXPECT_EQ(found({.reason = "x"}).size(), 1U);
    world.clock.advance(2s);
    forget();
    EXPECT_THAT(found({.reason = "x"}), IsEmpty());
}

// 418-V ст.46(1): who takes the evidence of an exchange, and why, is on record before it is read.
TEST_F(ExchangeSearchTest, WhoTakesEvidenceIsOnRecord) {
    exchange("m-1");
    const auto id = page(begin({.reason = "x"}).value(), {.before = {}, .max = 1}).items.front().id;
    const auto take = [&](Office office, records::ExchangeId of, std::string_view reason) {
        const Official by{.subject = {}, .organisation = "000140000072", .office = office};
        return world.unit([&](store::WriteSession& session) {
            return ExchangeSearch(world.service->parts).begin_export(session, by, of, reason, world.clock.now());
        });
    };
    EXPECT_TRUE(take(Office::egov_operator, id, "").error().has(exchange_export_reason_missing));
    const auto none = records::ExchangeId::make(world.clock.now(), {}, world.entropy);
    EXPECT_TRUE(take(Office::egov_operator, none, "x").error().has(exchange_unknown));
    EXPECT_THAT(world.journal_of(id), ElementsAre("exchange.concluded"));
    EXPECT_EQ(take(Office::egov_operator, id, "Іс № 7").value().id, id);
    EXPECT_EQ(take(Office::authorized_body, id, "Іс № 8").value().id, id);
    std::vector<std::string> facts;
    world.look([&](store::ReadSession& session) {
        world.records.journal.each_after(session, 0, 1'000'000, [&](const records::JournalEntry& entry) {
            if (entry.kind == "exchange.exported") facts.push_back(world.records.journal.open(entry));
        });
        return true;
    });
    ASSERT_EQ(facts.size(), 2U);
    EXPECT_NE(facts[0].find(R"("reason":"Іс № 7","bodies":"without")"), std::string::npos) << facts[0];
    EXPECT_NE(facts[1].find(R"("reason":"Іс № 8","bodies":"with")"), std::string::npos) << facts[1];
    world.clock.advance(limits::exchange_search_span_max + 1h);
    world.unit([&](store::WriteSession& session) {
        world.records.exchanges.forget_records_before(session, world.clock.now() - limits::exchange_search_span_max);
        return true;
    });
    EXPECT_TRUE(take(Office::authorized_body, id, "x").error().has(exchange_unknown));
}

}  // namespace
}  // namespace kelisim::access
