// SPDX-License-Identifier: Apache-2.0
#include "http/elsewhere.hpp"

namespace kelisim::http {

Elsewhere::Elsewhere(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { run(); });
}

Elsewhere::~Elsewhere() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void Elsewhere::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || queue_.size() >= queue_max_) throw store::Busy("too much waits for disks");
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void Elsewhere::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const std::function<void()> work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace kelisim::http
