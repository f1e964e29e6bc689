// SPDX-License-Identifier: Apache-2.0
// One connection of the server, from accept to close, on one thread.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "head.hpp"
#include "http/server.hpp"
#include "parser.hpp"
#include "worker.hpp"

namespace kelisim::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// What every session of a server shares. Immutable but for the counters.
struct Shared {
    Shared(Routes table, ServerParts given, const ServerOptions& chosen)
        : routes(std::move(table)), parts(std::move(given)), options(chosen) {}

    const Routes routes;
    const ServerParts parts;
    const ServerOptions options;
    std::atomic<std::size_t> in_flight{0};
    std::atomic<bool> stopping{false};

    void enter();
    void leave();
    std::size_t connections() const;
    // Whether all sessions have ended before the time is over.
    bool wait_for_end(std::chrono::milliseconds time);
    void wait_for_end();

private:
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t connections_ = 0;
};

class Session;

// What the sessions of one thread share.
struct Lane {
    Lane(Worker& runs_on, std::uint64_t seed) : worker(runs_on), ids(seed) {}

    Worker& worker;
    // Trace ids are unique, not secret: no system call for each (Trace Context 3.2.2.3 asks for no more).
    std::mt19937_64 ids;
    DateText date;
    std::unordered_set<Session*> sessions;
};

class Session final : public Watched {
public:
    Session(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, Socket socket, std::string remote);
    ~Session() override;

    // Runs the connection to its end; on the thread of its lane.
    static boost::asio::awaitable<void> run(std::unique_ptr<Session> self);

    // On the thread of the lane.
    void finish_soon();  // closes when no request is in flight, else after its answer
    void abort();

private:
    enum class Step { read, handle, refuse, close };
    enum class Stage { idle, header, body, handling, writing, lingering };

    struct Fault {
        int status;
        const base::Reason* reason;
    };

    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> write_rest(std::size_t written);
    boost::asio::awaitable<void> linger();

    // Reading: each step says what is to be done next.
    void begin_request();
    void begin_header();
    Step received(const boost::system::error_code& error, std::size_t bytes);
    Step advance();
    Step advance_header();
    Step header_done();
    Step accept_target();       // Step::read: go on
    Step accept_expectation();  // Step::read: go on
    Step advance_body();
    Step ready();
    Step refuse(int status, const base::Reason& reason);
    Step refuse_broken(const boost::system::error_code& error);
    void trace();

    // Answering.
    void end_handling() noexcept;
    Response page(int status, const base::Reason& reason);
    Response failed(const std::exception_ptr& failure);
    void prepare(Response response);
    boost::asio::const_buffer body_buffer() const;
    std::size_t to_write() const;
    std::size_t write_now();
    void finished(int status);

    // Time and ends.
    void enter(Stage stage, std::chrono::milliseconds time);
    void overdue() noexcept override;
    void answer_overdue() noexcept;
    void give_up();

    std::string_view pending() const { return std::string_view(in_).substr(begin_, end_ - begin_); }
    boost::asio::mutable_buffer room();

    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Lane> lane_;
    Socket socket_;
    std::string remote_;

    std::string in_;  // bytes received: [begin_, end_) are not consumed yet
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string head_;
    Response response_;

    Request request_;
    std::optional<HeaderScan> scan_;
    std::optional<RequestParser> parser_;
    const Route* route_ = nullptr;
    std::optional<Fault> fault_;
    std::string allowed_;
    std::chrono::steady_clock::time_point began_{};

    Stage stage_ = Stage::idle;
    bool in_flight_ = false;
    bool keep_alive_ = false;
    bool unread_ = false;  // the peer may be sending what we will not read
    bool blank_line_skipped_ = false;
    bool overdue_ = false;
    bool abandoned_ = false;  // answered, or cut off, while its handler still runs
};

}  // namespace kelisim::http
