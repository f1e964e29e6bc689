// SPDX-License-Identifier: Apache-2.0
// What the queues of the asynchronous channel promise on every engine: order, quota, once, all or nothing, also where a commit
// fails, several threads are at it, or the server of the database dies.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <set>
#include <thread>

#include "access/async_queues.hpp"
#include "access/exchanges.hpp"
#include "access/testing.hpp"
#include "base/limits.hpp"
#include "registry/contours.hpp"
#include "store_postgres/contract_engine.hpp"
#include "store_postgres/temporary_server.hpp"
#include "store_sqlite/contract_engine.hpp"

namespace kelisim::access {
namespace {

using namespace std::chrono_literals;
using records::AsyncKind;
using records::AsyncMessage;
using records::AsyncMessageId;
using records::AsyncState;
using store::contract::CommitFault;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t waiting_max = 5;

store_postgres::test::TemporaryServer& shared_server() {
    static store_postgres::test::TemporaryServer server({"fsync=off", "full_page_writes=off"});
    return server;
}

store_postgres::Options postgres_options(store_postgres::test::TemporaryServer& server) {
    store_postgres::Options options;
    options.connection = base::Secret<std::string>(server.make_database());
    options.batches.reopen_pause = 0ms;
    if (&server == &shared_server()) options.test_hooks.durability = store_postgres::TestHooks::Durability::not_needed;
    return options;
}

std::unique_ptr<store::contract::Engine> make_sqlite() {
    store_sqlite::Options options;
    options.batches.reopen_pause = 0ms;
    options.test_hooks.synchronous = store_sqlite::TestHooks::Synchronous::off;
    return std::make_unique<store_sqlite::ContractEngine>(options);
}
std::unique_ptr<store::contract::Engine> make_postgres() {
    return std::make_unique<store_postgres::ContractEngine>(postgres_options(shared_server()));
}

// The queues on one engine; a channel to DEMOBANK, which is called, and to GBDUL, which asks.
class Queues {
public:
    explicit Queues(std::unique_ptr<store::contract::Engine> engine) : engine_(std::move(engine)) {}

    store::contract::Engine& engine() { return *engine_; }
    const records::AsyncMessages& messages() const { return records_.async_messages; }
    testing::TestClock& clock() { return clock_; }

    template <class F>
    auto unit(F work) {
        return store::run(engine_->writer(), [&](store::WriteSession& session) { return work(queues_, session); });
    }
    template <class F>
    auto look(F work) {
        std::optional<std::invoke_result_t<F&, store::ReadSession&>> found;
        engine_->readers().read([&](store::ReadSession& session) { found.emplace(work(session)); });
        return std::move(*found);
    }
    void restart() {
        engine_->close();
        engine_->open();
    }

