// SPDX-License-Identifier: Apache-2.0
// Calls to other systems over kept connections. A failure tells what the other side can have done with the request,
// because the gateway counts uses of a consent by it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/limits.hpp"
#include "http/content.hpp"
#include "http/message.hpp"
#include "http/tls.hpp"
#include "http/uri.hpp"
#include "http/workers.hpp"

namespace kelisim::http {

class Pool;
class Worker;

// Where a request may go, by the addresses that its host has when it is sent.
enum class Reach {
    any,
    public_only,  // no network of one's own: the address was named by somebody else
};

struct ExchangeLimits {
    std::chrono::milliseconds deadline{10'000};  // of everything: waiting, resolving, connecting, sending, answering
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 100;
    std::size_t body_bytes_max = base::limits::answer_body_bytes_max;
    std::chrono::milliseconds piece_deadline{10'000};  // of 64 KiB of content that goes or comes as it is there
};

struct Outgoing {
    Authority upstream;
    std::string method = "GET";
    std::string target = "/";  // origin form, percent-encoded
    // Host, Content-Length, Expect and hop-by-hop fields (RFC 9110 7.6.1, also those that Connection names) are the
    // client's own and are dropped from here.
    std::vector<Header> headers;
    std::string body;
    ExchangeLimits limits;
    Reach reach = Reach::any;
};

struct Answer {
    int status = 0;
    Headers headers;  // without hop-by-hop fields
    std::string body;
};

enum class Lost {
    // No byte of the request was taken: no connection, none in time, or to somebody who is not whom the URL names. It may
    // be repeated.
    not_sent,
    no_answer,   // bytes left, and no whole answer came in time or at all: the other side may have acted. When in doubt
    bad_answer,  // an answer came that is not HTTP or over the limits: the other side has most likely acted
};

// At which step of an exchange it was lost.
enum class Step {
    waiting,  // for a place among our own connections to the other side
    resolving,
    connecting,
    handshake,  // of TLS
    sending,  // content that was to be sent broke off on its way to us; the other side cannot take what it has for all of it
    answering,  // from the first byte of the request on
};

struct Failure {
    Lost lost;
    std::string why;  // for logs; holds nothing of the request or the answer
    Step step = Step::answering;
};

using Outcome = std::variant<Answer, Failure>;

// An answer whose content is still to come. Ends before the client does; on the thread on which it was asked for.
struct AnswerHead {
    int status = 0;
    Headers headers;  // without hop-by-hop fields
    std::unique_ptr<Content> content;
};

using StreamedOutcome = std::variant<AnswerHead, Failure>;

struct ClientOptions {
    std::size_t connections_max = base::limits::owner_connections_max;  // per upstream; at least one on each io thread
    std::size_t waiting_max = 1024;  // exchanges that wait for one of them, per upstream and io thread
    // Shorter than common servers keep a connection (5 s), so that a request seldom meets a closing one.
    std::chrono::milliseconds idle_max{4'000};
    // For https upstreams, which are not_sent without it; outlives the client.
    const ClientTls* tls = nullptr;
};

// Connections stay on the io thread that opened them. Thread-safe.
class Client {
public:
    explicit Client(Workers& workers, const ClientOptions& options = {});
    // No exchange is running any more. Never on an io thread.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // On an io thread of the workers. Throws std::invalid_argument for a method, target or header field that would
    // change the request's framing: whoever put it there did not check it.
    boost::asio::awaitable<Outcome> exchange(Outgoing request);

    // The same for content of any size. `content` goes in place of the body; null: the body does. The deadline is that of the
    // connection, and again that of the answer's head; body_bytes_max that of the answer's content. Nothing is sent a second time.
    boost::asio::awaitable<StreamedOutcome> stream(Outgoing request, Content* content);

    // The same from any other thread. `done` is called once, on an io thread: hand over quickly. A request that exchange()
    // would throw for is Lost::not_sent.
    void start(Outgoing request, std::function<void(Outcome)> done);

private:
    struct Lane;
    Pool& pool_of(Worker& worker, const Authority& upstream);
    std::vector<std::unique_ptr<Lane>> lanes_;
    Workers& workers_;
    ClientOptions options_;
};

}  // namespace kelisim::http
