// SPDX-License-Identifier: Apache-2.0
#include "access/deferring.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "access/erasure.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* body_bin = "000140000991";

class DeferringTest : public ::testing::Test {
protected:
    const Deferring& deferring() const { return world.service->persons.deferring; }
    records::Subject subject(const people::Person& person) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.subjects.find(session, person.iin).value(); });
    }
    AskCommand command(const people::Person& person = person::abai(), base::Duration time = 240h) {
        AskCommand command = ask_for(person.iin);
        command.initiator = "POLICE";
        command.ask.connection = "";
        command.ask.channel = {};
        command.ask.ground = "94-V:9(1)";
        command.ask.uses_max = 5;
        command.deferral =
            consent::DeferralAsk{.law = "search-act", .until = world.clock.now() + time, .decision = "№ 7"};
        return command;
    }
    consent::RequestId deferred(const people::Person& person = person::abai(), base::Duration time = 240h) {
        return try_ask(world, command(person, time)).value().id;
    }
    records::Deferral of(consent::RequestId request) {
        return world.look(
            [&](store::ReadSession& session) { return world.records.deferrals.of_request(session, request).value(); });
    }
    consent::UseId use(consent::RequestId request, const people::Person& person = person::abai(),
                       const std::string& key = "") {
        const auto token = redeem(world, request, *world.registry.system("POLICE")).value();
        UseCommand call = call_with(id_of(token), person.iin);
        call.receiver = "POLICE";
        call.idempotency_key = key;
        return std::get<Reserved>(reserve(world, call)).id;
    }
    void refused_use(consent::RequestId request) {
        const auto token = redeem(world, request, *world.registry.system("POLICE")).value();
        UseCommand call = call_with(id_of(token), person::abai().iin);
        call.receiver = "POLICE";
        call.fields = {"children"};
        ASSERT_TRUE(std::holds_alternative<Objected>(reserve(world, call)));
    }
    void fall_due(consent::SubjectId id) {
        world.unit([&](store::WriteSession& session) { deferring().fall_due(session, id, world.clock.now()); });
    }
    void to_the_end(consent::RequestId request) {
        const auto deferral = of(request);
        world.clock.advance(deferral.due - world.clock.now());
        fall_due(deferral.id);
    }
    std::vector<std::string> kinds_of(consent::SubjectId id) {
        std::vector<std::string> kinds;
        world.store.readers().read([&](store::ReadSession& session) {
            world.records.journal.of_subject(session, id, 0, {},
                                             [&](const records::JournalEntry& e) { kinds.push_back(e.kind); });
        });
        return kinds;
    }
    // Everything that the cabinet has to show.
    struct Seen {
        std::vector<consent::AccessRequest> requests;
        std::vector<ConsentView> consents;
        std::vector<UseView> uses;
        std::size_t looks = 0;
    };
    Seen seen(const people::Person& person) {
        const auto me = subject(person);
        const Cabinet& cabinet = world.service->persons.cabinet;
        return world.look([&](store::ReadSession& session) {
            return Seen{.requests = cabinet.requests(session, me, {.before = {}, .max = 100}).items,
                        .consents = cabinet.consents(session, me, {.before = {}, .max = 100}, world.clock.now()).items,
                        .uses = cabinet.uses(session, me, {.before = {}, .max = 100}).items,
                        .looks = world.service->persons.supervision.of(session, me, {{}, 100}).items.size()};
        });
    }
    void expect_unseen(const people::Person& person, consent::RequestId request) {
        const Seen all = seen(person);
        EXPECT_THAT(all.requests, IsEmpty());
        EXPECT_THAT(all.consents, IsEmpty());
        EXPECT_THAT(all.uses, IsEmpty());
        EXPECT_THAT(kinds_of(subject(person).id), IsEmpty()) << "nor anything in the ledger";
        EXPECT_THAT(deliver(world), IsEmpty()) << "nor a message";
        const auto me = subject(person);
        const auto consent = world.consent_of(request);
        const PersonSide& side = world.service->persons;
        world.look([&](store::ReadSession& session) {
            EXPECT_FALSE(side.cabinet.request(session, me, request));
            EXPECT_FALSE(side.cabinet.consent(session, me, consent.id, world.clock.now()));
            EXPECT_TRUE(side.receipts.of_request(session, me, request).error().has(cabinet_not_found));
            EXPECT_TRUE(side.receipts.of_consent(session, me, consent.id, {}, world.clock.now())
                            .error()
                            .has(cabinet_not_found));
            if (consent.last_use) {
                EXPECT_TRUE(side.receipts.of_use(session, me, *consent.last_use, {}).error().has(cabinet_not_found));
            }
            EXPECT_THAT(world.records.person_rows.open_requests(session, me.id), IsEmpty());
            EXPECT_THAT(world.records.requests.of_subject(session, me.id, {}, 100), IsEmpty());
            EXPECT_THAT(world.records.use_refusals.of(session, me.id, {}, 100), IsEmpty());
            return true;
        });
        const Acting self{.by = me.id, .whose = me.id};
        const auto taken = world.unit([&](store::WriteSession& session) {
            return side.steering.withdraw(session, self, consent.id, world.clock.now());
        });
        EXPECT_TRUE(taken.has_error()) << "what is not there cannot be withdrawn";
    }
    Official official() {
        const auto who = subject(person::mother());
        return {.subject = who.id, .organisation = body_bin, .office = Office::authorized_body};
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, IsEmpty()); }

    World world;
};

