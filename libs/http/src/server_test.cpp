// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <ostream>

#include "testing.hpp"

namespace kelisim::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::eventually;
using testing::RawPeer;
using testing::status_of;

constexpr std::size_t small_body = 10;

awaitable<Response> echo(const Request& request) {
    co_return text_response(200, request.body);
}

awaitable<Response> describe(const Request& request) {
    std::string text = request.method + " " + std::string(request.path()) + " ?" + std::string(request.query());
    for (const auto& parameter : request.parameters)
        text += " " + std::string(parameter.name) + "=" + parameter.value;
    co_return text_response(200, std::move(text));
}

awaitable<Response> show_trace(const Request& request) {
    co_return text_response(200, request.trace.trace_id + " " + request.trace.parent_id + " " + request.trace.span_id);
}

awaitable<Response> outage(const Request&) {
    throw base::Outage("disk /secret/path is full");
    co_return Response{};
}

awaitable<Response> mistake(const Request&) {
    throw std::runtime_error("password=hunter2");
    co_return Response{};
}

awaitable<Response> strange_throw(const Request&) {
    throw 42;
    co_return Response{};
}

awaitable<Response> bad_header(const Request&) {
    Response response = text_response(200, "x");
    response.headers.push_back({"X-Split", "a\r\nSet-Cookie: b"});
    co_return response;
}

awaitable<Response> own_framing(const Request&) {
    Response response = text_response(200, "abc");
    response.headers = {{"Content-Length", "99"}, {"Transfer-Encoding", "chunked"},
                        {"Connection", "close"},  {"Date", "x"},
                        {"Request-Id", "forged"}, {"X-Kept", "yes"}};
    co_return response;
}

awaitable<Response> large(const Request&) {
    co_return text_response(200, std::string(8 * 1024 * 1024, 'x'));
}

awaitable<Response> no_content(const Request&) {
    co_return empty_response(204);
}

awaitable<Response> slow(const Request&) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 400ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return text_response(200, "slow");
}

struct Caller {
    std::string name;
};

awaitable<std::variant<Caller, Response>> who_is_it(const Request& request) {
    const auto name = request.headers.once("x-name");
    if (!name) co_return text_response(401, "who?");
    co_return Caller{std::string(*name)};
}

awaitable<Response> greet(const Caller& caller, const Request&) {
    co_return text_response(200, "hello " + caller.name);
}

Routes table() {
    const Authenticator<Caller> named = who_is_it;
    return Routes({
        {"GET", "/", open("test", describe)},
        {"GET", "/items/{id}", open("test", describe)},
        {"POST", "/items/{id}", open("test", describe)},
        {"GET", "/items/fixed", open("test", describe)},
        {"GET", "/files/{path...}", open("test", describe)},
        {"ANY", "/gateway/{service}/{path...}", open("test", describe), {.body_bytes_max = 100, .deadline = 1s}},
        {"POST", "/echo", open("test", echo), {.body_bytes_max = small_body, .deadline = 1s}},
        {"GET", "/trace", open("test", show_trace)},
        {"GET", "/outage", open("test", outage)},
        {"GET", "/mistake", open("test", mistake)},
        {"GET", "/strange", open("test", strange_throw)},
        {"GET", "/bad-header", open("test", bad_header)},
        {"GET", "/own-framing", open("test", own_framing)},
        {"GET", "/large", open("test", large)},
        {"GET", "/no-content", open("test", no_content)},
        {"GET", "/slow", open("test", slow)},
        {"GET", "/too-slow", open("test", slow), {.body_bytes_max = 0, .deadline = 100ms}},
        {"GET", "/who", authenticated(named, greet)},
    });
}

// A server of one thread with deadlines that a test can wait for.
class ServerTest : public ::testing::Test {
protected:
    static ServerOptions quick() {
        ServerOptions options;
        options.header_deadline = 200ms;
        options.body_deadline = 200ms;
        options.idle_deadline = 300ms;
        options.write_deadline = 300ms;
        options.linger_deadline = 1ms;
        return options;
    }