    Posted request(std::string_view text, std::string_view receiver = "GBDUL") {
        return {.id = AsyncMessageId::make(clock_.now(), {}, entropy_),
                .conversation = records::ConversationId::make(clock_.now(), {}, entropy_),
                .sender = "DEMOBANK",
                .service = "GbdulInfoByBin_v2",
                .kind = AsyncKind::request,
                .digest = crypto::sha256(base::as_bytes(text)),
                .bytes = static_cast<std::int64_t>(text.size()),
                .content = "content: " + std::string(text),
                .receiver = std::string(receiver),
                .session = base::RawId::make(clock_.now(), {}, entropy_)};
    }
    base::Result<AsyncQueues::Taken> accept(const Posted& posted) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            return queues.accept(session, posted, clock_.now());
        });
    }
    AsyncMessageId accepted(std::string_view text) { return accept(request(text)).value().id; }
    bool attempt(AsyncMessageId id) {
        return unit(
            [&](const AsyncQueues& queues, store::WriteSession& session) { return queues.attempt(session, id); });
    }
    void fail(AsyncMessageId id, const AsyncFailure& failure) {
        unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            queues.note_failure(session, id, failure, clock_.now());
            return true;
        });
    }
    bool deliver(AsyncMessageId id) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            return queues.deliver(session, id, clock_.now()).has_value();
        });
    }
    bool stop(AsyncMessageId id) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            return queues.refuse(session, id, clock_.now()).has_value();
        });
    }
    bool end_with_consent(AsyncMessageId id) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            return queues.stop(session, id, clock_.now()).has_value();
        });
    }
    bool withhold(AsyncMessageId id) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            return queues.withhold(session, id, registry::contour_state_secrets, clock_.now()).has_value();
        });
    }
    void give_up() {
        unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            queues.give_up(session, clock_.now());
            return true;
        });
    }
    bool replay(AsyncMessageId id) {
        return unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            const RegistryChanges::Order by{.official = {}, .organisation = "000140000072", .reason = "asked"};
            return queues.replay(session, id, by, clock_.now()).has_value();
        });
    }

    std::vector<AsyncMessageId> waiting(std::string_view receiver = "GBDUL") {
        std::vector<AsyncMessageId> ids;
        look([&](store::ReadSession& session) {
            for (const AsyncMessage& each : messages().waiting(session, receiver, "GbdulInfoByBin_v2", 1000))
                ids.push_back(each.id);
            return true;
        });
        return ids;
    }
    std::vector<AsyncMessageId> given_up() {
        std::vector<AsyncMessageId> ids;
        look([&](store::ReadSession& session) {
            for (const AsyncMessage& each : messages().given_up(session, std::nullopt, 1000))
                ids.push_back(each.id);
            return true;
        });
        return ids;
    }
    std::optional<AsyncMessage> message(AsyncMessageId id) {
        return look([&](store::ReadSession& session) { return messages().find(session, id); });
    }
    std::optional<std::string> content(AsyncMessageId id) {
        return look([&](store::ReadSession& session) {
            const auto found = messages().find(session, id);
            return found ? messages().content(session, *found) : std::nullopt;
        });
    }
    // How many wait in all queues of a receiver, as they are counted and as they stand there.
    std::int64_t counted(std::string_view receiver = "GBDUL") {
        std::int64_t waiting = 0;
        look([&](store::ReadSession& session) {
            for (const records::AsyncQueue& queue : messages().queues_of(session, receiver))
                waiting += queue.waiting;
            return true;
        });
        return waiting;
    }
    void note_wire(AsyncMessageId id, const records::AsyncWire& wire) {
        unit([&](const AsyncQueues& queues, store::WriteSession& session) {
            queues.note_wire(session, id, wire);
            return true;
        });
    }
    // As an exchange, for searches.
    std::optional<records::Exchange> recorded(AsyncMessageId id) {
        return look([&](store::ReadSession& session) {
            return records_.exchanges.recorded(session, records::ExchangeId::from_bytes(id.bytes()).value());
        });
    }
    crypto::Digest named(std::string_view sender, std::string_view id) {
        return records_.exchanges.message_of(sender, id);
    }
    std::size_t notices() {
        return look(
            [&](store::ReadSession& session) { return messages().notices_due(session, clock_.now(), 1000).size(); });
    }
    std::size_t journal() {
        std::size_t entries = 0;
        look([&](store::ReadSession& session) {
            records_.journal.each_after(session, 0, 1'000'000, [&](const records::JournalEntry&) { ++entries; });
            return true;
        });
        return entries;
    }

private:
    testing::TestClock clock_;
    records::testing::LockedEntropy entropy_{7};
    records::Vault vault_{records::testing::master_key()};
    records::Records records_{vault_, entropy_, nullptr};
    registry::Registry registry_{records::testing::entries()};
    base::FixedZone zone_{5h};
    testing::Service service_{registry_, records_, entropy_, zone_};
    AsyncQueues queues_{service_.parts, {.waiting_max = waiting_max, .pushed = {"DEMOBANK"}}};
    std::unique_ptr<store::contract::Engine> engine_;
};

// MON-9a, INT-2.15
class AsyncQueuesContract : public ::testing::TestWithParam<store::contract::EngineFactory> {
protected:
    Queues queues{GetParam().make()};
};

std::vector<AsyncMessageId> accept_all(Queues& queues, std::initializer_list<std::string_view> texts) {
    std::vector<AsyncMessageId> ids;
    for (const std::string_view text : texts)
        ids.push_back(queues.accepted(text));
    return ids;
}

// At once, as far as threads let it be.
void together(int threads, const std::function<void(int)>& work) {
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&, i] { work(i); });
    for (std::thread& each : all)
        each.join();
}