// LAW-36.4: no deferral unless a named law provides it for that ground.
TEST_F(DeferringTest, WhatNoLawAllowsIsRefusedAndLeavesNothing) {
    struct Case {
        const char* name;
        std::function<void(AskCommand&)> change;
        const base::Reason* reason;
    };
    const auto by_rescuers = [](AskCommand& c) {
        c.initiator = "RESCUE";
        c.ask.purpose = "emergency-aid";
        c.ask.services = {"GBDFLUniversal_token"};
        c.ask.uses_max = 2;
        c.ask.ground = "94-V:9(5)";
    };
    const std::vector<Case> cases{
        {"an unknown law", [](auto& c) { c.deferral->law = "other"; }, &consent::deferral_law_unknown},
        {"no law", [](auto& c) { c.deferral->law = ""; }, &consent::deferral_law_unknown},
        {"another ground", by_rescuers, &consent::deferral_other_ground},
        {"one who may not decide", by_rescuers, &consent::deferral_not_decider},
        {"a consent that is asked for",
         [](auto& c) {
             c.initiator = "DEMOBANK";
             c.ask.uses_max = 1;
             c.ask.ground = "";
         },
         &consent::deferral_other_ground},
        {"longer than the law lets", [](auto& c) { c.deferral->until += 30 * 24h; }, &consent::deferral_too_long},
        {"for ever", [](auto& c) { c.deferral->until = base::Time::max(); }, &consent::deferral_too_long},
        {"into the past", [&](auto& c) { c.deferral->until = world.clock.now(); }, &consent::deferral_until_past},
        {"without a decision", [](auto& c) { c.deferral->decision = ""; }, &consent::deferral_decision_missing}};
    for (const Case& each : cases) {
        AskCommand wrong = command();
        each.change(wrong);
        const auto refused = try_ask(world, wrong);
        ASSERT_TRUE(refused.has_error()) << each.name;
        EXPECT_TRUE(refused.error().has(*each.reason)) << each.name << ": " << refused.error().first().code;
        // The same whether or not anybody is known: an answer tells nothing of who is.
        wrong.subject = person::unknown();
        EXPECT_TRUE(try_ask(world, wrong).error().has(*each.reason)) << each.name;
    }
    EXPECT_EQ(world.verify().entries, 0U);
    AskCommand nobody = command();
    nobody.subject = person::unknown();
    EXPECT_TRUE(try_ask(world, nobody).error().has(people::not_askable));
}

