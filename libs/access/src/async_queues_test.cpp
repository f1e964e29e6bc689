// SPDX-License-Identifier: Apache-2.0
#include "access/async_queues.hpp"

#include <gmock/gmock.h>

#include "access/exchanges.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"
#include "token_ends.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using namespace std::chrono_literals;
using consent::UseState;
using records::AsyncKind;
using records::AsyncMessage;
using records::AsyncMessageId;
using records::AsyncState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// INT-2.15, MON-9a
class AsyncQueuesTest : public ::testing::Test {
protected:
    AsyncQueues queues() { return {world.service->parts, {.waiting_max = 5, .pushed = {"DEMOBANK"}}}; }
    template <class F>
    auto unit(F work) {
        const AsyncQueues of = queues();
        return world.unit([&](store::WriteSession& session) { return work(of, session, world.clock.now()); });
    }
    template <class F>
    auto look(F work) {
        const AsyncQueues of = queues();
        return world.look([&](store::ReadSession& session) { return work(of, session); });
    }
    Posted request(std::string_view text = "text", std::string_view own_id = "") {
        return {.id = AsyncMessageId::make(world.clock.now(), {}, world.entropy),
                .conversation = records::ConversationId::make(world.clock.now(), {}, world.entropy),
                .sender = "DEMOBANK",
                .service = "GbdulInfoByBin_v2",
                .kind = AsyncKind::request,
                .own_id = std::string(own_id),
                .digest = crypto::sha256(base::as_bytes(text)),
                .bytes = static_cast<std::int64_t>(text.size()),
                .content = "content: " + std::string(text),
                .receiver = "GBDUL",
                .session = base::RawId::make(world.clock.now(), {}, world.entropy)};
    }
    Posted response(const AsyncQueues::Taken& to, std::string_view text = "answer") {
        Posted posted = request(text);
        posted.conversation = to.conversation;
        posted.sender = "GBDUL";
        posted.kind = AsyncKind::response;
        posted.receiver.clear();
        posted.gives_data = true;
        return posted;
    }
    base::Result<AsyncQueues::Taken> accept(const Posted& posted) {
        return unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            return of.accept(session, posted, now);
        });
    }
    AsyncQueues::Taken accepted(const Posted& posted) { return accept(posted).value(); }
    const base::Reason* refused(const Posted& posted) {
        const auto taken = accept(posted);
        return taken.has_error() ? &taken.error().first() : nullptr;
    }
    AsyncMessage message(AsyncMessageId id) {
        return look([&](const AsyncQueues&, store::ReadSession& session) {
            return world.records.async_messages.find(session, id).value();
        });
    }
    std::vector<AsyncMessageId> waiting(std::string_view receiver = "GBDUL") {
        std::vector<AsyncMessageId> ids;
        world.look([&](store::ReadSession& session) {
            for (const auto& each : world.records.async_messages.waiting(session, receiver, "GbdulInfoByBin_v2", 100))
                ids.push_back(each.id);
            return true;
        });
        return ids;
    }
    std::optional<std::string> content(AsyncMessageId id) {
        return world.look([&](store::ReadSession& session) {
            return world.records.async_messages.content(session, *world.records.async_messages.find(session, id));
        });
    }
    records::AsyncQueue queue(std::string_view receiver = "GBDUL") {
        return world.look([&](store::ReadSession& session) {
            return world.records.async_messages.queues_of(session, receiver).front();
        });
    }
    bool attempt(AsyncMessageId id) {
        return unit(
            [&](const AsyncQueues& of, store::WriteSession& session, base::Time) { return of.attempt(session, id); });
    }
    void fail(AsyncMessageId id, const AsyncFailure& failure) {
        EXPECT_TRUE(attempt(id));
        unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            of.note_failure(session, id, failure, now);
            return true;
        });
    }
    const base::Reason* deliver(AsyncMessageId id) {
        const auto done = unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            return of.deliver(session, id, now);
        });
        return done.has_error() ? &done.error().first() : nullptr;
    }
    const base::Reason* refuse(AsyncMessageId id) {
        const auto done = unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            return of.refuse(session, id, now);
        });
        return done.has_error() ? &done.error().first() : nullptr;
    }
    const base::Reason* stop(AsyncMessageId id) {
        const auto done = unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            return of.stop(session, id, now);
        });
        return done.has_error() ? &done.error().first() : nullptr;
    }
    void give_up() {
        unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            of.give_up(session, now);
            return true;
        });
    }
    template <class Order>
    const base::Reason* order(Order what, AsyncMessageId id) {
        const auto done = unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
            return (of.*what)(session, id, {.official = {}, .organisation = "000140000072", .reason = "asked"}, now);
        });
        return done.has_error() ? &done.error().first() : nullptr;
    }
    std::vector<AsyncState> told() {
        std::vector<AsyncState> states;
        world.look([&](store::ReadSession& session) {
            for (const auto& each : world.records.async_messages.notices_due(session, world.clock.now(), 100))
                states.push_back(each.state);
            return true;
        });
        return states;
    }
    void TearDown() override { EXPECT_THAT(world.verify().findings, ElementsAre()); }

    World world;
};