TEST_P(AsyncQueuesContract, EachReceiverHasItsOwnOrderWhichOutlivesReopening) {
    const auto ids = accept_all(queues, {"1", "2", "3"});
    const auto other = queues.accept(queues.request("4", "BMG")).value().id;
    queues.restart();
    const auto last = queues.accepted("5");
    EXPECT_EQ(queues.waiting(), (std::vector{ids[0], ids[1], ids[2], last}));
    EXPECT_EQ(queues.waiting("BMG"), std::vector{other});
    EXPECT_TRUE(queues.deliver(ids[1]));
    EXPECT_EQ(queues.waiting(), (std::vector{ids[0], ids[2], last})) << "the others keep their places";
    EXPECT_EQ(queues.message(last)->position, 4);
    EXPECT_EQ(queues.counted(), 3);
    EXPECT_EQ(queues.counted("BMG"), 1);
}

TEST_P(AsyncQueuesContract, AMessageOfTheLargestSizeComesOutAsItWentIn) {
    std::string text(base::limits::channel_xml_bytes_max, '\0');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(i * 31 % 251);
    const auto id = queues.accepted(text);
    queues.restart();
    EXPECT_TRUE(queues.content(id) == "content: " + text);
}

TEST_P(AsyncQueuesContract, WhatFailedComesAgainLaterAndIsCounted) {
    const auto id = queues.accepted("1");
    for (const base::Duration pause : {base::Duration{1s}, base::Duration{2s}, base::Duration{4s}}) {
        ASSERT_TRUE(queues.attempt(id));
        queues.fail(id, {.code = "no_answer"});
        queues.restart();
        queues.look([&](store::ReadSession& session) {
            const auto queue = queues.messages().queues(session).at(0);
            EXPECT_EQ(queue.next, queues.clock().now() + pause);
            return true;
        });
    }
    EXPECT_EQ(queues.message(id)->attempts, 3);
    EXPECT_EQ(queues.message(id)->reached, 3);
    EXPECT_EQ(queues.waiting(), std::vector{id}) << "it is the same one, at its place";
}

TEST_P(AsyncQueuesContract, ARepeatIsTheMessageThatWasTaken) {
    const Posted first = queues.request("1");
    const auto id = queues.accept(first).value().id;
    const std::size_t entries = queues.journal();
    queues.restart();
    EXPECT_EQ(queues.accept(queues.request("1")).value().id, id);
    EXPECT_TRUE(queues.deliver(id));
    EXPECT_EQ(queues.accept(queues.request("1")).value().id, id);
    EXPECT_EQ(queues.journal(), entries + 1) << "that it was delivered";
    EXPECT_THAT(queues.waiting(), IsEmpty());
    Posted named = queues.request("2"), reused = queues.request("3");
    named.own_id = reused.own_id = "m-1";
    EXPECT_TRUE(queues.accept(named));
    const auto refused = queues.accept(reused);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(&refused.error().first(), &message_id_reused);
}

TEST_P(AsyncQueuesContract, AFullQueueTakesNothingMoreAndKeepsWhatItHas) {
    const auto ids = accept_all(queues, {"1", "2", "3", "4", "5"});
    const std::size_t entries = queues.journal();
    const Posted more = queues.request("6");
    const auto refused = queues.accept(more);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(&refused.error().first(), &receiver_queue_full);
    EXPECT_EQ(queues.message(more.id), std::nullopt);
    EXPECT_EQ(queues.content(more.id), std::nullopt);
    EXPECT_EQ(queues.journal(), entries) << "a unit that was refused leaves nothing";
    EXPECT_EQ(queues.waiting(), ids);
    EXPECT_TRUE(queues.deliver(ids[0]));
    EXPECT_TRUE(queues.accept(more));
}

TEST_P(AsyncQueuesContract, WhatIsRefusedAgainAndAgainIsADeadLetterUntilItIsReplayed) {
    const auto id = queues.accepted("1"), behind = queues.accepted("2");
    for (std::int64_t i = 0; i < base::limits::async_refusals_max; ++i) {
        ASSERT_TRUE(queues.attempt(id));
        queues.fail(id, {.code = "fault", .refused = true});
    }
    EXPECT_THAT(queues.given_up(), ElementsAre(id));
    EXPECT_EQ(queues.waiting(), std::vector{behind}) << "it holds up nobody";
    EXPECT_FALSE(queues.deliver(id)) << "an answer that comes too late";
    queues.restart();
    EXPECT_EQ(queues.content(id), "content: 1") << "kept for a replay";
    EXPECT_TRUE(queues.replay(id));
    EXPECT_FALSE(queues.replay(id)) << "it waits already";
    EXPECT_THAT(queues.given_up(), IsEmpty());
    EXPECT_EQ(queues.waiting(), (std::vector{id, behind})) << "at the place that it had";
    EXPECT_EQ(queues.counted(), 2);
    EXPECT_TRUE(queues.deliver(id));
    EXPECT_EQ(queues.content(id), std::nullopt);
}