TEST_F(DeferringTest, UntilItsTimeNothingOfItIsSeen) {
    const auto request = deferred();
    expect_unseen(person::abai(), request);
    conclude(world, use(request), consent::UseState::delivered, records::StoredAnswer{200, "{}"});
    refused_use(request);
    world.clock.advance(24h);
    conclude(world, use(request), consent::UseState::unknown);
    expect_unseen(person::abai(), request);
    const auto deferral = of(request);
    EXPECT_EQ(kinds_of(deferral.id).front(), "deferral.begun");
    EXPECT_THAT(kinds_of(deferral.id), SizeIs(12)) << "all of it is in the ledger from the start";
    // One who looks at the person for the authorized body sees what the person sees.
    const auto look = world.unit([&](store::WriteSession& session) {
        return std::get<records::OfficialLook>(world.service->persons.supervision.begin(
            session, official(), person::abai().iin, "шағым", world.clock.now()));
    });
    const auto whose = world.look([&](store::ReadSession& session) {
        return world.service->persons.supervision.whose(session, official(), look.id, world.clock.now()).value();
    });
    EXPECT_EQ(whose.id, subject(person::abai()).id);
    // Nobody meets the subject of its own by walking through persons.
    world.look([&](store::ReadSession& session) {
        std::size_t abais = 0;
        world.records.subjects.each(
            session, [&](const records::Subject& each) { abais += each.person.iin == person::abai().iin; });
        EXPECT_EQ(abais, 1U);
        return true;
    });
    world.restart();
    EXPECT_THAT(seen(person::abai()).uses, IsEmpty());
    // A timer that comes too early changes nothing.
    fall_due(deferral.id);
    EXPECT_FALSE(of(request).disclosed);
    EXPECT_THAT(seen(person::abai()).uses, IsEmpty());
}

TEST_F(DeferringTest, AtItsTimeItJoinsOnceWithItsOwnTimes) {
    const auto began = world.clock.now();
    const auto request = deferred();
    const auto first = use(request, person::abai(), "k");
    conclude(world, first, consent::UseState::delivered, records::StoredAnswer{200, "{\"a\":1}"});
    refused_use(request);
    world.clock.advance(239h + 59min);
    const auto open = use(request);  // under way at the disclosure
    const auto before = kinds_of(of(request).id);
    to_the_end(request);
    const auto deferral = of(request);
    EXPECT_EQ(deferral.disclosed, deferral.due);
    EXPECT_EQ(deferral.how, records::Disclosure::due);

    const auto told = deliver(world);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].phone, *person::abai().phone);
    Seen all = seen(person::abai());
    ASSERT_THAT(all.requests, SizeIs(1));
    EXPECT_EQ(all.requests[0].created, began);
    ASSERT_THAT(all.consents, SizeIs(1));
    EXPECT_EQ(all.consents[0].consent.granted, began);
    EXPECT_EQ(all.consents[0].deferred->disclosed, deferral.due);
    EXPECT_EQ(all.consents[0].deferred->article, "12");
    ASSERT_THAT(all.uses, SizeIs(3));
    EXPECT_EQ(all.uses[2].id, std::min(first, all.uses[1].id));
    for (const UseView& view : all.uses) {
        EXPECT_LT(view.id.time(), deferral.due);
        ASSERT_TRUE(view.deferred);
        EXPECT_EQ(view.ground, "94-V:9(1)");
    }
    // The person's chain says that there is another one, which stays as it was.
    EXPECT_THAT(kinds_of(subject(person::abai()).id), ElementsAre("deferral.disclosed"));
    EXPECT_EQ(kinds_of(deferral.id), before);
    fall_due(deferral.id);
    EXPECT_THAT(kinds_of(subject(person::abai()).id), ElementsAre("deferral.disclosed"));
    EXPECT_THAT(deliver(world), IsEmpty());

    // From now on it is as any other: in the person's own chain, without a word of a deferral.
    conclude(world, open, consent::UseState::delivered);
    world.clock.advance(1s);
    const auto later = use(request);
    EXPECT_THAT(kinds_of(subject(person::abai()).id),
                ElementsAre("deferral.disclosed", "use.delivered", "token.issued", "use.reserved"));
    all = seen(person::abai());
    EXPECT_EQ(all.uses[0].id, later);
    EXPECT_FALSE(all.uses[0].deferred);
    // A repeat of a call of before gets the answer of before.
    const auto token = redeem(world, request, *world.registry.system("POLICE"));
    ASSERT_TRUE(token);
    UseCommand again = call_with(id_of(*token), person::abai().iin);
    again.receiver = "POLICE";
    again.idempotency_key = "k";
    world.clock.advance(-1h);
    EXPECT_EQ(std::get<Repeated>(reserve(world, again)).answer.body, "{\"a\":1}");
    world.restart();
    EXPECT_THAT(seen(person::abai()).uses, SizeIs(4));
}