TEST_F(AsyncQueuesTest, WaitsInOrderAlsoAfterARestart) {
    std::vector<AsyncMessageId> ids;
    for (const char* text : {"1", "2", "3"})
        ids.push_back(accepted(request(text)).id);
    world.restart();
    EXPECT_EQ(waiting(), ids);
    EXPECT_EQ(content(ids[0]), "content: 1");
    EXPECT_EQ(world.store.raw_bytes().find("content: "), std::string::npos) << "sealed";
    EXPECT_EQ(deliver(ids[0]), nullptr);
    EXPECT_EQ(waiting(), (std::vector{ids[1], ids[2]}));
    EXPECT_EQ(content(ids[0]), std::nullopt) << "a message that was settled is not kept";
    EXPECT_EQ(queue().waiting, 2);
    EXPECT_THAT(world.journal_of(ids[0]), ElementsAre("message.accepted", "message.delivered"));
}

TEST_F(AsyncQueuesTest, ARepeatGetsTheSameIds) {
    const auto first = accepted(request());
    const auto again = accepted(request());
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(again.conversation, first.conversation);
    EXPECT_EQ(deliver(first.id), nullptr);
    EXPECT_EQ(accepted(request()).id, first.id) << "also when it is delivered";
    EXPECT_THAT(waiting(), IsEmpty());
    Posted other = request();
    other.sender = "DEMOINS";
    EXPECT_NE(accepted(other).id, first.id) << "of another sender it is another one";
    world.clock.advance(base::limits::message_remembered + 1s);
    EXPECT_NE(accepted(request()).id, first.id);
}

TEST_F(AsyncQueuesTest, AnIdOfTheSendersOwnStandsForOneMessage) {
    const auto first = accepted(request("text", "m-1"));
    EXPECT_EQ(accepted(request("text", "m-1")).id, first.id);
    EXPECT_EQ(refused(request("other", "m-1")), &message_id_reused);
    EXPECT_NE(accepted(request("text", "m-2")).id, first.id);
    EXPECT_EQ(world.store.raw_bytes().find("m-1"), std::string::npos) << "ids may name persons";
}

TEST_F(AsyncQueuesTest, AnOwnerMayAnswerWithTheIdsThatItGot) {
    const auto asked = accepted(request());
    Posted notice = response(asked, "seen"), answer = response(asked, "data");
    notice.kind = AsyncKind::notification;
    notice.gives_data = false;
    notice.own_id = answer.own_id = asked.id.to_string();
    const auto first = accepted(notice), second = accepted(answer);
    EXPECT_NE(first.id, second.id);
    EXPECT_EQ(waiting("DEMOBANK"), (std::vector{first.id, second.id}));
}

