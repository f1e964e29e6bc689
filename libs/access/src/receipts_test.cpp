// SPDX-License-Identifier: Apache-2.0
// What each receipt speaks of: its own entry of the journal, and nobody else's.
#include "access/receipts.hpp"

#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "json/json.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

class ReceiptsTest : public ::testing::Test {
protected:
    const Receipts& receipts() const { return world.service->persons.receipts; }
    records::Subject subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin).value(); });
    }
    Acting self(const people::Person& person) {
        const auto id = subject(person).id;
        return {.by = id, .whose = id};
    }
    template <class... Arguments>
    base::Result<ReceiptFound> find(base::Result<ReceiptFound> (Receipts::*what)(store::ReadSession&,
                                                                                 const records::Subject&, Arguments...)
                                        const,
                                    const people::Person& whose, Arguments... arguments) {
        const auto subject = this->subject(whose);
        return world.look(
            [&](store::ReadSession& session) { return (receipts().*what)(session, subject, std::move(arguments)...); });
    }
    base::Result<ReceiptFound> of_request(consent::RequestId id, const people::Person& whose = person::abai()) {
        return find<consent::RequestId>(&Receipts::of_request, whose, id);
    }
    base::Result<ReceiptFound> of_consent(consent::ConsentId id, std::optional<std::int64_t> number = {},
                                          const people::Person& whose = person::abai()) {
        return find<consent::ConsentId, std::optional<std::int64_t>, base::Time>(&Receipts::of_consent, whose, id,
                                                                                 number, world.clock.now());
    }
    base::Result<ReceiptFound> of_use(consent::UseId id, std::optional<std::int64_t> number = {},
                                      const people::Person& whose = person::abai()) {
        return find<consent::UseId, std::optional<std::int64_t>>(&Receipts::of_use, whose, id, number);
    }

    // The kind of the entry that the receipt names, having checked that it opens to the journal's and tells its time.
    std::string entry_of(const base::Result<ReceiptFound>& found) {
        const auto& content = found->content;
        const auto fact = json::parse(content.at("kelisim:entry").at("kelisim:fact").as_string(), {}).value();
        EXPECT_EQ(content.at("dct:issued"), fact.at("at"));
        std::string kind;
        world.look([&](store::ReadSession& session) {
            world.records.journal.each_after(
                session, found->journal_seq.value() - 1, 1, [&](const records::JournalEntry& entry) {
                    kind = entry.kind;
                    EXPECT_EQ(content.at("kelisim:entry").at("kelisim:commitment").as_string(),
                              base::to_base64url(entry.commitment));
                    EXPECT_EQ(entry.subject, subject(person::abai()).id);
                });
            return true;
        });
        return kind;
    }
    void take(base::Result<void> (Steering::*step)(store::WriteSession&, const Acting&, consent::ConsentId, base::Time)
                  const,
              consent::ConsentId id) {
        const auto acting = self(person::abai());
        world.unit([&](store::WriteSession& session) {
            ASSERT_TRUE((world.service->persons.steering.*step)(session, acting, id, world.clock.now()).has_value());
        });
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

TEST_F(ReceiptsTest, ARequestHasOneWhenItEndedAndTellsWhen) {
    const auto id = ask(world, person::abai());
    deliver(world);
    EXPECT_TRUE(of_request(id).error().has(receipt_not_yet));
    EXPECT_TRUE(of_request(id, person::ybyrai()).error().has(cabinet_not_found)) << "before anything else";
    world.clock.advance(5min);
    hear(world, person::abai(), "2", "no");
    deliver(world);
    const auto found = of_request(id);
    EXPECT_EQ(entry_of(found), "request.refused");
    EXPECT_EQ(found->content.at("dct:issued").as_string(), base::to_iso8601(world.clock.now()));
    EXPECT_TRUE(of_request(id, person::ybyrai()).error().has(cabinet_not_found));
}

TEST_F(ReceiptsTest, EachEventOfAConsentHasItsOwnEntryEvenAtOneInstant) {
    const auto consent = world.consent_of(granted(world, person::abai())).id;
    // The clock stands still: two pauses and two resumptions of one time.
    for (int i = 0; i < 2; ++i) {
        take(&Steering::pause, consent);
        take(&Steering::resume, consent);
    }
    take(&Steering::withdraw, consent);
    std::vector<std::string> kinds;
    std::vector<std::int64_t> entries;
    for (std::int64_t number = 0; number <= 5; ++number) {
        const auto found = of_consent(consent, number);
        kinds.push_back(entry_of(found));
        entries.push_back(found->journal_seq.value());
    }
    EXPECT_THAT(kinds, ElementsAre("consent.granted", "consent.paused", "consent.resumed", "consent.paused",
                                   "consent.resumed", "consent.withdrawn"));
    EXPECT_TRUE(std::is_sorted(entries.begin(), entries.end()));
    EXPECT_EQ(std::adjacent_find(entries.begin(), entries.end()), entries.end()) << "none stands for two";
    EXPECT_EQ(of_consent(consent)->number, 5) << "the newest";
    EXPECT_TRUE(of_consent(consent, 6).error().has(cabinet_not_found));
    EXPECT_TRUE(of_consent(consent, 0, person::ybyrai()).error().has(cabinet_not_found));
}

TEST_F(ReceiptsTest, AUseHasOneOfItsAdmissionAndOneOfItsOutcome) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    for (const auto outcome : {consent::UseState::delivered, consent::UseState::not_sent, consent::UseState::unknown}) {
        const auto id = std::get<Reserved>(reserve(world, call_with(id_of(token), person::abai().iin))).id;
        world.clock.advance(1s);
        EXPECT_EQ(entry_of(of_use(id)), "use.reserved");
        EXPECT_TRUE(of_use(id, 1).error().has(cabinet_not_found)) << "it has no outcome yet";
        conclude(world, id, outcome);
        EXPECT_EQ(entry_of(of_use(id)), std::string("use.") + boost::describe::enum_to_string(outcome, ""));
        EXPECT_EQ(entry_of(of_use(id, 0)), "use.reserved");
        EXPECT_TRUE(of_use(id, 2).error().has(cabinet_not_found));
        EXPECT_TRUE(of_use(id, 0, person::ybyrai()).error().has(cabinet_not_found));
    }
}