// What is disclosed has its receipts, tied to the entries of then.
TEST_F(DeferringTest, ReceiptsOfWhatWasDisclosedNameTheEntriesOfThen) {
    const auto request = deferred();
    const auto id = use(request);
    world.clock.advance(1min);
    conclude(world, id, consent::UseState::delivered);
    to_the_end(request);
    const auto me = subject(person::abai());
    const auto consent = world.consent_of(request);
    const Receipts& receipts = world.service->persons.receipts;
    world.look([&](store::ReadSession& session) {
        const auto expect = [&](const base::Result<ReceiptFound>& found, std::string_view kind) {
            const auto entry = world.records.journal.at(session, found->journal_seq.value());
            EXPECT_EQ(entry->kind, kind);
            EXPECT_EQ(entry->subject, of(request).id);
        };
        expect(receipts.of_request(session, me, request), "request.granted");
        expect(receipts.of_consent(session, me, consent.id, 0, world.clock.now()), "consent.granted");
        expect(receipts.of_use(session, me, id, 0), "use.reserved");
        expect(receipts.of_use(session, me, id, 1), "use.delivered");
        return true;
    });
}

// The first entry of the other chain says whom it is about, so that no other chain can be given out for it.
TEST_F(DeferringTest, TheChainIsBoundToThePersonFromItsFirstEntryOn) {
    const auto deferral = of(deferred());
    world.store.readers().read([&](store::ReadSession& session) {
        world.records.journal.of_subject(session, deferral.id, 0, {.entries = 1}, [&](const records::JournalEntry& e) {
            const auto fact = boost::json::parse(world.records.journal.open(e)).as_object();
            const std::string text =
                "kelisim deferral " + deferral.id.to_string() + " " + std::string(person::abai().iin.reveal());
            EXPECT_EQ(fact.at("person").as_string(), base::to_base64url(crypto::sha256(base::as_bytes(text))));
            EXPECT_EQ(world.records.journal.open(e).find(subject(person::abai()).id.to_string()), std::string::npos);
        });
    });
}

TEST_F(DeferringTest, ItIsProlongedWithinTheLawAloneAndByItsAskerAlone) {
    const auto request = deferred();
    const auto begun = of(request).begun;
    const auto prolong = [&](std::string_view asker, base::Time until, std::string_view decision = "№ 8") {
        const auto id = of(request).id;
        return world.unit([&](store::WriteSession& session) {
            return deferring().prolong(session, asker, id, until, decision, world.clock.now());
        });
    };
    EXPECT_TRUE(prolong("RESCUE", begun + 480h).error().has(deferral_not_found));
    EXPECT_TRUE(prolong("POLICE", begun + 30 * 24h + 1us).error().has(consent::deferral_too_long));
    EXPECT_TRUE(prolong("POLICE", begun + 240h).error().has(consent::deferral_until_past)) << "not later";
    EXPECT_TRUE(prolong("POLICE", begun + 480h, "").error().has(consent::deferral_decision_missing));
    EXPECT_EQ(of(request).due, begun + 240h);
    EXPECT_TRUE(prolong("POLICE", begun + 30 * 24h).has_value());
    EXPECT_EQ(of(request).decision, "№ 8");
    world.clock.advance(240h);
    fall_due(of(request).id);
    expect_unseen(person::abai(), request);
    world.clock.advance(480h);
    EXPECT_TRUE(prolong("POLICE", begun + 31 * 24h).error().has(deferral_over)) << "over before the timer has run";
    fall_due(of(request).id);
    EXPECT_TRUE(of(request).disclosed);
    EXPECT_TRUE(prolong("POLICE", begun + 31 * 24h).error().has(deferral_over));
}

