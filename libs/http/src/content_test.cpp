// SPDX-License-Identifier: Apache-2.0
// Content that passes as it comes, through a server and a client of ours: what a gateway does with it.
#include "http/content.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <optional>

#include "http/client.hpp"
#include "testing.hpp"

namespace kelisim::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::RawPeer;

constexpr std::size_t most = 8 * 1024 * 1024;

// Pieces made by the test.
class Made final : public Content {
public:
    using Next = std::function<std::optional<std::string>(std::size_t index)>;
    explicit Made(Next next, std::optional<std::uint64_t> length = std::nullopt)
        : next_(std::move(next)), length_(length) {}
    awaitable<std::optional<std::string_view>> next() override {
        auto piece = next_(index_++);
        if (!piece) co_return std::nullopt;
        piece_ = std::move(*piece);
        co_return piece_;
    }
    std::optional<std::uint64_t> length() const override { return length_; }

private:
    Next next_;
    std::optional<std::uint64_t> length_;
    std::size_t index_ = 0;
    std::string piece_;
};

Made::Next pieces(std::vector<std::string> all) {
    return [all = std::move(all)](std::size_t i) -> std::optional<std::string> { return i < all.size() ? all[i] : ""; };
}

// What was read of a request, and whether it was whole.
awaitable<Response> swallow(const Request& request) {
    std::size_t bytes = 0, read = 0;
    for (;;) {
        const auto piece = co_await request.content->next();
        if (!piece) co_return text_response(200, "broke off");
        if (piece->empty()) break;
        bytes += piece->size();
        ++read;
    }
    const auto length = request.content->length();
    co_return text_response(200, std::to_string(bytes) + " in " + std::to_string(read) + " of " +
                                     (length ? std::to_string(*length) : "unknown"));
}

awaitable<Response> look_away(const Request&) {
    co_return text_response(403, "no");
}

Endpoint answer_of(Made::Next next, std::optional<std::uint64_t> length = std::nullopt, int status = 200) {
    return open("test", [next = std::move(next), length, status](const Request&) -> awaitable<Response> {
        Response response;
        response.status = status;
        response.content = std::make_shared<Made>(next, length);
        co_return response;
    });
}

Made::Next that_breaks_off(std::string first) {
    return [first = std::move(first)](std::size_t i) { return i == 0 ? std::optional(first) : std::nullopt; };
}

Made::Next that_throws(std::string first) {
    return [first = std::move(first)](std::size_t i) {
        if (i > 0) throw std::runtime_error("secret");
        return std::optional(first);
    };
}