TEST_F(AsyncQueuesTest, OnlyWhoTalksInAConversationMaySayMoreInIt) {
    const auto asked = accepted(request());
    Posted stranger = response(asked);
    stranger.sender = "DEMOINS";
    EXPECT_EQ(refused(stranger), &conversation_unknown);
    Posted elsewhere = response(asked);
    elsewhere.service = "MCDB_SERVICE";
    EXPECT_EQ(refused(elsewhere), &conversation_unknown);
    const AsyncQueues::Taken nothing{.id = asked.id, .conversation = request().conversation};
    EXPECT_EQ(refused(response(nothing)), &conversation_unknown);
    EXPECT_THAT(waiting("DEMOBANK"), IsEmpty());
    const auto answer = accepted(response(asked));
    EXPECT_EQ(waiting("DEMOBANK"), std::vector{answer.id});
    Posted more = request("more");
    more.kind = AsyncKind::update;
    more.conversation = asked.conversation;
    more.receiver.clear();
    const auto said = accepted(more);
    EXPECT_EQ(waiting(), (std::vector{asked.id, said.id})) << "to the other side";
}

TEST_F(AsyncQueuesTest, AFullQueueRefusesAndLosesNothing) {
    std::vector<AsyncMessageId> ids;
    for (const char* text : {"1", "2", "3", "4", "5"})
        ids.push_back(accepted(request(text)).id);
    EXPECT_EQ(refused(request("6")), &receiver_queue_full);
    EXPECT_EQ(accepted(request("3")).id, ids[2]) << "what was accepted is answered again";
    Posted elsewhere = request("7");
    elsewhere.receiver = "BMG";
    EXPECT_EQ(refused(elsewhere), nullptr) << "the queue of another receiver";
    EXPECT_EQ(waiting(), ids);
    EXPECT_EQ(deliver(ids[0]), nullptr);
    EXPECT_EQ(refused(request("6")), nullptr);
    Posted large = request("8");
    large.receiver = "BMG";
    large.bytes = base::limits::async_waiting_bytes_max + 1;
    EXPECT_EQ(refused(large), &receiver_queue_full);
}