TEST_F(DeferringTest, TheAskerOrTheAuthorizedBodyEndsItEarlier) {
    const auto one = deferred(), other = deferred(person::ybyrai());
    const auto by_asker = [&](consent::SubjectId id, std::string_view asker) {
        return world.unit(
            [&](store::WriteSession& session) { return deferring().disclose(session, asker, id, world.clock.now()); });
    };
    const auto by_body = [&](consent::SubjectId id, std::string_view reason) {
        return world.unit([&](store::WriteSession& session) {
            return deferring().disclose(session, official(), id, reason, world.clock.now());
        });
    };
    world.clock.advance(1h);
    EXPECT_TRUE(by_asker(of(one).id, "RESCUE").error().has(deferral_not_found));
    EXPECT_TRUE(by_asker(subject(person::abai()).id, "POLICE").error().has(deferral_not_found));
    EXPECT_TRUE(by_asker(of(one).id, "POLICE").has_value());
    EXPECT_TRUE(by_asker(of(one).id, "POLICE").error().has(deferral_over));
    EXPECT_TRUE(by_asker(of(one).id, "RESCUE").error().has(deferral_not_found));
    EXPECT_EQ(of(one).how, records::Disclosure::asker);
    EXPECT_TRUE(by_body(of(other).id, "").error().has(look_reason_missing));
    EXPECT_FALSE(of(other).disclosed);
    EXPECT_TRUE(by_body(of(other).id, "шағым № 3").has_value());
    EXPECT_EQ(of(other).how, records::Disclosure::authorized_body);
    EXPECT_THAT(world.journal_of(of(other).id),
                ElementsAre("deferral.begun", "deferral.ordered", "deferral.disclosed"));
    EXPECT_THAT(seen(person::abai()).requests, SizeIs(1));
    EXPECT_THAT(seen(person::ybyrai()).requests, SizeIs(1));
    EXPECT_THAT(deliver(world), SizeIs(2));
}

TEST_F(DeferringTest, TheAuthorizedBodySeesTotalsAndNoPersons) {
    const auto one = deferred();
    deferred(person::abai(), 120h);
    deferred(person::ybyrai());
    const auto month = deferring().month_of(world.clock.now());
    const auto totals = [&](const std::string& of_month) {
        return world.unit([&](store::WriteSession& session) {
            return deferring().totals(session, official(), of_month, world.clock.now());
        });
    };
    auto found = totals(month);
    ASSERT_THAT(found.rows, SizeIs(1));
    EXPECT_EQ(found.rows[0].asker, "POLICE");
    EXPECT_EQ(found.rows[0].ground, "94-V:9(1)");
    EXPECT_EQ(found.rows[0].law, "search-act");
    EXPECT_EQ(found.rows[0].open, 3);
    EXPECT_EQ(found.rows[0].disclosed, 0);
    EXPECT_EQ(found.rows[0].oldest_due, world.clock.now() + 120h);
    EXPECT_EQ(found.open.count, 3);
    to_the_end(one);
    found = totals(month);
    EXPECT_EQ(found.rows[0].open, 2);
    EXPECT_EQ(found.rows[0].disclosed, 1);
    EXPECT_THAT(totals("1999-01").rows, IsEmpty());
    EXPECT_EQ(totals("1999-01").open.count, 2);
    const auto page = world.unit([&](store::WriteSession& session) {
        return deferring().open(session, official(), {.before = {}, .max = 1}, world.clock.now());
    });
    ASSERT_THAT(page.items, SizeIs(1));
    EXPECT_TRUE(page.next);
    // That somebody looked is on record, five times, and is no person's entry.
    std::size_t looks = 0;
    world.store.readers().read([&](store::ReadSession& session) {
        world.records.journal.each_after(session, 0, 1000, [&](const records::JournalEntry& entry) {
            if (entry.kind != "deferral.looked") return;
            ++looks;
            EXPECT_FALSE(entry.subject);
        });
    });
    EXPECT_EQ(looks, 5U);
    const auto own = world.look([&](store::ReadSession& session) {
        return deferring().of_asker(session, "POLICE", {.before = {}, .max = 100}).items;
    });
    EXPECT_THAT(own, SizeIs(3));
    EXPECT_THAT(world.look([&](store::ReadSession& session) {
        return deferring().of_asker(session, "RESCUE", {.before = {}, .max = 100}).items;
    }),
                IsEmpty());
}