TEST_P(AsyncQueuesContract, WhatIsWithheldIsADeadLetterThatKeepsItsContent) {
    const AsyncMessageId id = queues.accepted("1");
    const auto withhold = [&](AsyncMessageId message) {
        return queues.unit([&](const AsyncQueues& of, store::WriteSession& session) {
            return of.withhold(session, message, registry::contour_state_secrets, queues.clock().now()).has_value();
        });
    };
    EXPECT_TRUE(withhold(id));
    EXPECT_FALSE(withhold(id)) << "it does not wait any more";
    EXPECT_FALSE(queues.attempt(id));
    EXPECT_THAT(queues.given_up(), ElementsAre(id));
    EXPECT_EQ(queues.content(id), "content: 1");
    EXPECT_TRUE(queues.replay(id));
    EXPECT_TRUE(queues.deliver(id));
    EXPECT_FALSE(withhold(id)) << "what was delivered stays so";
}

TEST_P(AsyncQueuesContract, WhatWaitedTooLongIsADeadLetterAndForgottenAtLast) {
    const auto id = queues.accepted("1");
    queues.clock().advance(base::limits::async_wait + 1s);
    const auto young = queues.accepted("2");
    queues.give_up();
    EXPECT_THAT(queues.given_up(), ElementsAre(id));
    EXPECT_EQ(queues.waiting(), std::vector{young});
    EXPECT_TRUE(queues.deliver(young));
    queues.clock().advance(base::limits::async_kept + 1s);
    queues.give_up();
    for (const auto each : {id, young}) {
        EXPECT_EQ(queues.message(each), std::nullopt);
        EXPECT_EQ(queues.content(each), std::nullopt);
    }
    queues.look([&](store::ReadSession& session) {
        const auto totals = queues.messages().totals(session);
        EXPECT_EQ(totals.waiting, 0);
        EXPECT_EQ(totals.given_up, 0);
        return true;
    });
}

crypto::Digest digest(std::string_view text) {
    return crypto::sha256(base::as_bytes(text));
}

TEST_P(AsyncQueuesContract, WhatWentOverTheWireIsRecordedAsAnExchangeWhenItEnds) {
    Posted posted = queues.request("1");
    posted.own_id = "m-1";
    posted.received = digest("as it came");
    const auto id = queues.accept(posted).value().id;
    queues.restart();
    EXPECT_EQ(queues.recorded(id), std::nullopt) << "it waits";
    const base::Time accepted = queues.clock().now(), first = accepted + 1s, second = accepted + 2s;
    ASSERT_TRUE(queues.attempt(id));
    queues.note_wire(id, {.forwarded = first,
                          .replied = first,
                          .forwarded_sha256 = digest("first"),
                          .replied_sha256 = digest("a fault")});
    queues.note_wire(id, {.forwarded = second, .forwarded_sha256 = digest("second")});
    EXPECT_EQ(queues.message(id)->evidence->wire.replied, std::nullopt) << "of the newest attempt";
    queues.note_wire(id, {.replied = second + 1s, .replied_sha256 = digest("taken")});
    queues.clock().advance(5s);
    ASSERT_TRUE(queues.deliver(id));
    queues.note_wire(id, {.forwarded = second + 1min});
    const auto exchange = queues.recorded(id);
    ASSERT_TRUE(exchange);
    EXPECT_EQ(exchange->state, records::ExchangeState::delivered);
    EXPECT_EQ(exchange->came_over, records::ExchangeWire::soap_async);
    EXPECT_EQ(exchange->sender, "DEMOBANK");
    EXPECT_EQ(exchange->owner, "GBDUL");
    EXPECT_EQ(exchange->message, queues.named("DEMOBANK", "m-1"));
    EXPECT_EQ(exchange->request, digest("as it came"));
    EXPECT_EQ(exchange->received, accepted);
    EXPECT_EQ(exchange->forwarded, second);
    EXPECT_EQ(exchange->replied, second + 1s);
    EXPECT_EQ(exchange->concluded, accepted + 5s);
    EXPECT_EQ(exchange->wire, (records::WireDigests{digest("as it came"), digest("second"), digest("taken"), {}}));
}