TEST_F(AsyncQueuesTest, AFailureLetsTheQueueRestLongerAndLonger) {
    const auto id = accepted(request()).id;
    const base::Time now = world.clock.now();
    fail(id, {.code = "no_answer"});
    EXPECT_EQ(queue().next, now + 1s);
    fail(id, {.code = "no_answer"});
    EXPECT_EQ(queue().next, now + 2s);
    EXPECT_EQ(message(id).error, "no_answer");
    EXPECT_EQ(message(id).attempts, 2);
    EXPECT_EQ(async_delay(1'000), base::limits::async_retry_max);
    EXPECT_EQ(deliver(id), nullptr);
    EXPECT_EQ(queue().failures, 0);
    EXPECT_THAT(told(), ElementsAre(AsyncState::delivered));
    EXPECT_EQ(deliver(id), nullptr) << "an acknowledgement may come twice";
    EXPECT_THAT(told(), ElementsAre(AsyncState::delivered));
}

TEST_F(AsyncQueuesTest, WhatItsReceiverRefusesForGoodIsStopped) {
    const auto id = accepted(request()).id;
    EXPECT_EQ(refuse(id), nullptr);
    EXPECT_EQ(message(id).state, AsyncState::stopped);
    EXPECT_EQ(content(id), std::nullopt);
    EXPECT_EQ(deliver(id), &async_message_settled);
    EXPECT_EQ(refuse(id), &async_message_settled);
    EXPECT_EQ(stop(id), &async_message_settled);
    EXPECT_FALSE(attempt(id));
    EXPECT_THAT(told(), ElementsAre(AsyncState::stopped));
    EXPECT_EQ(refuse(request().id), &async_message_unknown);
    EXPECT_EQ(stop(request().id), &async_message_unknown);
}

TEST_F(AsyncQueuesTest, WhatWaitsTooLongGoesToTheOperatorWhoLetsItWaitAnew) {
    const auto id = accepted(request()).id;
    EXPECT_EQ(order(&AsyncQueues::replay, id), &async_message_unknown) << "it waits";
    world.clock.advance(base::limits::async_wait);
    give_up();
    EXPECT_EQ(message(id).state, AsyncState::waiting);
    world.clock.advance(1s);
    give_up();
    EXPECT_EQ(message(id).state, AsyncState::given_up);
    EXPECT_EQ(queue().waiting, 0);
    EXPECT_THAT(told(), ElementsAre(AsyncState::given_up));
    world.restart();
    EXPECT_EQ(order(&AsyncQueues::replay, id), nullptr);
    EXPECT_EQ(waiting(), std::vector{id});
    EXPECT_EQ(content(id), "content: text");
    give_up();
    EXPECT_EQ(deliver(id), nullptr) << "its term began anew";
    EXPECT_THAT(world.journal_of(id),
                ElementsAre("message.accepted", "message.given_up", "message.replayed", "message.delivered"));
}

// 418-V ст.46(1)
TEST_F(AsyncQueuesTest, WhoLooksAtWhatWasGivenUpIsOnRecord) {
    const auto id = accepted(request()).id;
    const RegistryChanges::Order by{.official = {}, .organisation = "000140000072", .reason = {}};
    for (const auto& which : {std::optional<records::AsyncMessageId>(), std::optional(id)}) {
        world.unit([&](store::WriteSession& session) {
            queues().note_look(session, which, by, world.clock.now());
            return true;
        });
    }
    EXPECT_THAT(world.journal_of(id), ElementsAre("message.accepted", "message.seen"));
    int listed = 0;
    world.look([&](store::ReadSession& session) {
        world.records.journal.each_after(session, 0, 1'000'000, [&](const records::JournalEntry& entry) {
            if (entry.kind == "message.listed") ++listed;
        });
        return true;
    });
    EXPECT_EQ(listed, 1);
}

TEST_F(AsyncQueuesTest, WhatIsRefusedAgainAndAgainDoesNotHoldUpTheOthers) {
    const auto first = accepted(request("1")).id, second = accepted(request("2")).id;
    for (std::int64_t i = 0; i < base::limits::async_refusals_max; ++i) {
        EXPECT_EQ(waiting(), (std::vector{first, second}));
        fail(first, {.code = "fault", .refused = true});
    }
    EXPECT_EQ(waiting(), std::vector{second});
    EXPECT_EQ(message(first).state, AsyncState::given_up);
    EXPECT_EQ(order(&AsyncQueues::give_back, first), nullptr);
    EXPECT_EQ(message(first).state, AsyncState::returned);
    EXPECT_EQ(content(first), std::nullopt);
    EXPECT_EQ(order(&AsyncQueues::replay, first), &async_message_unknown);
    EXPECT_EQ(order(&AsyncQueues::give_back, second), &async_message_unknown) << "it waits";
}

// 307/НК п.45-7
class AsyncUsesTest : public AsyncQueuesTest {
protected:
    Posted personal(std::string_view text = "text") {
        const auto decision = reserve(world, call_with(id_of(token), person::abai().iin));
        Posted posted = request(text);
        posted.service = "GBDFLUniversal_token";
        posted.receiver = "GBDFL";
        posted.parts = {{.number = 0, .use = std::get<Reserved>(decision).id}};
        return posted;
    }
    Posted answer_to(const AsyncQueues::Taken& to, std::string_view text = "answer") {
        Posted posted = response(to, text);
        posted.sender = "GBDFL";
        posted.service = "GBDFLUniversal_token";
        return posted;
    }
    UseState state_of(consent::UseId id) {
        return world.look([&](store::ReadSession& session) { return world.records.uses.find(session, id)->use.state; });
    }
    void book() {
        const auto parts = look([](const AsyncQueues& of, store::ReadSession& session) { return of.to_book(session); });
        for (const records::BookedPart& each : parts) {
            unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time now) {
                of.book(session, each, now);
                of.book(session, each, now);
                return true;
            });
            unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time) {
                of.note_booked(session, each);
                return true;
            });
        }
    }
    void sweep() {
        world.unit(
            [&](store::WriteSession& session) { access::sweep(world.service->parts, session, world.clock.now()); });
    }
    bool stands(AsyncMessageId id) {
        const AsyncMessage of_message = message(id);
        return look([&](const AsyncQueues& of, store::ReadSession& session) { return of.stands(session, of_message); });
    }

    const consent::RequestId asked = granted(world, person::abai());
    const IssuedToken token = redeem(world, asked, world.bank()).value();
};