// LAW-36.4: attempts too.
TEST_F(ReceiptsTest, ARefusedCallHasTheEntryOfThatCall) {
    const auto token = redeem(world, granted(world, person::abai()), world.bank()).value();
    for (int i = 0; i < 3; ++i) {
        UseCommand command = call_with(id_of(token), person::abai().iin);
        command.fields = {"children"};
        ASSERT_TRUE(std::holds_alternative<Objected>(reserve(world, command)));
        world.clock.advance(1s);
    }
    const auto me = subject(person::abai());
    const auto refusals =
        world.look([&](store::ReadSession& session) { return world.records.use_refusals.of(session, me.id, {}, 10); });
    ASSERT_EQ(refusals.size(), 3U);
    std::vector<std::int64_t> entries;
    for (const auto& refusal : refusals) {
        const auto found = of_use(refusal.id);
        EXPECT_EQ(entry_of(found), "use.refused");
        entries.push_back(found->journal_seq.value());
        EXPECT_TRUE(of_use(refusal.id, 1).error().has(cabinet_not_found));
        EXPECT_TRUE(of_use(refusal.id, {}, person::ybyrai()).error().has(cabinet_not_found));
    }
    EXPECT_TRUE(std::is_sorted(entries.rbegin(), entries.rend())) << "newest first, each its own";
    EXPECT_EQ(std::adjacent_find(entries.begin(), entries.end()), entries.end());
}

TEST_F(ReceiptsTest, ALookAtOnesOwnDataHasOne) {
    const Acting me = self(person::abai());
    const auto look = world.unit([&](store::WriteSession& session) {
        return world.service->persons.own_data.begin(session, me, "GBDFLUniversal_token", world.clock.now()).value();
    });
    EXPECT_EQ(entry_of(of_use(look.id)), "own_look.reserved");
    EXPECT_TRUE(of_use(look.id, {}, person::ybyrai()).error().has(cabinet_not_found));
}

TEST_F(ReceiptsTest, TheLastUseExhaustsWithAnEntryOfItsOwn) {
    AskCommand command = ask_for(person::abai().iin);
    command.ask.uses_max = 1;
    const auto request = try_ask(world, command).value().id;
    deliver(world);
    hear(world, person::abai(), "1", "yes");
    deliver(world);
    const auto token = redeem(world, request, world.bank()).value();
    conclude(world, std::get<Reserved>(reserve(world, call_with(id_of(token), person::abai().iin))).id,
             consent::UseState::delivered);
    EXPECT_EQ(entry_of(of_consent(world.consent_of(request).id)), "consent.exhausted");
}

