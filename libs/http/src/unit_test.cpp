// SPDX-License-Identifier: Apache-2.0
#include "http/unit.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <thread>
#include <vector>

#include "http/client.hpp"  // both of them name an outcome
#include "http/workers.hpp"

namespace kelisim::http {
namespace {

// Runs each unit on a thread of its own, and ends it as told.
class FakeWriter final : public store::Writer {
public:
    ~FakeWriter() override {
        for (auto& thread : threads_)
            thread.join();
    }
    void submit(std::unique_ptr<store::Unit> unit) override {
        if (busy) throw store::Busy("full");
        threads_.emplace_back([this, unit = std::move(unit)] {
            try {
                unit->run(session_);
            } catch (...) {
                return unit->done(std::current_exception());
            }
            unit->done(commit_failure);
        });
    }
    bool busy = false;
    std::exception_ptr commit_failure;

private:
    class NoSession final : public store::WriteSession {
        std::size_t query(const store::Statement&, store::Params, const store::Visit&) override { return 0; }
        std::size_t execute(const store::Statement&, store::Params) override { return 0; }
        void after_commit(std::function<void()>) override {}
    };
    NoSession session_;
    std::vector<std::thread> threads_;
};

struct Seen {
    int value = 0;
    bool same_thread = false;
};

boost::asio::awaitable<Seen> submit_one(store::Writer& writer, std::function<int()> work) {
    const auto before = std::this_thread::get_id();
    const int value = co_await committed(writer, [work = std::move(work)](store::WriteSession&) { return work(); });
    co_return Seen{value, std::this_thread::get_id() == before};
}

Seen run(store::Writer& writer, std::function<int()> work) {
    Workers workers(2);
    return boost::asio::co_spawn(workers.executor(1), submit_one(writer, std::move(work)), boost::asio::use_future)
        .get();
}

TEST(Committed, ResumesWhereItRanWithTheValue) {
    FakeWriter writer;
    for (int i = 0; i < 100; ++i) {
        const Seen seen = run(writer, [i] { return i; });
        EXPECT_EQ(seen.value, i);
        EXPECT_TRUE(seen.same_thread);
    }
}

TEST(Committed, RethrowsWhatTheUnitThrew) {
    FakeWriter writer;
    EXPECT_THROW(run(writer, []() -> int { throw std::domain_error("x"); }), std::domain_error);
}

TEST(Committed, RethrowsAFailedCommit) {
    FakeWriter writer;
    writer.commit_failure = std::make_exception_ptr(store::Unavailable("disk"));
    EXPECT_THROW(run(writer, [] { return 1; }), store::Unavailable);
}

TEST(Committed, RethrowsWhatSubmitThrew) {
    FakeWriter writer;
    writer.busy = true;
    EXPECT_THROW(run(writer, [] { return 1; }), store::Busy);
}

}  // namespace
}  // namespace kelisim::http