TEST_F(AsyncUsesTest, TheAnswerConcludesTheUseHoweverLateItComes) {
    const Posted posted = personal();
    const auto taken = accepted(posted);
    world.clock.advance(24h);
    sweep();
    EXPECT_EQ(deliver(taken.id), nullptr);
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::reserved);
    accepted(answer_to(taken));
    world.restart();
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::delivered);
    EXPECT_EQ(refused(answer_to(taken, "more data")), &conversation_answered) << "one use, one answer";
    Posted notice = answer_to(taken, "a word");
    notice.kind = AsyncKind::notification;
    notice.gives_data = false;
    EXPECT_EQ(refused(notice), nullptr);
}

TEST_F(AsyncUsesTest, WhatNeverArrivedIsNobodysUse) {
    const Posted posted = personal();
    const auto id = accepted(posted).id;
    fail(id, {.code = "not_reached", .arrived = false});
    world.clock.advance(base::limits::async_wait + 1s);
    give_up();
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::not_sent);
    EXPECT_EQ(order(&AsyncQueues::replay, id), &async_message_use_over) << "it would go without a use";
}

TEST_F(AsyncUsesTest, WhatMayHaveArrivedIsUnknown) {
    const Posted posted = personal();
    fail(accepted(posted).id, {.code = "no_answer"});
    world.clock.advance(base::limits::async_wait + 1s);
    give_up();
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::unknown);
}

TEST_F(AsyncUsesTest, WhatStopsWithItsConsentMayHaveArrivedBefore) {
    const Posted posted = personal();
    const auto id = accepted(posted).id;
    EXPECT_TRUE(attempt(id));
    EXPECT_EQ(stop(id), nullptr);
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::unknown);
}

TEST_F(AsyncUsesTest, WhatItsReceiverDidNotTakeIsNobodysUse) {
    const Posted posted = personal();
    const auto id = accepted(posted).id;
    EXPECT_TRUE(attempt(id));
    EXPECT_EQ(refuse(id), nullptr);
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::not_sent);
}

TEST_F(AsyncUsesTest, AUseWithoutAnAnswerIsUnknownAtLast) {
    const Posted posted = personal();
    EXPECT_EQ(deliver(accepted(posted).id), nullptr);
    world.clock.advance(base::limits::async_answer_wait + 1s);
    give_up();
    book();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::unknown);
}

TEST_F(AsyncUsesTest, AUseWhoseMessageWasNeverTakenIsSwept) {
    const Posted posted = personal();
    world.clock.advance(2h);
    sweep();
    EXPECT_EQ(state_of(*posted.parts.at(0).use), UseState::unknown);
}

TEST_F(AsyncUsesTest, NothingGoesOnUnderATokenThatWasTakenBack) {
    const auto id = accepted(personal()).id;
    world.clock.advance(24h);
    EXPECT_TRUE(stands(id)) << "a token that is over was not taken back";
    world.unit([&](store::WriteSession& session) {
        end_tokens(world.service->parts, session, *world.request(asked).consent, Ends::all_tokens, world.clock.now());
    });
    EXPECT_FALSE(stands(id));
    EXPECT_TRUE(stands(accepted(request("of no person")).id));
}

// KDP-2.8: each of several persons has a use.
class AsyncPersonsTest : public AsyncUsesTest {
protected:
    consent::UseId use_of(const people::Person& person, const IssuedToken& under) {
        return std::get<Reserved>(reserve(world, call_with(id_of(under), person.iin))).id;
    }
    AsyncQueues::Taken accepted_for_both() {
        Posted posted = request();
        posted.service = "GBDFLUniversal_token";
        posted.receiver = "GBDFL";
        posted.parts = {
            {.number = 1, .use = abais}, {.number = 2, .refused = "use_token_ended"}, {.number = 3, .use = ybyrais}};
        return accepted(posted);
    }
    void withdraw(consent::RequestId of) {
        world.unit([&](store::WriteSession& session) {
            end_tokens(world.service->parts, session, *world.request(of).consent, Ends::all_tokens, world.clock.now());
        });
    }
    std::vector<std::int64_t> to_leave_out(AsyncMessageId id) {
        const AsyncMessage of_message = message(id);
        return look(
            [&](const AsyncQueues& of, store::ReadSession& session) { return of.to_leave_out(session, of_message); });
    }
    bool leave_out(AsyncMessageId id, const std::vector<std::int64_t>& numbers) {
        return unit([&](const AsyncQueues& of, store::WriteSession& session, base::Time) {
            return of.leave_out(session, id, numbers, "less");
        });
    }