TEST_F(ReceiptsTest, WhatWasSignedIsNotMadeAgain) {
    const auto id = granted(world, person::abai());
    const auto found = of_request(id);
    const auto me = subject(person::abai());
    const records::Receipt first{.jws = "first", .journal_seq = found->journal_seq},
        second{.jws = "second", .journal_seq = {}};
    const auto keep = [&](const records::Receipt& receipt) {
        return world.unit([&](store::WriteSession& session) {
            return world.records.receipts.keep(session, id, 0, receipt, me.data_key, world.clock.now());
        });
    };
    const auto any = [&] { return world.look([&](store::ReadSession& s) { return world.records.receipts.any(s); }); };
    EXPECT_FALSE(any());
    EXPECT_EQ(keep(first), first);
    EXPECT_EQ(keep(second), first) << "of two first readers both get what was kept first";
    EXPECT_EQ(of_request(id)->stored, first);
    EXPECT_TRUE(of_request(id)->content.empty());
    EXPECT_TRUE(any());
}

// What has a row has an entry: a receipt without one would be the operator's word alone.
TEST_F(ReceiptsTest, WithoutItsEntryThereIsNoReceipt) {
    AskCommand command = ask_for(person::abai().iin);
    command.ask.uses_max = 1;
    const auto request = try_ask(world, command).value().id;
    deliver(world);
    hear(world, person::abai(), "1", "yes");
    deliver(world);
    world.clock.advance(1s);
    const auto token = redeem(world, request, world.bank()).value();
    UseCommand too_much = call_with(id_of(token), person::abai().iin);
    too_much.fields = {"children"};
    ASSERT_TRUE(std::holds_alternative<Objected>(reserve(world, too_much)));
    const auto use = std::get<Reserved>(reserve(world, call_with(id_of(token), person::abai().iin))).id;
    conclude(world, use, consent::UseState::delivered);
    const auto consent = world.consent_of(request).id;
    const auto me = subject(person::abai());
    const auto refused =
        world.look([&](store::ReadSession& session) { return world.records.use_refusals.of(session, me.id, {}, 10); })
            .at(0)
            .id;
    static const store::Statement hide{"t_hide", "UPDATE journal SET subject = NULL"};
    ASSERT_NE(world.store.tamper(hide), 0U);
    EXPECT_THROW(of_request(request), records::Damaged);
    EXPECT_THROW(of_consent(consent, 0), records::Damaged);
    EXPECT_THROW(of_consent(consent), records::Damaged);
    EXPECT_THROW(of_use(use), records::Damaged);
    EXPECT_THROW(of_use(refused), records::Damaged);
    // An installation of before version 13 told these two not, and they were written before it was brought to 16.
    static const store::Statement older{
        "t_older",
        "INSERT INTO setting (name, value) SELECT 'journal.untold_before', CAST(max(seq) AS TEXT) FROM journal"};
    ASSERT_NE(world.store.tamper(older), 0U);
    for (const auto& found : {of_consent(consent), of_use(refused)}) {
        EXPECT_FALSE(found->journal_seq);
        EXPECT_FALSE(found->content.contains("kelisim:entry"));
    }
    EXPECT_THROW(of_request(request), records::Damaged);
    EXPECT_THROW(of_use(use), records::Damaged);
    // What came afterwards has to be told.
    static const store::Statement earlier{"t_earlier",
                                          "UPDATE setting SET value = '1' WHERE name = 'journal.untold_before'"};
    ASSERT_NE(world.store.tamper(earlier), 0U);
    EXPECT_THROW(of_consent(consent), records::Damaged);
    EXPECT_THROW(of_use(refused), records::Damaged);
    world.restart();
    static const store::Statement back{
        "t_back",
        "UPDATE journal SET subject = (SELECT subject FROM access_request LIMIT 1) WHERE kind NOT LIKE 'registry%'"};
    ASSERT_NE(world.store.tamper(back), 0U);
}

}  // namespace
}  // namespace kelisim::access
