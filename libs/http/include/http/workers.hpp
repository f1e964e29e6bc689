// SPDX-License-Identifier: Apache-2.0
// The io threads: each runs one event loop of its own, so that a connection never leaves the thread it began on.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace kelisim::http {

class Worker;

// Threads run from the constructor to the destructor. Made before, and so destroyed after, every Server and Client that
// uses it: their sockets belong to its loops.
class Workers {
public:
    // Throws std::invalid_argument for 0, base::Outage when the system gives no thread.
    explicit Workers(std::size_t threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    std::size_t size() const { return workers_.size(); }
    // Where to start a coroutine with co_spawn; `index` below size(). Thread-safe.
    boost::asio::any_io_executor executor(std::size_t index) const;

    // For the rest of this library.
    Worker& worker(std::size_t index) const { return *workers_[index]; }
    Worker& worker_of(const boost::asio::any_io_executor& executor) const;  // throws std::logic_error for a stranger

private:
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace kelisim::http
