// SPDX-License-Identifier: Apache-2.0
#include "http/elsewhere.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <optional>

#include "http/client.hpp"  // both of them name an outcome
#include "http/workers.hpp"

namespace kelisim::http {
namespace {

struct Seen {
    int value = 0;
    bool ran_elsewhere = false, came_back = false;
};

boost::asio::awaitable<Seen> send(Elsewhere& threads, std::function<int()> work) {
    const auto before = std::this_thread::get_id();
    std::thread::id ran;
    auto f = [&ran, work = std::move(work)] {
        ran = std::this_thread::get_id();
        return work();
    };
    const int value = co_await elsewhere(threads, std::move(f));
    co_return Seen{value, ran != before, std::this_thread::get_id() == before};
}

Seen run(Elsewhere& threads, std::function<int()> work) {
    Workers workers(2);
    return boost::asio::co_spawn(workers.executor(1), send(threads, std::move(work)), boost::asio::use_future).get();
}

TEST(Elsewhere, RunsOnAnotherThreadAndResumesWhereItWas) {
    Elsewhere threads(2, 10);
    for (int i = 0; i < 100; ++i) {
        const Seen seen = run(threads, [i] { return i; });
        EXPECT_EQ(seen.value, i);
        EXPECT_TRUE(seen.ran_elsewhere);
        EXPECT_TRUE(seen.came_back);
    }
}

TEST(Elsewhere, RethrowsWhatTheWorkThrew) {
    Elsewhere threads(1, 10);
    EXPECT_THROW(run(threads, []() -> int { throw std::domain_error("x"); }), std::domain_error);
    EXPECT_EQ(run(threads, [] { return 1; }).value, 1);
}

TEST(Elsewhere, TakesAsMuchAsItsQueueHoldsAndNoMore) {
    std::promise<void> begun, go;
    auto wait = std::make_shared<std::shared_future<void>>(go.get_future().share());
    std::atomic<int> done = 0;
    {
        Elsewhere threads(1, 2);
        threads.submit([&] {
            begun.set_value();
            wait->wait();
            ++done;
        });
        begun.get_future().wait();
        threads.submit([&] { ++done; });
        threads.submit([&] { ++done; });
        EXPECT_THROW(threads.submit([&] { ++done; }), store::Busy);
        EXPECT_THROW(run(threads, [] { return 1; }), store::Busy);
        go.set_value();
    }
    EXPECT_EQ(done, 3) << "what was accepted is finished";
}

}  // namespace
}  // namespace kelisim::http
