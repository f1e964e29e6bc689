// SPDX-License-Identifier: Apache-2.0
// A server that dies under load, with everything that makes it durable switched on; a wire that is cut at a COMMIT. What was
// acknowledged is there, what was refused is not, every unit is whole. KELISIM_CRASH_SEED repeats one run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <limits>

#include "cut_wire.hpp"
#include "store/contract_workload.hpp"
#include "store/temporary_directory.hpp"
#include "test_support.hpp"

namespace kelisim::store_postgres {
namespace {

using store::contract::Gate;
using store::contract::insert_item;
using store::contract::Workload;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int threads = 4;
constexpr int refused_units = 200;  // that meet the crash, and the server that is down

TEST(Crash, OfTheServerUnderLoadLosesNothingAcknowledged) {
    const char* given = std::getenv("KELISIM_CRASH_SEED");
    const std::uint64_t seed = given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
    std::cout << "KELISIM_CRASH_SEED=" << seed << "\n";
    std::mt19937_64 random(seed);
    test::TemporaryServer server;
    const Options options = test::contract_options(server);
    init(options);
    auto database = Database::open(options);
    Workload workload;
    for (int round = 0; round < 4; ++round) {
        const int kill_at = 20 + static_cast<int>(random() % 300);
        std::atomic<int> begun{0}, end_at{std::numeric_limits<int>::max()};
        Gate time_to_kill, up_again;
        std::thread killer([&] {
            time_to_kill.wait();
            server.kill();
            server.start();
            end_at = begun + 100;  // and on with the load
            up_again.open();
        });
        workload.run(database->writer(), random(), threads, std::numeric_limits<int>::max(), [&] {
            const int now = ++begun;
            if (now == kill_at) time_to_kill.open();
            if (now >= kill_at + refused_units) up_again.wait();
            return now >= end_at;
        });
        killer.join();
        ASSERT_THAT(workload.broken_promises(database->readers()), IsEmpty()) << "round " << round;
    }
    database.reset();
    database = Database::open(options);
    EXPECT_THAT(workload.broken_promises(database->readers()), IsEmpty());
    std::cout << workload.count(Workload::Answer::acknowledged) << " units acknowledged, "
              << workload.count(Workload::Answer::ambiguous) << " ambiguous, "
              << workload.count(Workload::Answer::failed) << " failed\n";
    EXPECT_GT(workload.count(Workload::Answer::acknowledged), 400U);
    EXPECT_GT(workload.count(Workload::Answer::failed), 0U) << "no unit met the crash";
}

class CutCommit : public testing::Test {
protected:
    CutCommit() : server_place_(place_of(options_)), wire_(own_place_.path(), server_place_) {
        init(options_);
        std::string text = options_.connection.reveal();
        text.replace(text.find(server_place_), server_place_.size(), own_place_.path().string());
        options_.connection = base::Secret<std::string>(text);
        database_ = Database::open(options_);
        put(1);
    }
    static std::string place_of(const Options& options) {
        const std::string text = options.connection.reveal();
        const auto begin = text.find('=') + 1;
        return text.substr(begin, text.find(' ') - begin);
    }
    void put(std::int64_t id) {
        store::run(database_->writer(), [&](store::WriteSession& session) {
            session.execute(insert_item, {id, "x"});
            session.after_commit([this, id] { indexed_.push_back(id); });
        });
    }
    std::vector<std::int64_t> seen() {
        std::vector<std::int64_t> found;
        database_->readers().read([&](store::ReadSession& session) { found = store::contract::ids(session); });
        return found;
    }

    Options options_ = test::contract_options(test::shared_server());
    store::contract::TemporaryDirectory own_place_;
    const std::string server_place_;
    test::CutWire wire_;
    std::vector<std::int64_t> indexed_;  // the writer's thread; a later unit that was answered orders the access
    std::unique_ptr<Database> database_;
};

TEST_F(CutCommit, BeforeTheServerGetsIt) {
    wire_.cut(test::CutWire::Cut::before_commit);
    EXPECT_THROW(put(2), store::Ambiguous);
    put(3);
    EXPECT_THAT(seen(), ElementsAre(1, 3));
    EXPECT_THAT(indexed_, ElementsAre(1, 3)) << "no index may tell of what is not stored";
}

TEST_F(CutCommit, AfterTheServerAnswered) {
    wire_.cut(test::CutWire::Cut::after_commit);
    EXPECT_THROW(put(2), store::Ambiguous);
    put(3);
    EXPECT_THAT(seen(), ElementsAre(1, 2, 3));
    EXPECT_THAT(indexed_, ElementsAre(1, 2, 3)) << "indexes must tell what is stored";
}

TEST_F(CutCommit, OneAfterTheOther) {
    for (std::int64_t id = 2; id <= 9; ++id) {
        wire_.cut(id % 2 == 0 ? test::CutWire::Cut::before_commit : test::CutWire::Cut::after_commit);
        EXPECT_THROW(put(id), store::Ambiguous);
    }
    put(10);
    EXPECT_THAT(seen(), ElementsAre(1, 3, 5, 7, 9, 10));
    EXPECT_THAT(indexed_, ElementsAre(1, 3, 5, 7, 9, 10));
}

// While the server has not ended the former session, nobody knows how its last transaction ends.
TEST_F(CutCommit, NothingIsDecidedWhileTheFormerSessionLives) {
    database_.reset();
    options_.lock_patience = std::chrono::milliseconds{50};
    database_ = Database::open(options_);
    wire_.cut(test::CutWire::Cut::on_one_side);
    EXPECT_THROW(put(2), store::Ambiguous);
    EXPECT_THROW(put(3), store::Unavailable);
    wire_.let_go();
    // The server notices in its own time; an attempt waits for it by the lock.
    bool stored = false;
    for (int attempt = 0; attempt < 200 && !stored; ++attempt) {
        try {
            put(4);
            stored = true;
        } catch (const store::Unavailable&) {
            // not yet
        }
    }
    EXPECT_TRUE(stored);
    EXPECT_THAT(seen(), ElementsAre(1, 4));
    EXPECT_THAT(indexed_, ElementsAre(1, 4));
}

}  // namespace
}  // namespace kelisim::store_postgres