TEST_P(AsyncQueuesContract, HowItEndedIsRecordedAndAReplayEndsAnew) {
    const auto ended = [&](AsyncMessageId id) { return queues.recorded(id)->state; };
    const auto given_up = queues.accepted("1");
    for (std::int64_t i = 0; i < base::limits::async_refusals_max; ++i) {
        ASSERT_TRUE(queues.attempt(given_up));
        queues.fail(given_up, {.code = "fault", .refused = true});
    }
    EXPECT_EQ(ended(given_up), records::ExchangeState::failed);
    EXPECT_EQ(queues.recorded(given_up)->message, queues.named("DEMOBANK", given_up.to_string())) << "by our id";
    ASSERT_TRUE(queues.replay(given_up));
    ASSERT_TRUE(queues.deliver(given_up));
    EXPECT_EQ(ended(given_up), records::ExchangeState::delivered);
    const auto before = queues.accepted("2"), after = queues.accepted("3"), refused = queues.accepted("4");
    EXPECT_TRUE(queues.withhold(before));
    EXPECT_EQ(ended(before), records::ExchangeState::refused);
    ASSERT_TRUE(queues.attempt(after));
    EXPECT_TRUE(queues.end_with_consent(after));
    EXPECT_EQ(ended(after), records::ExchangeState::unknown) << "it may have arrived";
    ASSERT_TRUE(queues.attempt(refused));
    EXPECT_TRUE(queues.stop(refused));
    EXPECT_EQ(ended(refused), records::ExchangeState::failed) << "by its receiver";
}

