// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <ostream>

#include "testing.hpp"

namespace kelisim::http {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::RawPeer;

// The other side, played by the test.
class Upstream {
public:
    explicit Upstream(int backlog = 64) {
        descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(descriptor_, backlog) != 0 ||
            ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("listen");
        port_ = ntohs(address.sin_port);
    }
    Upstream(const Upstream&) = delete;
    ~Upstream() { close(); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    std::uint16_t port() const { return port_; }
    RawPeer accept() const { return RawPeer(::accept(descriptor_, nullptr, nullptr)); }

private:
    int descriptor_;
    std::uint16_t port_;
};

class ClientTest : public ::testing::Test {
protected:
    Outgoing request(std::string method = "POST") const {
        Outgoing out;
        out.upstream = {"127.0.0.1", upstream_.port()};
        out.method = std::move(method);
        out.target = "/person";
        out.body = out.method == "POST" ? "{}" : "";
        out.limits = {.deadline = 300ms, .header_bytes_max = 1024, .header_fields_max = 5, .body_bytes_max = 10};
        return out;
    }
    std::future<Outcome> begin(Outgoing out) {
        return boost::asio::co_spawn(workers_.executor(0), client_.exchange(std::move(out)), boost::asio::use_future);
    }
    // One exchange with an upstream that reads the request, writes `bytes` and closes.
    Outcome exchange_against(std::string_view bytes, Outgoing out) {
        auto outcome = begin(std::move(out));
        RawPeer peer = upstream_.accept();
        last_request_ = peer.some();
        peer.send(bytes);
        peer.finish_sending();
        return outcome.get();
    }
    static std::string lost(const Outcome& outcome) {
        if (std::holds_alternative<Answer>(outcome)) return "answer";
        switch (std::get<Failure>(outcome).lost) {
            case Lost::not_sent:
                return "not_sent";
            case Lost::no_answer:
                return "no_answer";
            case Lost::bad_answer:
                return "bad_answer";
        }
        return "";
    }