    void start(const ServerOptions& options) {
        Listener listener("127.0.0.1", 0);
        port_ = listener.port();
        server_.emplace(std::move(listener), table(),
                        ServerParts{workers_, clock_, entropy_, observer_, plain_error_page}, options);
    }
    void SetUp() override { start(quick()); }

    RawPeer connect() const { return RawPeer::connect(port_); }
    std::string exchange(std::string_view bytes) const {
        RawPeer peer = connect();
        peer.send(bytes);
        return peer.responses(1);
    }
    static std::string get(std::string_view target) {
        return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    base::SystemClock clock_;
    base::SystemEntropy entropy_;
    testing::RecordingObserver observer_;
    Workers workers_{1};
    std::optional<Server> server_;
    std::uint16_t port_ = 0;
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// --- what is served

TEST_F(ServerTest, AnswersWithTheFieldsThatAreDue) {
    const auto answer = exchange(get("/?a=1"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
    EXPECT_TRUE(contains(answer, " GMT\r\nContent-Type: text/plain; charset=utf-8\r\nRequest-Id: ")) << answer;
    EXPECT_TRUE(contains(answer, "\r\nContent-Length: 10\r\n\r\nGET / ?a=1")) << answer;
}

TEST_F(ServerTest, KeepsTheConnectionAndAnswersInOrder) {
    RawPeer peer = connect();
    peer.send(get("/items/1") + get("/items/2") + "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
              get("/items/3"));
    const auto answers = peer.responses(4);
    const auto first = answers.find("id=1"), second = answers.find("id=2"), third = answers.find("\r\n\r\nabc"),
               fourth = answers.find("id=3");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_LT(third, fourth);
    EXPECT_NE(fourth, std::string::npos);
    peer.send(get("/items/4"));
    EXPECT_TRUE(contains(peer.responses(1), "id=4"));
}

TEST_F(ServerTest, TakesARequestByteByByte) {
    RawPeer peer = connect();
    for (const char c :
         std::string("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
        peer.send({&c, 1});
    }
    EXPECT_TRUE(peer.responses(1).ends_with("\r\n\r\nabc"));
}

TEST_F(ServerTest, ClosesWhenAsked) {
    RawPeer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(contains(peer.responses(1), "Connection: close\r\n"));
    EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, Http10ClosesUnlessAskedToKeep) {
    RawPeer once = connect();
    once.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(contains(once.responses(1), "Connection: close\r\n"));
    EXPECT_TRUE(once.closed());
    RawPeer kept = connect();
    kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(contains(kept.responses(1), "Connection: keep-alive\r\n"));
    kept.send("GET /items/2 HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(contains(kept.responses(1), "id=2"));
}

TEST_F(ServerTest, AnswersAPeerThatHasFinishedSending) {
    RawPeer peer = connect();
    peer.send(get("/items/1"));
    peer.finish_sending();
    EXPECT_TRUE(contains(peer.until_closed(), "id=1"));
}

TEST_F(ServerTest, HeadIsGetWithoutTheBody) {
    RawPeer peer = connect();
    peer.send("HEAD /items/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto answer = peer.until_closed();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_TRUE(contains(answer, "Content-Length: 20\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(ServerTest, SendsALargeAnswerWhole) {
    RawPeer peer = connect();
    peer.send("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto answer = peer.until_closed();
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 8U * 1024 * 1024);
}

TEST_F(ServerTest, NoContentHasNoLength) {
    const auto answer = exchange(get("/no-content"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 204 No Content\r\n"));
    EXPECT_FALSE(contains(answer, "Content-Length"));
}

TEST_F(ServerTest, FramingIsTheServersOwn) {
    const auto answer = exchange(get("/own-framing"));
    EXPECT_TRUE(contains(answer, "Content-Length: 3\r\n"));
    EXPECT_TRUE(contains(answer, "X-Kept: yes\r\n"));
    for (const auto* stray : {"Content-Length: 99", "chunked", "Date: x", "Connection: close", "forged"})
        EXPECT_FALSE(contains(answer, stray)) << stray;
}

TEST_F(ServerTest, AuthenticationComesFirst) {
    EXPECT_EQ(status_of(exchange(get("/who"))), 401);
    EXPECT_TRUE(contains(exchange("GET /who HTTP/1.1\r\nHost: x\r\nX-Name: Abai\r\n\r\n"), "hello Abai"));
    EXPECT_EQ(status_of(exchange("GET /who HTTP/1.1\r\nHost: x\r\nX-Name: a\r\nx-name: b\r\n\r\n")), 401);
}

TEST_F(ServerTest, ContinuesWhenExpectedTo) {
    RawPeer peer = connect();
    peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(peer.some(), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("abc");
    EXPECT_TRUE(peer.responses(1).ends_with("abc"));
}

TEST_F(ServerTest, DoesNotAskForABodyThatItWillRefuse) {
    const auto answer =
        exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(status_of(answer), 413);
    EXPECT_EQ(status_of(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n")), 417);
}

TEST_F(ServerTest, TrailersNeverBecomeHeaders) {
    const auto answer = exchange(
        "POST /gateway/s/p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nHost: "
        "evil\r\nX-Name: b\r\n\r\n");
    EXPECT_EQ(status_of(answer), 200);
}

// --- trace

TEST_F(ServerTest, ContinuesTheTraceOfTheCaller) {
    const auto answer = exchange(
        "GET /trace HTTP/1.1\r\nHost: x\r\ntraceparent: "
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    EXPECT_TRUE(contains(answer, "0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 "));
    EXPECT_TRUE(contains(answer, "Request-Id: 0af7651916cd43dd8448eb211c80319c-"));
}

TEST_F(ServerTest, BeginsATraceOfItsOwnOtherwise) {
    for (const std::string given :
         {"", "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01\r\n", "traceparent: x\r\n"}) {
        const auto answer = exchange("GET /trace HTTP/1.1\r\nHost: x\r\n" + given + "\r\n");
        const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
        EXPECT_EQ(body.size(), 32U + 1 + 0 + 1 + 16) << answer;
        EXPECT_NE(body.substr(0, 32), std::string(32, '0'));
    }
    EXPECT_NE(exchange(get("/trace")).substr(100), exchange(get("/trace")).substr(100));
}

// --- failures of handlers

TEST_F(ServerTest, AnOutageIs503AndItsTextStaysInside) {
    RawPeer peer = connect();
    peer.send(get("/outage"));
    const auto answer = peer.responses(1);
    EXPECT_EQ(status_of(answer), 503);
    EXPECT_TRUE(contains(answer, "Retry-After: 1\r\n"));
    EXPECT_FALSE(contains(answer, "disk"));
    ASSERT_EQ(observer_.failures().size(), 1U);
    EXPECT_TRUE(contains(observer_.failures()[0], "disk"));
    EXPECT_EQ(observer_.failures()[0].find(' '), 32U);  // after the trace id
    peer.send(get("/items/1"));                         // the connection lives on
    EXPECT_TRUE(contains(peer.responses(1), "id=1"));
}

TEST_F(ServerTest, AnyOtherFailureIs500AndItsTextStaysInside) {
    for (const auto* target : {"/mistake", "/strange", "/bad-header"}) {
        const auto answer = exchange(get(target));
        EXPECT_EQ(status_of(answer), 500) << target;
        EXPECT_FALSE(contains(answer, "hunter2"));
        EXPECT_FALSE(contains(answer, "Set-Cookie"));
    }
    EXPECT_EQ(observer_.failures().size(), 3U);
}

TEST_F(ServerTest, AHandlerOverItsDeadlineIsAnsweredForAndItsAnswerDropped) {
    RawPeer peer = connect();
    const auto began = std::chrono::steady_clock::now();
    peer.send(get("/too-slow"));
    const auto answer = peer.until_closed();
    EXPECT_EQ(status_of(answer), 503);
    EXPECT_FALSE(contains(answer, "slow\n")) << answer;
    EXPECT_LT(std::chrono::steady_clock::now() - began, 350ms);
    EXPECT_TRUE(eventually([&] { return server_->in_flight() == 0; }));
    EXPECT_EQ(observer_.finished_exchanges(), std::vector<std::string>{"GET /too-slow 503"});
}

TEST_F(ServerTest, TellsTheObserverOfEachExchange) {
    exchange(get("/items/1"));
    exchange(get("/nowhere"));
    exchange("\x01\r\n\r\n");
    ASSERT_TRUE(eventually([&] { return observer_.finished_exchanges().size() == 3; }));
    EXPECT_EQ(observer_.finished_exchanges(), (std::vector<std::string>{"GET /items/{id} 200", "GET  404", "  400"}));
}

// --- bytes that two readers could understand differently, and other hostile ones

struct Hostile {
    std::string_view name;
    std::string bytes;
    int status;
};
void PrintTo(const Hostile& c, std::ostream* out) {
    *out << c.name;
}

class HostileBytes : public ServerTest, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileBytes, AreRefusedAndTheConnectionClosed) {
    RawPeer peer = connect();
    // What follows must not be taken for a request of its own.
    peer.send(GetParam().bytes + get("/items/smuggled"));
    const auto answer = peer.until_closed();
    EXPECT_EQ(status_of(answer), GetParam().status) << answer;
    EXPECT_TRUE(contains(answer, "Connection: close\r\n")) << answer;
    EXPECT_FALSE(contains(answer, "smuggled")) << answer;
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

std::string post(std::string_view fields, std::string_view body) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

std::string with(std::string_view fields) {
    return "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string line(std::string_view request_line) {
    return std::string(request_line) + "\r\nHost: x\r\n\r\n";
}

std::string many_fields(int count) {
    std::string fields;
    for (int i = 0; i < count; ++i)
        fields += "A: b\r\n";
    return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Server, HostileBytes,
    ::testing::Values(
        Hostile{"both_lengths", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        Hostile{"both_lengths_reversed", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
        Hostile{"length_twice_different", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400},
        Hostile{"length_twice_equal", post("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"), 400},
        Hostile{"length_list", post("Content-Length: 2, 2\r\n", "ab"), 400},
        Hostile{"length_negative", post("Content-Length: -1\r\n", ""), 400},
        Hostile{"length_plus", post("Content-Length: +2\r\n", "ab"), 400},
        Hostile{"length_hexadecimal", post("Content-Length: 0x2\r\n", "ab"), 400},
        Hostile{"length_empty", post("Content-Length:\r\n", ""), 400},
        Hostile{"length_overflow", post("Content-Length: 18446744073709551617\r\n", "a"), 400},
        Hostile{"encoding_twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                400},
        Hostile{"encoding_other_first", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
        Hostile{"encoding_other_last", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
        Hostile{"encoding_identity", post("Transfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
        Hostile{"encoding_obfuscated", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
        Hostile{"encoding_quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
        Hostile{"encoding_in_http_1_0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Hostile{"chunk_size_not_hexadecimal", post("Transfer-Encoding: chunked\r\n", "g\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_size_negative", post("Transfer-Encoding: chunked\r\n", "-1\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_size_prefixed", post("Transfer-Encoding: chunked\r\n", "0x1\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_size_overflow", post("Transfer-Encoding: chunked\r\n", "10000000000000001\r\na\r\n0\r\n\r\n"),
                400},
        Hostile{"chunk_size_empty", post("Transfer-Encoding: chunked\r\n", "\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_without_end", post("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_bare_lf", post("Transfer-Encoding: chunked\r\n", "1\na\n0\n\n\r\n\r\n"), 400},
        Hostile{"chunk_extension_with_lf", post("Transfer-Encoding: chunked\r\n", "1;a\nb\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_extension_long",
                post("Transfer-Encoding: chunked\r\n", "1;a=" + std::string(300, 'x') + "\r\na\r\n0\r\n\r\n"), 400},
        Hostile{"chunk_header_endless", post("Transfer-Encoding: chunked\r\n", "1;" + std::string(20'000, 'x')), 400},
        Hostile{"folded_field", with("A: b\r\n c\r\n"), 400}, Hostile{"folded_with_tab", with("A: b\r\n\tc\r\n"), 400},
        Hostile{"folded_first_field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
        Hostile{"bare_lf_line", "GET / HTTP/1.1\nHost: x\n\n", 400},
        Hostile{"bare_lf_in_fields", with("A: b\nC: d\r\n"), 400},
        Hostile{"bare_cr_in_value", with("A: b\rc\r\n"), 400},
        Hostile{"nul_in_value", with(std::string("A: b\0c\r\n", 8)), 400},
        Hostile{"nul_in_name", with(std::string("A\0: b\r\n", 7)), 400},
        Hostile{"control_in_value", with("A: b\x01\r\n"), 400}, Hostile{"delete_in_value", with("A: b\x7f\r\n"), 400},
        Hostile{"blank_before_colon", with("A : b\r\n"), 400}, Hostile{"name_empty", with(": b\r\n"), 400},
        Hostile{"name_without_colon", with("Abc\r\n"), 400}, Hostile{"name_with_blank", with("A b: c\r\n"), 400},
        Hostile{"no_host", "GET / HTTP/1.1\r\n\r\n", 400}, Hostile{"host_twice", with("Host: y\r\n"), 400},
        Hostile{"host_twice_in_http_1_0", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        Hostile{"version_2", line("GET / HTTP/2.0"), 400}, Hostile{"version_0_9", "GET /\r\n\r\n", 400},
        Hostile{"version_lower_case", line("GET / http/1.1"), 400}, Hostile{"version_1_2", line("GET / HTTP/1.2"), 400},
        Hostile{"two_blanks", line("GET  / HTTP/1.1"), 400}, Hostile{"tab_for_blank", line("GET\t/ HTTP/1.1"), 400},
        Hostile{"blank_first", line(" GET / HTTP/1.1"), 400}, Hostile{"method_empty", line("/ HTTP/1.1"), 400},
        Hostile{"method_not_a_token", line("G{T / HTTP/1.1"), 400},
        Hostile{"target_not_ascii", line("GET /\xd0\xb0 HTTP/1.1"), 400},
        Hostile{"target_relative", line("GET items HTTP/1.1"), 400},
        Hostile{"target_fragment", line("GET /#a HTTP/1.1"), 400},
        Hostile{"target_asterisk", line("GET * HTTP/1.1"), 400},
        Hostile{"target_authority", line("CONNECT x:80 HTTP/1.1"), 400},
        Hostile{"target_dot_segment", line("GET /files/../items HTTP/1.1"), 400},
        Hostile{"target_dot_segment_escaped", line("GET /files/%2e%2E/items HTTP/1.1"), 400},
        Hostile{"target_bad_escape", line("GET /items/%zz HTTP/1.1"), 400},
        Hostile{"target_cut_escape", line("GET /items/%2 HTTP/1.1"), 400},
        Hostile{"target_nul_escape", line("GET /items/%00 HTTP/1.1"), 400},
        Hostile{"two_empty_lines_first", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Hostile{"tls_hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
        Hostile{"http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        Hostile{"one_byte_over_by_length", post("Content-Length: 11\r\n", "12345678901"), 413},
        Hostile{"one_byte_over_by_chunk", post("Transfer-Encoding: chunked\r\n", "b\r\n12345678901\r\n0\r\n\r\n"), 413},
        Hostile{"one_byte_over_by_chunks",
                post("Transfer-Encoding: chunked\r\n", "5\r\n12345\r\n5\r\n12345\r\n1\r\n1\r\n0\r\n\r\n"), 413},
        Hostile{"huge_chunk_announced", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nab"), 413},
        Hostile{"body_where_none_is_due", "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 404},
        Hostile{"body_for_the_wrong_method", "PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405},
        Hostile{"target_one_over", line("GET /" + std::string(4096, 'a') + " HTTP/1.1"), 414},
        Hostile{"target_endless", "GET /" + std::string(20'000, 'a'), 414},
        Hostile{"fields_one_over", with(many_fields(100)), 431},
        Hostile{"header_one_over", with("A: " + std::string(16 * 1024 - 32 + 1, 'b') + "\r\n"), 431},
        Hostile{"header_endless", "GET / HTTP/1.1\r\nA: " + std::string(40'000, 'b'), 431}),
    [](const auto& c) { return std::string(c.param.name); });

// --- each limit, at its bound

TEST_F(ServerTest, TakesExactlyItsLimits) {
    EXPECT_TRUE(exchange(post("Content-Length: 10\r\n", "1234567890")).ends_with("1234567890"));
    EXPECT_TRUE(
        exchange(post("Transfer-Encoding: chunked\r\n", "a\r\n1234567890\r\n0\r\n\r\n")).ends_with("1234567890"));
    EXPECT_EQ(status_of(exchange(with(many_fields(99)))), 200);
    EXPECT_EQ(status_of(exchange(line("GET /" + std::string(4095, 'a') + " HTTP/1.1"))), 404);
    const std::size_t around = with("A: \r\n").size();
    EXPECT_EQ(status_of(exchange(with("A: " + std::string(16 * 1024 - around, 'b') + "\r\n"))), 200);
    EXPECT_EQ(status_of(exchange(with("A: " + std::string(16 * 1024 - around + 1, 'b') + "\r\n"))), 431);
}

TEST_F(ServerTest, SkipsOneEmptyLineBeforeARequest) {
    EXPECT_EQ(status_of(exchange("\r\n" + get("/"))), 200);
}

TEST_F(ServerTest, TakesTheAbsoluteForm) {
    EXPECT_TRUE(contains(exchange(line("GET http://example.org/items/9?q HTTP/1.1")), "GET /items/9 ?q id=9"));
    EXPECT_EQ(status_of(exchange(line("GET http://example.org HTTP/1.1"))), 200);
}

TEST_F(ServerTest, AMissingRouteKeepsTheConnection) {
    RawPeer peer = connect();
    peer.send(get("/nowhere") + "DELETE /items/1 HTTP/1.1\r\nHost: x\r\n\r\n" + get("/items/5"));
    const auto answers = peer.responses(3);
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(contains(answers, "HTTP/1.1 405 "));
    EXPECT_TRUE(contains(answers, "Allow: GET, HEAD, POST\r\n")) << answers;
    EXPECT_TRUE(contains(answers, "id=5"));
}

// --- time

struct Stall {
    std::string_view name;
    std::string bytes;
    int status;  // 0: closed without a word
};
void PrintTo(const Stall& c, std::ostream* out) {
    *out << c.name;
}

class StallingPeer : public ServerTest, public ::testing::WithParamInterface<Stall> {};

TEST_P(StallingPeer, IsNotWaitedForBeyondTheDeadline) {
    RawPeer peer = connect();
    peer.send(GetParam().bytes);
    const auto began = std::chrono::steady_clock::now();
    const auto answer = peer.until_closed();
    EXPECT_EQ(status_of(answer), GetParam().status) << answer;
    EXPECT_LT(std::chrono::steady_clock::now() - began, 700ms);
    peer.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

INSTANTIATE_TEST_SUITE_P(
    Server, StallingPeer,
    ::testing::Values(Stall{"says_nothing", "", 0}, Stall{"stops_in_the_request_line", "GET /", 408},
                      Stall{"stops_in_the_fields", "GET / HTTP/1.1\r\nHost: x\r\n", 408},
                      Stall{"stops_in_the_body", post("Content-Length: 10\r\n", "123"), 408},
                      Stall{"stops_in_a_chunk", post("Transfer-Encoding: chunked\r\n", "5\r\n12"), 408}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(ServerTest, TricklingBytesDoNotExtendTheDeadline) {
    RawPeer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n");
    const auto began = std::chrono::steady_clock::now();
    std::string answer;
    while (answer.empty() && std::chrono::steady_clock::now() - began < 2s) {
        peer.send("A: b\r\n");
        answer = peer.some(20ms);
    }
    EXPECT_EQ(status_of(answer), 408);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
}

TEST_F(ServerTest, AnIdleConnectionIsClosed) {
    RawPeer peer = connect();
    peer.send(get("/"));
    EXPECT_EQ(status_of(peer.responses(1)), 200);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(peer.closed());
    EXPECT_GT(std::chrono::steady_clock::now() - began, 200ms);
}

TEST_F(ServerTest, APeerThatDoesNotReadIsLetGo) {
    RawPeer peer = connect();
    peer.send(get("/large"));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }, 2s));
}

TEST_F(ServerTest, APeerThatResetsLeavesNothingBehind) {
    for (const auto* bytes :
         {"", "GET /", "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        RawPeer peer = connect();
        peer.send(bytes);
        ASSERT_TRUE(eventually([&] { return server_->connections() > 0; }));
        peer.reset();
    }
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0 && server_->in_flight() == 0; }));
    EXPECT_EQ(status_of(exchange(get("/"))), 200);
}

// --- bounds of the whole server

class SmallServerTest : public ServerTest {
protected:
    void SetUp() override {
        ServerOptions options = quick();
        options.idle_deadline = 5s;
        options.connections_max = 2;
        options.in_flight_max = 1;
        start(options);
    }
};

TEST_F(SmallServerTest, ShedsRequestsOverItsBound) {
    RawPeer first = connect();
    RawPeer second = connect();
    first.send(get("/slow"));
    ASSERT_TRUE(eventually([&] { return server_->in_flight() == 1; }));
    second.send(get("/"));
    const auto shed = second.responses(1);
    EXPECT_EQ(status_of(shed), 503);
    EXPECT_TRUE(contains(shed, "Retry-After: 1\r\n"));
    EXPECT_EQ(status_of(first.responses(1)), 200);
    second.send(get("/"));
    EXPECT_EQ(status_of(second.responses(1)), 200);
}

TEST_F(SmallServerTest, ClosesConnectionsOverItsBound) {
    RawPeer first = connect();
    RawPeer second = connect();
    ASSERT_TRUE(eventually([&] { return server_->connections() == 2; }));
    RawPeer third = connect();
    EXPECT_TRUE(third.closed());
    first.close();
    ASSERT_TRUE(eventually([&] { return server_->connections() == 1; }));
    EXPECT_EQ(status_of(exchange(get("/"))), 200);
}

// --- the end

TEST_F(ServerTest, StoppingFinishesWhatIsInFlight) {
    RawPeer busy = connect();
    RawPeer idle = connect();
    busy.send(get("/slow"));
    ASSERT_TRUE(eventually([&] { return server_->in_flight() == 1 && server_->connections() == 2; }));
    std::thread stopping([&] { server_->stop(2s); });
    EXPECT_TRUE(idle.closed());
    const auto answer = busy.until_closed();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_TRUE(contains(answer, "Connection: close\r\n"));
    stopping.join();
    EXPECT_EQ(server_->connections(), 0U);
    EXPECT_THROW(connect(), std::runtime_error);
}

TEST_F(ServerTest, StoppingCutsWhatIsNotFinishedInTime) {
    RawPeer busy = connect();
    RawPeer half = connect();
    busy.send(get("/slow"));
    half.send("GET /");
    ASSERT_TRUE(eventually([&] { return server_->in_flight() == 1 && server_->connections() == 2; }));
    server_->stop(0ms);
    EXPECT_EQ(server_->connections(), 0U);
    EXPECT_EQ(busy.until_closed(), "");
}

TEST(ListenerTest, RefusesWhatItCannotBind) {
    const Listener taken("127.0.0.1", 0);
    EXPECT_NE(taken.port(), 0);
    EXPECT_THROW(Listener("127.0.0.1", taken.port()), base::Outage);
    EXPECT_THROW(Listener("localhost", 0), base::Outage);
    EXPECT_THROW(Listener("192.0.2.1", 0), base::Outage);
}

TEST(WorkersTest, NeedsAThread) {
    EXPECT_THROW(Workers(0), std::invalid_argument);
}

}  // namespace
}  // namespace kelisim::http