// LAW-36.2: who represents the person hears of it when the person would, and not before.
TEST_F(DeferringTest, ARepresentativeIsToldAtTheDisclosureAlone) {
    const auto request = deferred(person::minor());
    conclude(world, use(request, person::minor()), consent::UseState::delivered);
    expect_unseen(person::minor(), request);
    EXPECT_THAT(kinds_of(subject(person::mother()).id), IsEmpty());
    to_the_end(request);
    const auto told = deliver(world);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].phone, *person::mother().phone);
}

// LAW-40.2: the erasure takes the data; that there was access is told in the ledger at its time all the same.
TEST_F(DeferringTest, AnErasureInBetweenEndsItAndTheLedgerTellsItAtItsTime) {
    const auto request = deferred();
    const auto me = subject(person::abai()).id;
    const auto deferral = of(request);
    use(request);
    world.unit(
        [&](store::WriteSession& session) { erase_person(world.service->parts, session, me, world.clock.now()); });
    world.look([&](store::ReadSession& session) {
        EXPECT_FALSE(world.records.subjects.find(session, deferral.id)) << "nothing of it opens any more";
        return true;
    });
    EXPECT_THAT(kinds_of(me), ElementsAre("subject.erased"));
    EXPECT_THAT(world.verify().findings, IsEmpty());
    world.clock.advance(240h);
    fall_due(deferral.id);
    EXPECT_THAT(kinds_of(me), ElementsAre("subject.erased", "deferral.disclosed"));
    EXPECT_THAT(deliver(world), IsEmpty());
}

// The end of the consent, and of what it rests on, tells the person nothing before.
TEST_F(DeferringTest, TheEndOfTheConsentIsNotToldBefore) {
    AskCommand short_one = command();
    short_one.ask.term = base::parse_period("P1D").value();
    const auto request = try_ask(world, short_one).value().id;
    world.clock.advance(48h);
    world.unit([&](store::WriteSession& session) {
        world.service->answers.expire_consent(session, world.consent_of(request).id, world.clock.now());
    });
    EXPECT_EQ(world.consent_of(request).state, consent::ConsentState::expired);
    expect_unseen(person::abai(), request);
    to_the_end(request);
    EXPECT_EQ(seen(person::abai()).consents.at(0).consent.state, consent::ConsentState::expired);
}

// Whoever changes the books behind the service's back is found.
TEST_F(DeferringTest, TheVerifierHoldsRowsAgainstTheJournal) {
    const auto request = deferred();
    to_the_end(request);
    static const store::Statement hidden{"t_hidden", "UPDATE deferral SET disclosed = NULL, how = NULL"};
    ASSERT_EQ(world.store.tamper(hidden), 1U);
    EXPECT_THAT(world.verify().findings, ::testing::Contains(HasSubstr("is another one than the journal says")));
    static const store::Statement back{"t_back", "UPDATE deferral SET disclosed = due, how = 0"};
    ASSERT_EQ(world.store.tamper(back), 1U);
}

}  // namespace
}  // namespace kelisim::access
