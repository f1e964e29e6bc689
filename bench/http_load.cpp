// SPDX-License-Identifier: Apache-2.0
#include "http_load.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/result.hpp"
#include "base/text.hpp"

namespace kelisim::bench {

namespace {

struct Whole {
    HttpAnswer answer;
    std::size_t bytes = 0;
};

// The answer at the beginning of `received` when all of it is there. The server always tells Content-Length.
std::optional<Whole> whole_answer(std::string_view received) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    const auto head = received.find("\r\n\r\n");
    if (head == std::string_view::npos) return std::nullopt;
    const std::string_view lines = received.substr(0, head + 2);
    const auto at = lines.find(name);
    if (at == std::string_view::npos) throw base::Outage("an answer without Content-Length");
    const auto value = lines.substr(at + name.size());
    const auto length = base::parse_integer(value.substr(0, value.find('\r')));
    const auto status = base::parse_integer(lines.substr(lines.find(' ') + 1, 3));
    if (!length || !status) throw base::Outage("an answer that does not read");
    const std::size_t bytes = head + 4 + static_cast<std::size_t>(*length);
    if (received.size() < bytes) return std::nullopt;
    return Whole{.answer = {.status = static_cast<int>(*status), .body = received.substr(head + 4, bytes - head - 4)},
                 .bytes = bytes};
}

}  // namespace

HttpLoad::HttpLoad(std::uint16_t port, std::size_t connections) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw base::Outage("no epoll");
    for (std::size_t i = 0; i < connections; ++i) {
        open(connections_.emplace_back(), port);
        idle_.push_back(&connections_.back());
    }
}

HttpLoad::~HttpLoad() {
    for (const Connection& connection : connections_)
        ::close(connection.descriptor);
    ::close(epoll_);
}

void HttpLoad::open(Connection& connection, std::uint16_t port) const {
    connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    const bool opened =
        connection.descriptor >= 0 &&
        ::connect(connection.descriptor, static_cast<const sockaddr*>(static_cast<const void*>(&address)),
                  sizeof address) == 0 &&
        ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event) == 0;
    if (!opened) throw base::Outage("the server cannot be reached");
}

void HttpLoad::post(std::string_view path, std::string_view headers, std::string_view body, Answered answered) {
    waiting_.push_back({fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Length: {}\r\n\r\n{}", path,
                                    headers, body.size(), body),
                        std::move(answered)});
}

void HttpLoad::after(std::chrono::milliseconds pause, std::function<void()> action) {
    timers_.emplace(Clock::now() + pause, std::move(action));
}

void HttpLoad::start(Connection& connection, Waiting next) {
    connection.answered = std::move(next.answered);
    // A request is far smaller than the socket's buffer, and the buffer is empty: one call takes all of it.
    const auto sent = ::send(connection.descriptor, next.bytes.data(), next.bytes.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(next.bytes.size())) throw base::Outage("a request could not be sent");
}

void HttpLoad::serve_waiting() {
    while (!waiting_.empty() && !idle_.empty()) {
        Connection& connection = *idle_.back();
        idle_.pop_back();
        start(connection, std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

void HttpLoad::receive(Connection& connection) {
    std::array<char, 16 * 1024> part;
    const auto got = ::recv(connection.descriptor, part.data(), part.size(), 0);
    if (got <= 0) throw base::Outage("the server closed a connection");
    connection.received.append(part.data(), static_cast<std::size_t>(got));
    const auto whole = whole_answer(connection.received);
    if (!whole) return;
    const Answered answered = std::move(connection.answered);
    answered(whole->answer);
    connection.received.erase(0, whole->bytes);
    idle_.push_back(&connection);
}

void HttpLoad::run_timers() {
    for (const auto now = Clock::now(); !timers_.empty() && timers_.begin()->first <= now;) {
        const auto action = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        action();
    }
}

int HttpLoad::milliseconds_until(Clock::time_point end) const {
    const auto next = timers_.empty() ? end : std::min(end, timers_.begin()->first);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

void HttpLoad::run_until(Clock::time_point end) {
    std::array<epoll_event, 64> events{};
    while (Clock::now() < end) {
        run_timers();
        serve_waiting();
        const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_until(end));
        if (ready < 0 && errno != EINTR) throw base::Outage("epoll failed");
        for (int i = 0; i < ready; ++i)
            receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
}

}  // namespace kelisim::bench