TEST_P(AsyncQueuesContract, AUnitThatThrowsLeavesNothing) {
    const Posted posted = queues.request("1");
    EXPECT_THROW(queues.unit([&](const AsyncQueues& of, store::WriteSession& session) -> bool {
        EXPECT_TRUE(of.accept(session, posted, queues.clock().now()));
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_EQ(queues.message(posted.id), std::nullopt);
    EXPECT_EQ(queues.content(posted.id), std::nullopt);
    EXPECT_EQ(queues.counted(), 0);
    EXPECT_EQ(queues.journal(), 0U);
    const auto id = queues.accepted("1");
    EXPECT_THROW(queues.unit([&](const AsyncQueues& of, store::WriteSession& session) -> bool {
        EXPECT_TRUE(of.deliver(session, id, queues.clock().now()));
        throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    EXPECT_EQ(queues.waiting(), std::vector{id});
    EXPECT_EQ(queues.counted(), 1);
    EXPECT_EQ(queues.content(id), "content: 1");
    EXPECT_EQ(queues.notices(), 0U);
}

TEST_P(AsyncQueuesContract, ACommitThatFailedTookNothing) {
    const Posted posted = queues.request("1");
    queues.engine().fail_next_commit(CommitFault::failed_and_lost);
    EXPECT_THROW(queues.accept(posted), store::Unavailable);
    EXPECT_EQ(queues.accept(posted).value().id, posted.id) << "the sender comes again, and it is new";
    EXPECT_EQ(queues.counted(), 1);
    queues.engine().fail_next_commit(CommitFault::failed_and_lost);
    EXPECT_THROW(queues.deliver(posted.id), store::Unavailable);
    EXPECT_EQ(queues.waiting(), std::vector{posted.id}) << "it goes again under its messageId";
    EXPECT_EQ(queues.content(posted.id), "content: 1");
}

TEST_P(AsyncQueuesContract, WhereNobodyKnowsWhetherItWasTakenARepeatIsTheSame) {
    const Posted posted = queues.request("1");
    queues.engine().fail_next_commit(CommitFault::reported_failed_though_durable);
    EXPECT_THROW(queues.accept(posted), store::Ambiguous);
    EXPECT_EQ(queues.accept(queues.request("1")).value().id, posted.id);
    EXPECT_EQ(queues.waiting(), std::vector{posted.id});
    EXPECT_EQ(queues.counted(), 1);
    queues.engine().fail_next_commit(CommitFault::reported_failed_though_durable);
    EXPECT_THROW(queues.deliver(posted.id), store::Ambiguous);
    EXPECT_TRUE(queues.deliver(posted.id)) << "an acknowledgement may come twice";
    EXPECT_EQ(queues.counted(), 0);
    EXPECT_EQ(queues.notices(), 1U) << "its sender is told once";
}

TEST_P(AsyncQueuesContract, WhatComesFromSeveralThreadsIsTakenOnce) {
    std::vector<std::optional<AsyncMessageId>> ids(8);
    together(8, [&](int i) { ids.at(static_cast<std::size_t>(i)) = queues.accept(queues.request("1")).value().id; });
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 1U);
    EXPECT_EQ(queues.waiting().size(), 1U);
    EXPECT_EQ(queues.counted(), 1);
}

TEST_P(AsyncQueuesContract, TheQuotaHoldsAgainstSeveralThreads) {
    std::atomic<int> taken{0}, refused{0};
    together(8, [&](int thread) {
        for (int i = 0; i < 4; ++i)
            ++(queues.accept(queues.request(std::to_string(thread * 10 + i))) ? taken : refused);
    });
    EXPECT_EQ(taken, waiting_max);
    EXPECT_EQ(refused, 8 * 4 - waiting_max);
    EXPECT_EQ(queues.waiting().size(), static_cast<std::size_t>(waiting_max));
    std::set<std::int64_t> positions;
    for (const AsyncMessageId id : queues.waiting())
        positions.insert(queues.message(id)->position);
    EXPECT_THAT(positions, ElementsAre(1, 2, 3, 4, 5)) << "no place is given twice";
}

TEST_P(AsyncQueuesContract, OfSeveralWhoSettleAMessageOneDoes) {
    const auto ids = accept_all(queues, {"1", "2", "3", "4", "5"});
    std::atomic<int> stopped{0}, delivered{0};
    together(8, [&](int thread) {
        for (const AsyncMessageId id : ids) {
            queues.attempt(id);
            if (thread % 2 == 0)
                delivered += queues.deliver(id) ? 1 : 0;
            else
                stopped += queues.stop(id) ? 1 : 0;
        }
    });
    EXPECT_THAT(queues.waiting(), IsEmpty());
    EXPECT_EQ(queues.counted(), 0) << "counted down once each";
    EXPECT_EQ(queues.notices(), ids.size()) << "the sender is told once of each";
    int stood = 0;
    for (const AsyncMessageId id : ids)
        stood += queues.message(id)->state == AsyncState::stopped ? 1 : 0;
    EXPECT_EQ(stopped, stood) << "whoever stopped it was told so, and nobody else";
    EXPECT_EQ(delivered, 4 * (static_cast<int>(ids.size()) - stood)) << "an acknowledgement may come twice";
}

INSTANTIATE_TEST_SUITE_P(Engines, AsyncQueuesContract,
                         ::testing::Values(store::contract::EngineFactory{"sqlite", make_sqlite},
                                           store::contract::EngineFactory{"postgres", make_postgres}),
                         [](const auto& engine) { return engine.param.name; });

// With everything that makes it durable switched on.
TEST(AsyncQueuesCrash, OfTheServerLeavesEveryMessageThatWasTakenAtItsPlace) {
    store_postgres::test::TemporaryServer server;
    Queues queues{std::make_unique<store_postgres::ContractEngine>(postgres_options(server))};
    std::vector<AsyncMessageId> taken;
    for (int round = 0; round < 3; ++round) {
        const auto first = queues.accepted("1st of " + std::to_string(round));
        const auto second = queues.accepted("2nd of " + std::to_string(round));
        ASSERT_TRUE(queues.attempt(first)) << "durable before it leaves";
        server.kill();
        server.start();
        // The writer finds its connection gone at the next unit, and its caller hears of it.
        const Posted repeat = queues.request("1st of " + std::to_string(round));
        const auto again = [&] {
            for (int tries = 0;; ++tries) {
                try {
                    return queues.accept(repeat).value().id;
                } catch (const store::Unavailable&) {
                    if (tries == 10) throw;
                }
            }
        }();
        EXPECT_EQ(again, first);
        EXPECT_EQ(queues.waiting(), (std::vector{first, second}));
        EXPECT_EQ(queues.counted(), 2);
        EXPECT_EQ(queues.message(first)->attempts, 1);
        EXPECT_TRUE(queues.content(second).has_value());
        EXPECT_TRUE(queues.deliver(first));
        EXPECT_TRUE(queues.deliver(second));
    }
}

}  // namespace
}  // namespace kelisim::access
