// SPDX-License-Identifier: Apache-2.0
// One connection of the server, from accept to close, on one thread.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "head.hpp"
#include "http/content.hpp"
#include "http/server.hpp"
#include "parser.hpp"
#include "socket.hpp"
#include "worker.hpp"

namespace kelisim::http {

// What every session of a server shares. Immutable but for the counters.
struct Shared {
    Shared(Routes table, ServerParts given, const ServerOptions& chosen)
        : routes(std::move(table)), parts(std::move(given)), options(chosen) {}

    const Routes routes;
    const ServerParts parts;
    const ServerOptions options;
    std::atomic<std::size_t> in_flight{0};
    std::atomic<std::size_t> handshakes{0};  // under way
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

// The requests and answers of a connection as bytes. What carries them, a plain socket or TLS, is that of a SessionOver.
class Session : public Watched {
public:
    Session(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, std::string remote);
    ~Session() override;

    // Over TLS where the server has it.
    static std::unique_ptr<Session> make(std::shared_ptr<Shared> shared, std::shared_ptr<Lane> lane, Socket socket,
                                         std::string remote);

    // Runs the connection to its end; on the thread of its lane.
    static boost::asio::awaitable<void> run(std::unique_ptr<Session> self);

    // On the thread of the lane.
    virtual void finish_soon() = 0;  // closes when no request is in flight, else after its answer
    virtual void abort() = 0;

protected:
    enum class Step { read, handle, refuse, close };
    // producing: an answer is under way, and the next piece of it is made.
    enum class Stage { handshake, idle, header, body, handling, producing, writing, lingering };

    struct Fault {
        int status;
        const base::Reason* reason;
    };

    virtual boost::asio::awaitable<void> serve() = 0;
    // Whether all of it was taken at once.
    virtual bool write_interim(std::string_view bytes) = 0;
    // Of the request under way.
    virtual Content& content() = 0;

    // Reading: each step says what is to be done next.
    void begin_request();
    void begin_header();
    Step received(const boost::system::error_code& error, std::size_t bytes);
    Step advance();
    Step advance_header();
    Step header_done();
    Step accept_target();       // Step::read: go on
    Step accept_expectation();  // Step::read: go on
    // Step::handle: all of it, or enough, is in the request's body.
    Step advance_body(std::size_t enough);
    Step ready();
    void enter_piece();
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
    void finished(int status);

    void enter(Stage stage, std::chrono::milliseconds time);

    std::string_view pending() const { return std::string_view(in_).substr(begin_, end_ - begin_); }
    boost::asio::mutable_buffer room();

    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Lane> lane_;
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
    std::chrono::steady_clock::time_point content_due_{};

    Stage stage_ = Stage::idle;
    bool in_flight_ = false;
    bool keep_alive_ = false;
    bool unread_ = false;  // the peer may be sending what we will not read
    bool blank_line_skipped_ = false;
    bool overdue_ = false;
    bool gone_ = false;       // the peer, while its content was read
    bool abandoned_ = false;  // answered, or cut off, while its handler still runs
};

}  // namespace kelisim::http
