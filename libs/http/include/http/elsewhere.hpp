// SPDX-License-Identifier: Apache-2.0
// Work that may wait for a disk, kept away from the threads that serve connections.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/unit.hpp"

namespace kelisim::http {

// A few threads with a bounded queue. Thread-safe.
class Elsewhere {
public:
    Elsewhere(std::size_t threads, std::size_t queue_max);
    // Finishes what was accepted.
    ~Elsewhere();
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;

    // Throws store::Busy when too much waits.
    void submit(std::function<void()> work);

private:
    void run();

    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool closed_ = false;
    std::vector<std::thread> threads_;  // last: they use all of the above
};

// Runs `f`, an R() that owns what it uses or refers to what the waiting coroutine keeps, and resumes on the caller's executor.
// Rethrows what it threw, and store::Busy.
template <class F>
auto elsewhere(Elsewhere& threads, F f) -> boost::asio::awaitable<std::invoke_result_t<F&>> {
    using R = std::invoke_result_t<F&>;
    using Came = store::Outcome<R>;
    auto submit = [&threads, &f](auto handler) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        try {
            threads.submit([waiting, &f] {
                Came came{std::in_place_index<1>, nullptr};
                try {
                    came.template emplace<0>(f());
                } catch (...) {
                    came.template emplace<1>(std::current_exception());
                }
                detail::resume<Came>(waiting, std::move(came));
            });
        } catch (...) {
            detail::resume<Came>(waiting, Came{std::in_place_index<1>, std::current_exception()});
        }
    };
    auto outcome = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Came)>(
        submit, boost::asio::use_awaitable);
    if (auto* failure = std::get_if<1>(&outcome)) std::rethrow_exception(std::move(*failure));
    co_return std::get<0>(std::move(outcome));
}

}  // namespace kelisim::http