class ContentTest : public ::testing::Test {
protected:
    static ServerOptions quick() {
        ServerOptions options;
        options.piece_deadline = 200ms;
        options.write_deadline = 300ms;
        options.linger_deadline = 1ms;
        return options;
    }
    Routes table() {
        const auto always = [](const Request&) { return true; };
        const RouteLimits limits{
            .body_bytes_max = 10, .deadline = 2s, .content_bytes_max = most, .content_deadline = 1s};
        return Routes({
            {.method = "ANY",
             .pattern = "/swallow",
             .endpoint = open("test", swallow),
             .limits = limits,
             .reads_content = always},
            {.method = "POST",
             .pattern = "/never",
             .endpoint = open("test", look_away),
             .limits = limits,
             .reads_content = always},
            {.method = "POST",
             .pattern = "/some",
             .endpoint = open("test", look_away),
             .limits = limits,
             .reads_content = [](const Request& request) { return request.headers.once("x-large").has_value(); }},
            {.method = "GET", .pattern = "/chunks", .endpoint = answer_of(pieces({"first ", "second"}))},
            {.method = "GET", .pattern = "/known", .endpoint = answer_of(pieces({"12345", "67890"}), 10)},
            {.method = "GET", .pattern = "/none", .endpoint = answer_of(pieces({}))},
            {.method = "GET", .pattern = "/no-content", .endpoint = answer_of(pieces({}), std::nullopt, 204)},
            {.method = "GET", .pattern = "/content-of-204", .endpoint = answer_of(pieces({"x"}), std::nullopt, 204)},
            {.method = "GET", .pattern = "/breaks", .endpoint = answer_of(that_breaks_off("first"))},
            {.method = "GET", .pattern = "/endless", .endpoint = answer_of([](std::size_t) {
                                                         return std::string(100'000, 'a');
                                                     })},
            {.method = "GET", .pattern = "/throws", .endpoint = answer_of(that_throws("first"))},
            {.method = "GET", .pattern = "/short", .endpoint = answer_of(pieces({"123"}), 10)},
            {.method = "GET", .pattern = "/long", .endpoint = answer_of(pieces({"12345678901"}), 10)},
            {.method = "ANY",
             .pattern = "/pass",
             .endpoint = open("test", [this](const Request& request) { return pass(request); }),
             .limits = limits,
             .reads_content = always},
        });
    }
    // To the same server's /swallow, or where the request says.
    awaitable<Response> pass(const Request& request) {
        Outgoing out;
        out.upstream = {"127.0.0.1", upstream_.value_or(port_)};
        out.method = request.method;
        out.target = std::string(request.headers.once("x-to").value_or("/swallow"));
        out.limits = {.deadline = 500ms, .body_bytes_max = most, .piece_deadline = 300ms};
        StreamedOutcome outcome = co_await client_.stream(std::move(out), request.content);
        if (const auto* failure = std::get_if<Failure>(&outcome)) co_return text_response(502, failure->why);
        auto& head = std::get<AnswerHead>(outcome);
        Response response;
        response.status = head.status;
        response.content = std::move(head.content);
        co_return response;
    }

    void SetUp() override {
        Listener listener("127.0.0.1", 0);
        port_ = listener.port();
        server_.emplace(std::move(listener), table(),
                        ServerParts{workers_, clock_, entropy_, observer_, plain_error_page}, quick());
    }
    void TearDown() override { server_.reset(); }

    RawPeer connect() const { return RawPeer::connect(port_); }
    std::string to_the_end(std::string_view bytes) const {
        RawPeer peer = connect();
        peer.send(bytes);
        return peer.until_closed();
    }
    // Sends this and is gone.
    void go_in_the_middle(std::string_view bytes) const {
        RawPeer peer = connect();
        peer.send(bytes);
        peer.reset();
        EXPECT_TRUE(testing::eventually([&] { return server_->connections() == 0; }));
    }
    // The same, with an end of the connection asked for.
    static std::string post(std::string_view path, std::string_view fields, std::string_view body) {
        return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + std::string(fields) +
               "\r\n" + std::string(body);
    }
    static std::string get(std::string_view path, std::string_view version = "1.1") {
        return "GET " + std::string(path) + " HTTP/" + std::string(version) +
               "\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    base::SystemClock clock_;
    base::SystemEntropy entropy_;
    testing::RecordingObserver observer_;
    Workers workers_{1};
    Client client_{workers_, {.connections_max = 2, .waiting_max = 1, .idle_max = 200ms}};
    std::optional<Server> server_;
    std::uint16_t port_ = 0;
    std::optional<std::uint16_t> upstream_;
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// --- requests

TEST_F(ContentTest, IsReadInPieces) {
    const std::string body(1024 * 1024, 'a');
    const auto answer = to_the_end(post("/swallow", "Content-Length: 1048576\r\n", body));
    EXPECT_TRUE(contains(answer, "\r\n\r\n1048576 in ")) << answer;
    EXPECT_TRUE(contains(answer, " of 1048576")) << answer;
}

TEST_F(ContentTest, IsReadInChunks) {
    const auto answer =
        to_the_end(post("/swallow", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n"));
    EXPECT_TRUE(contains(answer, "\r\n\r\n8 in 1 of unknown")) << answer;
}

TEST_F(ContentTest, MayBeNone) {
    EXPECT_TRUE(contains(to_the_end(get("/swallow")), "\r\n\r\n0 in 0 of "));
}

TEST_F(ContentTest, LeavesTheConnectionInStep) {
    RawPeer peer = connect();
    peer.send(
        "POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcPOST /swallow HTTP/1.1\r\nHost: "
        "x\r\nContent-Length: 2\r\n\r\nab");
    const auto answers = peer.responses(2);
    EXPECT_TRUE(contains(answers, "3 in 1 of 3")) << answers;
    EXPECT_TRUE(contains(answers, "2 in 1 of 2")) << answers;
}

TEST_F(ContentTest, IsReadOnlyWhereTheRouteSaysSo) {
    EXPECT_TRUE(to_the_end(post("/some", "Content-Length: 11\r\n", "12345678901")).starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(
        to_the_end(post("/some", "X-Large: 1\r\nContent-Length: 11\r\n", "12345678901")).starts_with("HTTP/1.1 403"));
}

TEST_F(ContentTest, ThatNobodyReadEndsTheConnection) {
    RawPeer peer = connect();
    peer.send("POST /never HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
    const auto answer = peer.until_closed();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
    EXPECT_TRUE(contains(answer, "Connection: close")) << answer;
}

TEST_F(ContentTest, OverItsLimitIsRefusedBeforeItIsRead) {
    const auto answer = to_the_end(post("/swallow", "Content-Length: " + std::to_string(most + 1) + "\r\n", "a"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
}

TEST_F(ContentTest, ThatGrowsOverItsLimitBreaksOff) {
    std::string chunks;
    for (std::size_t sent = 0; sent <= most; sent += 0x100000)
        chunks += "100000\r\n" + std::string(0x100000, 'a') + "\r\n";
    const auto answer = to_the_end(post("/swallow", "Transfer-Encoding: chunked\r\n", chunks));
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 413")) << answer.substr(0, 200);
    EXPECT_FALSE(contains(answer, "broke off"));
}

TEST_F(ContentTest, TooSlowIsATimeout) {
    RawPeer peer = connect();
    peer.send("POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
    EXPECT_TRUE(peer.until_closed().starts_with("HTTP/1.1 408"));
}

// Each byte in its time, and no end in sight.
TEST_F(ContentTest, ThatTricklesIsATimeout) {
    RawPeer peer = connect();
    peer.send("POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    std::atomic<bool> stop{false};
    std::thread trickle([&] {
        while (!stop) {
            peer.send("a");
            std::this_thread::sleep_for(20ms);  // tidy-allow(sleep): the pace of a slow sender is what is tested
        }
    });
    const auto answer = peer.until_closed();
    stop = true;
    trickle.join();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408")) << answer;
}

TEST_F(ContentTest, ThatIsNotHttpIsMalformed) {
    const auto answer = to_the_end(post("/swallow", "Transfer-Encoding: chunked\r\n", "3\r\nabcXX5\r\n"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
}

TEST_F(ContentTest, WhosePeerIsGoneIsAnsweredToNobody) {
    go_in_the_middle("POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
    EXPECT_TRUE(observer_.failures().empty());
}

// --- answers

TEST_F(ContentTest, OfAnAnswerGoesInChunks) {
    const auto answer = to_the_end(get("/chunks"));
    EXPECT_TRUE(contains(answer, "Transfer-Encoding: chunked\r\n")) << answer;
    EXPECT_FALSE(contains(answer, "Content-Length")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n")) << answer;
}

TEST_F(ContentTest, OfAnAnswerMayBeNone) {
    EXPECT_TRUE(to_the_end(get("/none")).ends_with("\r\n\r\n0\r\n\r\n"));
}

TEST_F(ContentTest, OfKnownLengthSaysSo) {
    const auto answer = to_the_end(get("/known"));
    EXPECT_TRUE(contains(answer, "Content-Length: 10\r\n")) << answer;
    EXPECT_FALSE(contains(answer, "chunked")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n1234567890")) << answer;
}

TEST_F(ContentTest, OfAnAnswerLeavesTheConnectionInStep) {
    RawPeer peer = connect();
    peer.send("GET /known HTTP/1.1\r\nHost: x\r\n\r\nGET /known HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answers = peer.responses(2);
    EXPECT_EQ(answers.find("1234567890"),
              answers.rfind("1234567890") - (answers.rfind("HTTP/1.1") - answers.find("HTTP/1.1")));
    EXPECT_TRUE(answers.ends_with("1234567890")) << answers;
}

// "A server MUST NOT send a Transfer-Encoding header field in any response with a status code of 1xx (Informational) or 204" (RFC 9112 6.1).
TEST_F(ContentTest, IsNoneWhereTheStatusAllowsNone) {
    RawPeer peer = connect();
    peer.send("GET /no-content HTTP/1.1\r\nHost: x\r\n\r\nGET /known HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answers = peer.responses(2);
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 204")) << answers;
    EXPECT_FALSE(contains(answers, "chunked")) << answers;
    EXPECT_TRUE(contains(answers, "\r\n\r\nHTTP/1.1 200 OK")) << answers;
    EXPECT_TRUE(to_the_end(get("/content-of-204")).ends_with("\r\n\r\n"));
}

// Who takes nothing gets no more of it, and holds nobody's connection.
TEST_F(ContentTest, ThatNobodyTakesBreaksOff) {
    RawPeer peer = connect();
    peer.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(testing::eventually([&] { return server_->connections() == 1; }));
    EXPECT_TRUE(testing::eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ContentTest, InHttp10EndsWithTheConnection) {
    const auto answer = to_the_end(get("/chunks", "1.0"));
    EXPECT_FALSE(contains(answer, "chunked")) << answer;
    EXPECT_TRUE(contains(answer, "Connection: close")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nfirst second")) << answer;
}

TEST_F(ContentTest, ThatBreaksOffIsNotWhole) {
    for (const char* path : {"/breaks", "/short", "/long"}) {
        const auto answer = to_the_end(get(path));
        EXPECT_FALSE(answer.ends_with("0\r\n\r\n")) << answer;
        EXPECT_FALSE(answer.ends_with("1234567890")) << answer;
    }
}

// Where the end of the connection is the end of the content, a reset is none.
TEST_F(ContentTest, ThatBreaksOffInHttp10IsAReset) {
    for (const char* path : {"/breaks", "/throws"}) {
        RawPeer peer = connect();
        peer.send(get(path, "1.0"));
        EXPECT_FALSE(contains(peer.until_closed(), "secret"));
        EXPECT_TRUE(peer.was_reset()) << path;
    }
    EXPECT_EQ(observer_.failures().size(), 1U);
}

// --- both

TEST_F(ContentTest, PassesWhole) {
    const std::string body(3 * 1024 * 1024, 'a');
    const auto known = to_the_end(post("/pass", "Content-Length: 3145728\r\n", body));
    EXPECT_TRUE(contains(known, "3145728 in ")) << known;
    EXPECT_TRUE(contains(known, " of 3145728")) << known;
    const auto chunked =
        to_the_end(post("/pass", "Transfer-Encoding: chunked\r\n", "300000\r\n" + body + "\r\n0\r\n\r\n"));
    EXPECT_TRUE(contains(chunked, "3145728 in ")) << chunked;
    EXPECT_TRUE(contains(chunked, " of unknown")) << chunked;
}

TEST_F(ContentTest, PassesBack) {
    const auto answer = to_the_end("GET /pass HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-To: /chunks\r\n\r\n");
    EXPECT_TRUE(contains(answer, "first ")) << answer;
    EXPECT_TRUE(contains(answer, "second")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n")) << answer;
}

TEST_F(ContentTest, ThatBreaksOffOnItsWayBackBreaksOffHere) {
    const auto answer = to_the_end("GET /pass HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-To: /breaks\r\n\r\n");
    EXPECT_FALSE(answer.ends_with("0\r\n\r\n")) << answer;
}

TEST_F(ContentTest, ThatBreaksOffOnItsWayThereIsNeverWholeThere) {
    go_in_the_middle("POST /pass HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    for (const std::string& exchange : observer_.finished_exchanges())
        EXPECT_FALSE(contains(exchange, "/swallow 200")) << exchange;
}

TEST_F(ContentTest, HasNowhereToGoWhereNobodyListens) {
    Listener nobody("127.0.0.1", 0);
    upstream_ = nobody.port();
    ::close(nobody.release());
    const auto answer = to_the_end(post("/pass", "Content-Length: 3\r\n", "abc"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 502")) << answer;
}

TEST_F(ContentTest, GoesOnOneConnectionAfterTheOther) {
    for (int i = 0; i < 5; ++i) {
        const auto answer = to_the_end(post("/pass", "Content-Length: 3\r\n", "abc"));
        EXPECT_TRUE(contains(answer, "3 in 1 of 3")) << answer;
    }
}

}  // namespace
}  // namespace kelisim::http
