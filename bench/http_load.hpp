// SPDX-License-Identifier: Apache-2.0
// The client side of a benchmark: keep-alive connections to one server on this machine, driven by one thread with epoll.
// It reads what the server under test sends and nothing else, so that little of the processor goes to the load.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kelisim::bench {

struct HttpAnswer {
    int status = 0;
    std::string_view body;  // valid inside the callback
};

class HttpLoad {
public:
    using Clock = std::chrono::steady_clock;
    using Answered = std::function<void(const HttpAnswer&)>;

    // Throws base::Outage when the server cannot be reached.
    HttpLoad(std::uint16_t port, std::size_t connections);
    ~HttpLoad();
    HttpLoad(const HttpLoad&) = delete;
    HttpLoad& operator=(const HttpLoad&) = delete;

    // Sends a POST on the next free connection. `headers`: whole lines with their ends.
    void post(std::string_view path, std::string_view headers, std::string_view body, Answered answered);
    void after(std::chrono::milliseconds pause, std::function<void()> action);

    // Until `end`. Throws base::Outage when a connection breaks: the server under test does not close any.
    void run_until(Clock::time_point end);

private:
    struct Connection {
        int descriptor = -1;
        std::string received;
        Answered answered;
    };
    struct Waiting {
        std::string bytes;
        Answered answered;
    };

    void open(Connection& connection, std::uint16_t port) const;
    void start(Connection& connection, Waiting next);
    void serve_waiting();
    void receive(Connection& connection);
    void run_timers();
    int milliseconds_until(Clock::time_point end) const;

    int epoll_;
    std::deque<Connection> connections_;  // their addresses stay
    std::vector<Connection*> idle_;
    std::deque<Waiting> waiting_;
    std::multimap<Clock::time_point, std::function<void()>> timers_;
};

}  // namespace kelisim::bench
