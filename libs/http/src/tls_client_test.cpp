// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <ostream>

#include "base/result.hpp"
#include "tls_fixture.hpp"

namespace kelisim::http {
namespace {

using namespace std::chrono_literals;
using testing::Pem;
using testing::table;
using testing::TestAuthority;
using testing::Wish;

class TlsTest : public ::testing::Test, protected testing::TlsPlace {};

class TlsClientTest : public TlsTest {
protected:
    // Of a client that trusts `anchors`; empty: nobody but the system.
    Outcome call(const std::string& anchors, Authority upstream, const std::optional<Pem>& shown = {}, int times = 1) {
        ClientTlsFiles files;
        files.anchors = folder_.put("trusted.pem", anchors);
        if (shown) {
            files.chain = folder_.put("shown.pem", shown->certificate);
            files.key = folder_.put("shown.key", shown->key);
        }
        const ClientTls tls(files);
        Client client(workers_, {.connections_max = 2, .waiting_max = 2, .idle_max = 1s, .tls = &tls});
        Outcome last = Failure{Lost::not_sent, "never called"};
        for (int i = 0; i < times; ++i) {
            Outgoing request{
                .upstream = upstream, .target = "/who", .headers = {}, .body = "", .limits = {.deadline = 2s}};
            last = boost::asio::co_spawn(workers_.executor(0), client.exchange(std::move(request)),
                                         boost::asio::use_future)
                       .get();
        }
        return last;
    }
    Authority here(std::string host = "127.0.0.1") const {
        return {.host = std::move(host), .port = port_, .tls = true};
    }
    static std::string text(const Outcome& outcome) {
        if (const auto* answer = std::get_if<Answer>(&outcome))
            return std::to_string(answer->status) + " " + answer->body;
        const auto& failure = std::get<Failure>(outcome);
        const char* lost = failure.lost == Lost::not_sent    ? "not_sent: "
                           : failure.lost == Lost::no_answer ? "no_answer: "
                                                             : "bad_answer: ";
        const bool in_handshake = failure.step == Step::handshake;
        EXPECT_EQ(in_handshake, failure.lost == Lost::not_sent) << failure.why;
        return lost + failure.why;
    }
};

TEST_F(TlsClientTest, CallsByAddressAndByName) {
    serve_people();
    EXPECT_EQ(text(call(root_.pem(), here())), "200 nobody");
    EXPECT_EQ(text(call(root_.pem(), here("localhost"))), "200 nobody");
}

TEST_F(TlsClientTest, KeepsItsConnection) {
    serve_people();
    EXPECT_EQ(text(call(root_.pem(), here(), {}, 5)), "200 nobody");
    EXPECT_EQ(observer_.handshakes().size(), 1U);
}

TEST_F(TlsClientTest, ShowsItsCertificate) {
    serve_systems();
    EXPECT_TRUE(text(call(root_.pem(), here(), systems_.issue())).starts_with("200 CN=kelisim.test|"));
    EXPECT_FALSE(text(call(root_.pem(), here())).starts_with("200"));
    EXPECT_FALSE(text(call(root_.pem(), here(), stranger_.issue())).starts_with("200"));
}

struct BadServer {
    std::string_view name;
    std::string_view host;
    Wish wish;
    std::string_view why;
};
void PrintTo(const BadServer& c, std::ostream* out) {
    *out << c.name;
}
class TlsServers : public TlsClientTest, public ::testing::WithParamInterface<BadServer> {};

TEST_P(TlsServers, AreRefusedBeforeAByteOfTheRequest) {
    serve(put(root_.issue(GetParam().wish)));
    const std::string told = text(call(root_.pem(), here(std::string(GetParam().host))));
    EXPECT_TRUE(told.starts_with("not_sent: TLS: ")) << told;
    EXPECT_NE(told.find(GetParam().why), std::string::npos) << told;
    EXPECT_TRUE(observer_.finished_exchanges().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Tls, TlsServers,
    ::testing::Values(BadServer{"another_name", "localhost", {.names = "DNS:elsewhere.test"}, "ostname mismatch"},
                      BadServer{"another_address", "127.0.0.1", {.names = "IP:10.0.0.1"}, "IP address mismatch"},
                      BadServer{
                          "a_name_for_an_address", "127.0.0.1", {.names = "DNS:127.0.0.1"}, "IP address mismatch"},
                      BadServer{"the_name_only_as_common_name",
                                "localhost",
                                {.subject = {{"CN", "localhost"}}, .names = ""},
                                "ostname mismatch"},
                      BadServer{"a_wildcard_within_a_label", "localhost", {.names = "DNS:local*"}, "ostname mismatch"},
                      BadServer{"for_clients_only", "localhost", {.purpose = "clientAuth"}, "purpose"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(TlsClientTest, AStrangersServerIsRefused) {
    serve_people();
    EXPECT_TRUE(text(call(stranger_.pem(), here())).starts_with("not_sent: TLS: "));
    EXPECT_TRUE(text(call(TestAuthority("root").pem(), here())).starts_with("not_sent: TLS: "));
    EXPECT_TRUE(observer_.finished_exchanges().empty());
}

// What our own server would not do: played by OpenSSL on a thread.
class PlayedServer {
public:
    PlayedServer(const Pem& pem, std::function<void(SSL*)> play, int version_max = TLS1_3_VERSION)
        : listener_("127.0.0.1", 0), thread_([this, pem, play = std::move(play), version_max] {
              testing::without_sigpipe_on_this_thread();
              const std::unique_ptr<SSL_CTX, testing::Free<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
              SSL_CTX_set_security_level(context.get(), 0);
              SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
              SSL_CTX_set_max_proto_version(context.get(), version_max);
              const std::unique_ptr<BIO, testing::Free<BIO_free_all>> in(
                  BIO_new_mem_buf(pem.certificate.data(), static_cast<int>(pem.certificate.size()))),
                  key_in(BIO_new_mem_buf(pem.key.data(), static_cast<int>(pem.key.size())));
              const testing::Certificate own(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
              const testing::Key key(PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr));
              SSL_CTX_use_certificate(context.get(), own.get());
              SSL_CTX_use_PrivateKey(context.get(), key.get());
              const int listening = listener_.release();
              const int descriptor = ::accept(listening, nullptr, nullptr);
              const std::unique_ptr<SSL, testing::Free<SSL_free>> ssl(SSL_new(context.get()));
              SSL_set_fd(ssl.get(), descriptor);
              if (SSL_accept(ssl.get()) == 1) play(ssl.get());
              ::close(descriptor);
              ::close(listening);
          }) {}
    ~PlayedServer() { thread_.join(); }
    PlayedServer(const PlayedServer&) = delete;
    std::uint16_t port() const { return listener_.port(); }

private:
    Listener listener_;
    std::thread thread_;
};

void read_request(SSL* ssl) {
    std::array<char, 4096> bytes{};
    SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()));
}

void write_text(SSL* ssl, std::string_view text) {
    SSL_write(ssl, text.data(), static_cast<int>(text.size()));
}

TEST_F(TlsClientTest, AnEndWithoutCloseNotifyIsNoEndOfAnAnswer) {
    constexpr std::string_view until_end = "HTTP/1.1 200 OK\r\n\r\nhalf";
    {
        const PlayedServer cut(own_, [&](SSL* ssl) {
            read_request(ssl);
            write_text(ssl, until_end);
        });
        port_ = cut.port();
        EXPECT_TRUE(text(call(root_.pem(), here())).starts_with("no_answer"));
    }
    const PlayedServer whole(own_, [&](SSL* ssl) {
        read_request(ssl);
        write_text(ssl, until_end);
        SSL_shutdown(ssl);
    });
    port_ = whole.port();
    EXPECT_EQ(text(call(root_.pem(), here())), "200 half");
}

TEST_F(TlsClientTest, AnExpiredServerIsRefused) {
    for (const Wish& wish : {Wish{.begins = -2h, .ends = -1h}, Wish{.begins = 1h, .ends = 2h}}) {
        const PlayedServer server(root_.issue(wish), [](SSL*) { FAIL() << "shaken"; });
        port_ = server.port();
        EXPECT_TRUE(text(call(root_.pem(), here())).starts_with("not_sent: TLS: certificate "));
    }
}

TEST_F(TlsClientTest, AWeakServerIsRefused) {
    const PlayedServer old(
        own_, [](SSL*) { FAIL() << "shaken"; }, TLS1_1_VERSION);
    port_ = old.port();
    EXPECT_TRUE(text(call(root_.pem(), here())).starts_with("not_sent: TLS: "));
    const PlayedServer weak(root_.issue({.rsa_bits = 1024}), [](SSL*) { FAIL() << "shaken"; });
    port_ = weak.port();
    EXPECT_TRUE(text(call(root_.pem(), here())).starts_with("not_sent: TLS: "));
}

TEST_F(TlsClientTest, ASilentServerIsNotWaitedForLongerThanTheDeadline) {
    Listener silent("127.0.0.1", 0);
    port_ = silent.port();
    EXPECT_EQ(text(call(root_.pem(), here())), "not_sent: deadline in the TLS handshake");
}

TEST_F(TlsClientTest, ThereIsNoWayBackToPlain) {
    serve_people();
    Client plain(workers_);
    Outgoing request{.upstream = here(), .target = "/who", .headers = {}, .body = "", .limits = {}};
    EXPECT_EQ(
        text(boost::asio::co_spawn(workers_.executor(0), plain.exchange(std::move(request)), boost::asio::use_future)
                 .get()),
        "not_sent: no TLS");
    // A server that speaks HTTP without TLS.
    Listener listener("127.0.0.1", 0);
    port_ = listener.port();
    testing::RecordingObserver observer;
    Server without(std::move(listener), table(), ServerParts{workers_, clock_, entropy_, observer, plain_error_page},
                   quick());
    EXPECT_TRUE(text(call(root_.pem(), here())).starts_with("not_sent: TLS: "));
    for (const std::string& exchange : observer.finished_exchanges())
        EXPECT_EQ(exchange.find("/who"), std::string::npos);
}

TEST_F(TlsClientTest, FilesOfAClientAreLookedAt) {
    const Pem shown = systems_.issue();
    EXPECT_THROW(ClientTls({.anchors = folder_.at("none.pem")}), base::Outage);
    EXPECT_THROW(ClientTls({.chain = folder_.put("shown.pem", shown.certificate)}), base::Outage);
    EXPECT_THROW(ClientTls({.chain = folder_.at("shown.pem"), .key = folder_.put("k.pem", root_.issue().key)}),
                 base::Outage);
    EXPECT_NO_THROW(ClientTls({.chain = folder_.at("shown.pem"), .key = folder_.put("k.pem", shown.key)}));
    EXPECT_NO_THROW(ClientTls(ClientTlsFiles{}));
}

}  // namespace
}  // namespace kelisim::http
