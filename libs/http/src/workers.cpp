// SPDX-License-Identifier: Apache-2.0
#include "http/workers.hpp"

#include <stdexcept>
#include <system_error>

#include "base/result.hpp"
#include "worker.hpp"

namespace kelisim::http {

void Watchdog::add(Watched& watched) {
    watched.previous_ = head_.previous_;
    watched.next_ = &head_;
    head_.previous_->next_ = &watched;
    head_.previous_ = &watched;
    if (!ticking_) tick();
}

void Watchdog::remove(Watched& watched) {
    watched.previous_->next_ = watched.next_;
    watched.next_->previous_ = watched.previous_;
    watched.previous_ = watched.next_ = &watched;
}

void Watchdog::tick() {
    ticking_ = head_.next_ != &head_;
    if (!ticking_) return;
    timer_.expires_after(precision);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // the loop ends
        const auto now = std::chrono::steady_clock::now();
        for (Watched* at = head_.next_; at != &head_; at = at->next_) {
            if (at->due > now) continue;
            at->due = std::chrono::steady_clock::time_point::max();
            at->overdue();
        }
        tick();
    });
}

Worker::Worker() try : thread_([this] { context.run(); }) {
} catch (const std::system_error& failure) {
    throw base::Outage(std::string("no io thread: ") + failure.what());
}

Worker::~Worker() {
    context.stop();
    thread_.join();
}

Workers::Workers(std::size_t threads) {
    if (threads == 0) throw std::invalid_argument("at least one io thread");
    for (std::size_t i = 0; i < threads; ++i)
        workers_.push_back(std::make_unique<Worker>());
}

Workers::~Workers() = default;

boost::asio::any_io_executor Workers::executor(std::size_t index) const {
    return workers_.at(index)->context.get_executor();
}

Worker& Workers::worker_of(const boost::asio::any_io_executor& executor) const {
    for (const auto& worker : workers_) {
        if (&worker->context == &executor.context()) return *worker;
    }
    throw std::logic_error("the coroutine runs on no io thread of these workers");
}

}  // namespace kelisim::http
