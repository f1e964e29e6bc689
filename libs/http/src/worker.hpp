// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>

namespace kelisim::http {

// Something with a due time, looked after by the Watchdog of its thread.
class Watched {
public:
    Watched() = default;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    virtual ~Watched() = default;
    // Once per due time, on the thread of the worker. Must neither throw nor add or remove watched things.
    virtual void overdue() noexcept = 0;

    std::chrono::steady_clock::time_point due = std::chrono::steady_clock::time_point::max();

private:
    friend class Watchdog;
    Watched* previous_ = this;
    Watched* next_ = this;
};

// Looks at all due times every `precision`. A timer per deadline would cost a heap operation and a cancelled completion
// for each request; this costs a store.
class Watchdog {
public:
    static constexpr std::chrono::milliseconds precision{50};

    explicit Watchdog(boost::asio::io_context& context) : timer_(context) {}
    void add(Watched& watched);
    void remove(Watched& watched);

private:
    class Head final : public Watched {
        void overdue() noexcept override {}
    };
    void tick();

    boost::asio::steady_timer timer_;
    Head head_;
    bool ticking_ = false;
};

class Worker {
public:
    Worker();
    ~Worker();

    boost::asio::io_context context{1};  // the hint: one thread runs it
    Watchdog watchdog{context};

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{context.get_executor()};
    std::thread thread_;  // last: runs what stands above
};

}  // namespace kelisim::http