    const consent::RequestId of_ybyrai = granted(world, person::ybyrai());
    const IssuedToken his = redeem(world, of_ybyrai, world.bank()).value();
    const consent::UseId abais = use_of(person::abai(), token);
    const consent::UseId ybyrais = use_of(person::ybyrai(), his);
};

TEST_F(AsyncPersonsTest, OneAnswerConcludesTheUsesOfAll) {
    const auto taken = accepted_for_both();
    world.clock.advance(24h);
    sweep();
    EXPECT_EQ(state_of(ybyrais), UseState::reserved) << "a conversation waits for it";
    EXPECT_EQ(deliver(taken.id), nullptr);
    accepted(answer_to(taken));
    world.restart();
    book();
    EXPECT_EQ(state_of(abais), UseState::delivered);
    EXPECT_EQ(state_of(ybyrais), UseState::delivered);
    EXPECT_EQ(refused(answer_to(taken, "more data")), &conversation_answered);
}

TEST_F(AsyncPersonsTest, WhoWithdrewIsLeftOutAndTheOthersGoOn) {
    const auto id = accepted_for_both().id;
    EXPECT_TRUE(stands(id));
    EXPECT_THAT(to_leave_out(id), IsEmpty());
    withdraw(asked);
    EXPECT_FALSE(stands(id));
    EXPECT_THAT(to_leave_out(id), ElementsAre(1));
    EXPECT_FALSE(leave_out(id, {1, 3})) << "not what is to be left out";
    EXPECT_TRUE(leave_out(id, {1}));
    EXPECT_FALSE(leave_out(id, {1})) << "once";
    EXPECT_TRUE(stands(id)) << "of those who are left";
    EXPECT_EQ(content(id), "less");
    book();
    EXPECT_EQ(state_of(abais), UseState::not_sent);
    EXPECT_EQ(state_of(ybyrais), UseState::reserved);
    EXPECT_EQ(deliver(id), nullptr);
    EXPECT_FALSE(leave_out(id, {3})) << "it left";
}

TEST_F(AsyncPersonsTest, WhatMayHaveArrivedWithSomebodyInItIsUnknown) {
    const auto id = accepted_for_both().id;
    fail(id, {.code = "no_answer"});
    withdraw(asked);
    EXPECT_TRUE(leave_out(id, {1}));
    book();
    EXPECT_EQ(state_of(abais), UseState::unknown);
}

TEST_F(AsyncPersonsTest, WhenAllWithdrewNobodyIsLeft) {
    const auto id = accepted_for_both().id;
    withdraw(asked);
    withdraw(of_ybyrai);
    EXPECT_FALSE(stands(id));
    EXPECT_THAT(to_leave_out(id), IsEmpty());
    EXPECT_EQ(stop(id), nullptr);
    book();
    EXPECT_EQ(state_of(abais), UseState::not_sent);
    EXPECT_EQ(state_of(ybyrais), UseState::not_sent);
}

TEST_F(AsyncPersonsTest, AnAnswerIsAboutAllOrNobody) {
    const auto taken = accepted_for_both();
    EXPECT_EQ(deliver(taken.id), nullptr);
    const auto answer = accepted(answer_to(taken)).id;
    withdraw(asked);
    EXPECT_FALSE(stands(answer));
    EXPECT_THAT(to_leave_out(answer), IsEmpty()) << "nothing of an answer is cut";
}

TEST_F(AsyncQueuesTest, WhatIsSettledIsForgottenWhenItsTermIsOver) {
    const auto id = accepted(request()).id;
    EXPECT_EQ(deliver(id), nullptr);
    world.clock.advance(base::limits::async_kept + 1s);
    give_up();
    world.look([&](store::ReadSession& session) {
        EXPECT_FALSE(world.records.async_messages.find(session, id));
        return true;
    });
    EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace kelisim::access
