// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace kelisim::http {

namespace asio = boost::asio;
using boost::system::error_code;

bool Link::silent() {
    if (!socket.is_open() || (tls && tls->has_pending())) return false;
    std::array<char, 1> byte{};
    error_code error;
    socket.receive(asio::buffer(byte), asio::socket_base::message_peek, error);
    return error == asio::error::would_block;
}

asio::awaitable<std::size_t> Link::read_some(asio::mutable_buffer into, error_code& error) {
    if (tls) return tls->read_some(into, error);
    return socket.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
}

std::size_t Link::write_some(const Pieces& pieces, error_code& error) {
    return tls ? tls->write_some(pieces, error) : socket.write_some(pieces, error);
}

asio::awaitable<std::size_t> Link::write_all(Pieces pieces, error_code& error) {
    if (tls) return tls->write_all(pieces, error);
    return asio::async_write(socket, pieces, asio::redirect_error(asio::use_awaitable, error));
}

void Link::close() noexcept {
    error_code ignored;  // closing is all that is left to do
    socket.close(ignored);
}

void Link::overdue() noexcept {
    timed_out = true;
    close();
}

asio::awaitable<std::optional<Pool::Place>> Pool::enter(std::chrono::steady_clock::time_point deadline) {
    if (in_use_ < links_max_) {
        ++in_use_;
        co_return Place(*this);
    }
    if (waiting_.size() >= waiting_max_) co_return std::nullopt;
    Waiter waiter{asio::steady_timer(worker_.context, deadline)};
    waiting_.push_back(&waiter);
    error_code error;
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (waiter.granted) co_return Place(*this);
    std::erase(waiting_, &waiter);
    co_return std::nullopt;
}

void Pool::leave() {
    if (waiting_.empty()) {
        --in_use_;
        return;
    }
    // The place goes on to who waits longest.
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    next->granted = true;
    next->timer.cancel();
}

std::unique_ptr<Link> Pool::take_idle() {
    while (!idle_.empty()) {
        auto link = std::move(idle_.back());
        idle_.pop_back();
        if (link->silent()) return link;
    }
    return nullptr;
}

void Pool::keep(std::unique_ptr<Link> link, std::chrono::milliseconds idle_max) {
    std::erase_if(idle_, [](const auto& one) { return !one->socket.is_open(); });
    link->due = std::chrono::steady_clock::now() + idle_max;
    idle_.push_back(std::move(link));
}

}  // namespace kelisim::http