    Upstream upstream_;
    Workers workers_{1};
    Client client_{workers_, {.connections_max = 2, .waiting_max = 1, .idle_max = 200ms}};
    std::string last_request_;
};

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

// --- the classes of failure, one cut at each step

struct Cut {
    std::string_view name;
    std::string bytes;
    std::string_view outcome;
};
void PrintTo(const Cut& c, std::ostream* out) {
    *out << c.name;
}
class ClientCut : public ClientTest, public ::testing::WithParamInterface<Cut> {};

TEST_P(ClientCut, IsClassified) {
    EXPECT_EQ(lost(exchange_against(GetParam().bytes, request())), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Http, ClientCut,
    ::testing::Values(
        Cut{"before_a_byte", "", "no_answer"}, Cut{"in_the_status_line", "HTTP/1.1 2", "no_answer"},
        Cut{"in_the_fields", "HTTP/1.1 200 OK\r\nContent-", "no_answer"},
        Cut{"before_the_body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "no_answer"},
        Cut{"in_the_body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh", "no_answer"},
        Cut{"in_a_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "no_answer"},
        Cut{"before_the_last_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "no_answer"},
        Cut{"after_an_interim_answer", "HTTP/1.1 100 Continue\r\n\r\n", "no_answer"},
        Cut{"not_http", "SSH-2.0-OpenSSH_9.2\r\n", "no_answer"},  // could go on as HTTP/0.9 folk do; it just ended
        Cut{"not_http_whole", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "bad_answer"},
        Cut{"bare_lf", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "bad_answer"},
        Cut{"both_lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_answer"},
        Cut{"two_lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "bad_answer"},
        Cut{"folded_field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "bad_answer"},
        Cut{"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "bad_answer"},
        Cut{"switching_protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "bad_answer"},
        Cut{"body_one_over", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901", "bad_answer"},
        Cut{"chunks_one_over", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n",
            "bad_answer"},
        Cut{"until_end_one_over", "HTTP/1.1 200 OK\r\n\r\n12345678901", "bad_answer"},
        Cut{"fields_one_over", "HTTP/1.1 200 OK\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n", "bad_answer"},
        Cut{"header_over", "HTTP/1.1 200 OK\r\nA: " + std::string(1100, 'x') + "\r\n\r\n", "bad_answer"},
        Cut{"header_endless", "HTTP/1.1 200 OK\r\nA: " + std::string(9000, 'x'), "bad_answer"},
        Cut{"whole", std::string(ok), "answer"},
        Cut{"body_at_limit", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890", "answer"},
        Cut{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n1234567890\r\n0\r\n\r\n", "answer"},
        Cut{"until_end", "HTTP/1.0 200 OK\r\n\r\n1234567890", "answer"},
        Cut{"without_body", "HTTP/1.1 204 No Content\r\n\r\n", "answer"},
        Cut{"after_interim_answers",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + std::string(ok), "answer"},
        Cut{"an_error_status", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "answer"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(ClientTest, NobodyListensIsNotSent) {
    upstream_.close();
    const Outcome outcome = begin(request()).get();
    EXPECT_EQ(lost(outcome), "not_sent");
    EXPECT_EQ(std::get<Failure>(outcome).step, Step::connecting);
}

TEST_F(ClientTest, AnUnknownHostIsNotSent) {
    Outgoing out = request();
    out.upstream.host = "no-such-host.invalid";
    const Outcome outcome = begin(std::move(out)).get();
    EXPECT_EQ(lost(outcome), "not_sent");
    EXPECT_EQ(std::get<Failure>(outcome).step, Step::resolving);
}

TEST_F(ClientTest, AnAddressThatDoesNotConnectInTimeIsNotSent) {
    // The queue of a listener that accepts nothing is full: further connections wait.
    Upstream full(0);
    const RawPeer first = RawPeer::connect(full.port());
    std::vector<std::future<Outcome>> waiting;
    Outgoing out = request();
    out.upstream.port = full.port();
    // One may still be completed by the kernel, and its bytes then have left.
    waiting.push_back(begin(out));
    waiting.push_back(begin(out));
    EXPECT_NE(lost(waiting[0].get()), "answer");
    EXPECT_EQ(lost(waiting[1].get()), "not_sent");
}

TEST_F(ClientTest, SilenceIsNoAnswer) {
    const auto began = std::chrono::steady_clock::now();
    auto outcome = begin(request());
    const RawPeer peer = upstream_.accept();
    EXPECT_EQ(lost(outcome.get()), "no_answer");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
}

TEST_F(ClientTest, TricklingAnswersDoNotExtendTheDeadline) {
    auto outcome = begin(request());
    RawPeer peer = upstream_.accept();
    const auto began = std::chrono::steady_clock::now();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (outcome.wait_for(20ms) != std::future_status::ready && std::chrono::steady_clock::now() - began < 2s)
        peer.send("A");
    EXPECT_EQ(lost(outcome.get()), "no_answer");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
}

TEST_F(ClientTest, AResetIsNoAnswer) {
    auto outcome = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.reset();
    EXPECT_EQ(lost(outcome.get()), "no_answer");
}

TEST_F(ClientTest, ARequestThatLeftInPartIsNoAnswer) {
    Outgoing out = request();
    out.body = std::string(64 * 1024 * 1024, 'x');  // more than the sockets hold
    auto outcome = begin(std::move(out));
    RawPeer peer = upstream_.accept();
    EXPECT_EQ(lost(outcome.get()), "no_answer");
}

// --- the pool

TEST_F(ClientTest, KeepsAConnection) {
    auto exchange = begin(request());
    RawPeer peer = upstream_.accept();
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(peer.some().ends_with("\r\n\r\n{}"));
        peer.send(ok);
        EXPECT_EQ(lost(exchange.get()), "answer");
        exchange = begin(request());
    }
    EXPECT_FALSE(peer.some().empty());
    peer.send(ok);
    EXPECT_EQ(lost(exchange.get()), "answer");
}

TEST_F(ClientTest, TakesAFreshConnectionWhenTheKeptOneWasClosed) {
    auto first = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.send(ok);
    EXPECT_EQ(lost(first.get()), "answer");
    peer.close();
    // On loopback the end, or the bytes, have arrived when the call returns.
    EXPECT_EQ(lost(exchange_against(ok, request())), "answer");
}

TEST_F(ClientTest, AKeptConnectionThatEndsAfterTheRequestIsNoAnswerAndNotRepeated) {
    auto first = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.send(ok);
    EXPECT_EQ(lost(first.get()), "answer");
    auto second = begin(request());
    EXPECT_FALSE(peer.some().empty());
    peer.close();
    EXPECT_EQ(lost(second.get()), "no_answer");
}

TEST_F(ClientTest, DoesNotReuseAConnectionWithBytesToSpare) {
    auto first = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.send(std::string(ok) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    const Outcome outcome = first.get();
    EXPECT_EQ(std::get<Answer>(outcome).body, "hi");
    EXPECT_TRUE(peer.closed());
}

TEST_F(ClientTest, DoesNotReuseAConnectionOnWhichSomethingCameLater) {
    auto first = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.send(ok);
    EXPECT_EQ(lost(first.get()), "answer");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    // On loopback the end, or the bytes, have arrived when the call returns.
    EXPECT_EQ(std::get<Answer>(exchange_against(ok, request())).body, "hi");
}

TEST_F(ClientTest, ClosesIdleConnections) {
    auto first = begin(request());
    RawPeer peer = upstream_.accept();
    peer.some();
    peer.send(ok);
    EXPECT_EQ(lost(first.get()), "answer");
    EXPECT_TRUE(peer.closed(1s));
}

TEST_F(ClientTest, WaitsForAPlaceUpToItsBounds) {
    auto first = begin(request());
    auto second = begin(request());
    RawPeer one = upstream_.accept();
    RawPeer two = upstream_.accept();
    auto third = begin(request());   // waits
    auto fourth = begin(request());  // one too many
    const Outcome turned_away = fourth.get();
    EXPECT_EQ(lost(turned_away), "not_sent");
    EXPECT_EQ(std::get<Failure>(turned_away).step, Step::waiting);
    one.some();
    one.send(ok);
    EXPECT_EQ(lost(first.get()), "answer");
    one.some();  // the third, on the same connection
    one.send(ok);
    EXPECT_EQ(lost(third.get()), "answer");
    two.some();
    two.send(ok);
    EXPECT_EQ(lost(second.get()), "answer");
}

TEST_F(ClientTest, APlaceThatComesTooLateIsNotSent) {
    auto first = begin(request());
    auto second = begin(request());
    const RawPeer one = upstream_.accept();
    const RawPeer two = upstream_.accept();
    Outgoing out = request();
    out.limits.deadline = 50ms;
    EXPECT_EQ(lost(begin(std::move(out)).get()), "not_sent");
    EXPECT_EQ(lost(first.get()), "no_answer");
    EXPECT_EQ(lost(second.get()), "no_answer");
}

// --- what is written and given back

TEST_F(ClientTest, WritesTheRequestAndDropsWhatIsNotForwarded) {
    Outgoing out = request();
    out.headers = {{"Host", "evil"},   {"Content-Length", "9"},    {"Connection", "X-Hop, close"},
                   {"X-Hop", "1"},     {"Keep-Alive", "9"},        {"TE", "trailers"},
                   {"Upgrade", "h2c"}, {"Expect", "100-continue"}, {"Transfer-Encoding", "chunked"},
                   {"X-End", "2"}};
    exchange_against(ok, std::move(out));
    EXPECT_EQ(last_request_, "POST /person HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(upstream_.port()) +
                                 "\r\nX-End: 2\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_F(ClientTest, GivesBackEndToEndFieldsOnly) {
    const auto outcome = exchange_against(
        "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\nContent-Length: 2\r\n\r\nhi", request());
    const auto& answer = std::get<Answer>(outcome);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hi");
    EXPECT_EQ(answer.headers.once("x-end"), "2");
    EXPECT_FALSE(answer.headers.first("x-hop"));
    EXPECT_FALSE(answer.headers.first("connection"));
}

TEST_F(ClientTest, AHeadAnswerHasNoBody) {
    const auto outcome = exchange_against("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", request("HEAD"));
    EXPECT_EQ(std::get<Answer>(outcome).body, "");
}

TEST_F(ClientTest, NeverWritesWhatWouldChangeTheFraming) {
    const std::vector<std::function<void(Outgoing&)>> faults = {
        [](Outgoing& out) { out.method = "GET /x HTTP/1.1\r\n"; },
        [](Outgoing& out) { out.method = ""; },
        [](Outgoing& out) { out.target = "/a b"; },
        [](Outgoing& out) { out.target = "/a\r\n"; },
        [](Outgoing& out) { out.target = "a"; },
        [](Outgoing& out) { out.target = "/\xd0"; },
        [](Outgoing& out) {
            out.headers = {{"A", "b\r\nC: d"}};
        },
        [](Outgoing& out) {
            out.headers = {{"A:", "b"}};
        }};
    for (const auto& fault : faults) {
        Outgoing out = request();
        fault(out);
        EXPECT_THROW(begin(std::move(out)).get(), std::invalid_argument);
    }
}

TEST_F(ClientTest, ResolvesNames) {
    Outgoing out = request();
    out.upstream.host = "localhost";
    EXPECT_EQ(lost(exchange_against(ok, std::move(out))), "answer");
}

}  // namespace
}  // namespace kelisim::http
