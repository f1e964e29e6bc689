// SPDX-License-Identifier: Apache-2.0
// The client's connections to one upstream, on one io thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "socket.hpp"
#include "tls_channel.hpp"
#include "worker.hpp"

namespace kelisim::http {

// One connection. Its due time is that of the exchange, or of idleness; then it is closed, whatever it does.
class Link final : public Watched {
public:
    explicit Link(Worker& worker) : socket(worker.context), worker_(worker) { worker.watchdog.add(*this); }
    ~Link() override { worker_.watchdog.remove(*this); }

    // Whether an idle connection can be trusted with a request: it is open and nothing came on it, not even its end.
    bool silent();
    void close() noexcept;
    void overdue() noexcept override;

    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into, boost::system::error_code& error);
    std::size_t write_some(const Pieces& pieces, boost::system::error_code& error);
    boost::asio::awaitable<std::size_t> write_all(Pieces pieces, boost::system::error_code& error);

    Socket socket;
    std::optional<TlsChannel> tls;  // below the socket that it goes over
    bool timed_out = false;
    std::string in;  // what was received; consumed up to `begin`
    std::size_t begin = 0;

private:
    Worker& worker_;
};

// Hands out at most `links_max` places. A place may come with an idle link.
class Pool {
public:
    Pool(Worker& worker, std::size_t links_max, std::size_t waiting_max)
        : worker_(worker), links_max_(links_max), waiting_max_(waiting_max) {}

    // A place of the pool, given back when it ends.
    class Place {
    public:
        Place(Pool& pool) : pool_(&pool) {}  // NOLINT
        Place(Place&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (pool_ != nullptr) pool_->leave();
        }

    private:
        Pool* pool_;
    };

    // Nothing when there was none until `deadline`, or too many wait already.
    boost::asio::awaitable<std::optional<Place>> enter(std::chrono::steady_clock::time_point deadline);
    std::unique_ptr<Link> take_idle();  // null when there is none
    void keep(std::unique_ptr<Link> link, std::chrono::milliseconds idle_max);

private:
    struct Waiter {
        boost::asio::steady_timer timer;
        bool granted = false;
    };
    void leave();

    Worker& worker_;
    std::size_t links_max_;
    std::size_t waiting_max_;
    std::size_t in_use_ = 0;
    std::deque<Waiter*> waiting_;
    std::vector<std::unique_ptr<Link>> idle_;  // the last one used first: the others may then time out
};

}  // namespace kelisim::http
