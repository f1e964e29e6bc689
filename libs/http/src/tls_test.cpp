// SPDX-License-Identifier: Apache-2.0
#include "http/tls.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "base/result.hpp"
#include "tls_fixture.hpp"

namespace kelisim::http {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::Folder;
using testing::get;
using testing::large_bytes;
using testing::Manner;
using testing::Pem;
using testing::RawPeer;
using testing::status_of;
using testing::TestAuthority;
using testing::TlsPeer;
using testing::Wish;

class TlsTest : public ::testing::Test, protected testing::TlsPlace {};

// --- what is agreed on

TEST_F(TlsTest, ServesTls13AndTls12) {
    serve_people();
    for (const auto& [version, name] : {std::pair{TLS1_3_VERSION, "TLSv1.3"}, {TLS1_2_VERSION, "TLSv1.2"}}) {
        TlsPeer peer(port_, {.version_max = version, .anchors = root_.pem()});
        ASSERT_TRUE(peer.connected()) << TlsPeer::error();
        EXPECT_EQ(peer.version(), name);
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(peer.ssl(), &chosen, &size);
        EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(chosen), size), "http/1.1");
        ASSERT_TRUE(peer.send(get("/who")));
        EXPECT_TRUE(peer.response().ends_with("nobody"));
        ASSERT_TRUE(peer.send(get("/who")));  // the connection is kept
        EXPECT_TRUE(peer.response().ends_with("nobody"));
    }
    EXPECT_TRUE(ended(HandshakeEnd::done));
}

TEST_F(TlsTest, APeerWithoutAlpnIsServed) {
    serve_people();
    EXPECT_EQ(ask_who({.protocols = ""}), "nobody");
}

struct Refused {
    std::string_view name;
    Manner manner;
};
void PrintTo(const Refused& c, std::ostream* out) {
    *out << c.name;
}
class TlsRefuses : public TlsTest, public ::testing::WithParamInterface<Refused> {};

TEST_P(TlsRefuses, WhatHasNothingInCommon) {
    serve_people();
    const TlsPeer peer(port_, GetParam().manner);
    EXPECT_FALSE(peer.connected());
    EXPECT_TRUE(ended(HandshakeEnd::nothing_in_common));
}

INSTANTIATE_TEST_SUITE_P(
    Tls, TlsRefuses,
    ::testing::Values(Refused{"tls_1_1", {.version_min = TLS1_VERSION, .version_max = TLS1_1_VERSION}},
                      Refused{"tls_1_0", {.version_min = TLS1_VERSION, .version_max = TLS1_VERSION}},
                      Refused{"no_forward_secrecy", {.version_max = TLS1_2_VERSION, .suites = "AES128-GCM-SHA256"}},
                      Refused{"cbc", {.version_max = TLS1_2_VERSION, .suites = "ECDHE-ECDSA-AES128-SHA256"}},
                      Refused{"sha1", {.version_max = TLS1_2_VERSION, .suites = "ECDHE-ECDSA-AES128-SHA"}},
                      Refused{"no_encryption", {.version_max = TLS1_2_VERSION, .suites = "ECDHE-ECDSA-NULL-SHA"}},
                      Refused{"anonymous", {.version_max = TLS1_2_VERSION, .suites = "AECDH-AES128-SHA"}},
                      Refused{"only_http_2", {.protocols = std::string_view("\x02h2")}}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(TlsTest, DoesNotRenegotiate) {
    serve_people();
    TlsPeer peer(port_, {.version_max = TLS1_2_VERSION});
    ASSERT_TRUE(peer.send(get("/who")));
    ASSERT_TRUE(peer.response().ends_with("nobody"));
    SSL_renegotiate(peer.ssl());
    EXPECT_NE(SSL_do_handshake(peer.ssl()), 1);
}

TEST_F(TlsTest, DoesNotCompress) {
    serve_people();
    const TlsPeer peer(port_, {.version_max = TLS1_2_VERSION});
    ASSERT_TRUE(peer.connected());
    EXPECT_EQ(SSL_get_current_compression(peer.ssl()), nullptr);
}

// --- resumption

TEST_F(TlsTest, PeopleResumeWithATicketUntilTheKeysChange) {
    serve_people();
    using Session = std::unique_ptr<SSL_SESSION, testing::Free<SSL_SESSION_free>>;
    Session kept;
    {
        TlsPeer first(port_);
        ASSERT_TRUE(first.send(get("/who")));
        first.response();
        kept.reset(SSL_get1_session(first.ssl()));
        first.say_end();
    }
    ASSERT_EQ(SSL_SESSION_is_resumable(kept.get()), 1);
    const TlsPeer second(port_, {.session = kept.get()});
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
    tls_->reload();
    const TlsPeer third(port_, {.session = kept.get()});
    EXPECT_TRUE(third.connected());
    EXPECT_EQ(SSL_session_reused(third.ssl()), 0);
}

TEST_F(TlsTest, SystemsShowTheirCertificateEachTime) {
    serve_systems();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsPeer peer(port_, {.version_max = version, .shown = systems_.issue()});
        ASSERT_TRUE(peer.send(get("/who")));
        ASSERT_FALSE(peer.response().empty());
        EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(peer.ssl())), 0);
        peer.say_end();
        const TlsPeer again(port_, {.version_max = version, .session = SSL_get0_session(peer.ssl())});
        EXPECT_EQ(SSL_session_reused(again.ssl()), 0);
    }
}

// --- handshakes that are none

TEST_F(TlsTest, PlainHttpIsNoHandshake) {
    serve_people();
    RawPeer peer = RawPeer::connect(port_);
    peer.send(get("/who"));
    EXPECT_EQ(peer.until_closed().find("HTTP"), std::string::npos);
    EXPECT_TRUE(ended(HandshakeEnd::plain_http));
}

TEST_F(TlsTest, OtherBytesAreNoHandshake) {
    serve_people();
    for (const std::string& bytes : {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string(600, '\0'),
                                     std::string("\x16\x03\x01\x40\x01", 5) + std::string(3000, 'x')}) {
        RawPeer peer = RawPeer::connect(port_);
        peer.send(bytes);
        EXPECT_TRUE(peer.closed());
    }
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_TRUE(observer_.finished_exchanges().empty());
}

TEST_F(TlsTest, AHandshakeThatNeverEndsIsCut) {
    serve_people();
    for (const std::string& begun :
         {std::string(), std::string("\x16"), std::string("\x16\x03\x01\x02\x00\x01\x00", 7)}) {
        RawPeer peer = RawPeer::connect(port_);
        peer.send(begun);
        EXPECT_TRUE(peer.closed(2s));
    }
    EXPECT_TRUE(ended(HandshakeEnd::late));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(TlsTest, ADripDoesNotProlongTheHandshake) {
    serve_people();
    const RawPeer peer = RawPeer::connect(port_);
    const auto begin = std::chrono::steady_clock::now();
    while (server_->connections() == 0) {
    }
    while (server_->connections() > 0 && std::chrono::steady_clock::now() - begin < 3s) {
        peer.send("\x16");
        std::this_thread::sleep_for(10ms);  // tidy-allow(sleep): a slow peer is what is tested
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
}

TEST_F(TlsTest, OneHandshakeOverTheLimitIsNotBegun) {
    ServerOptions options = quick();
    options.handshakes_max = 2;
    options.handshake_deadline = 5s;
    serve_people(options);
    std::vector<RawPeer> waiting;
    for (int i = 0; i < 2; ++i)
        waiting.push_back(RawPeer::connect(port_));
    ASSERT_TRUE(eventually([&] { return server_->connections() == 2; }));
    const TlsPeer third(port_);
    EXPECT_FALSE(third.connected());
    EXPECT_TRUE(ended(HandshakeEnd::too_many));
    // They make room when they go.
    waiting.clear();
    ASSERT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(ask_who({}), "nobody");
}

TEST_F(TlsTest, ConnectionsAreCountedFromTheirBeginning) {
    ServerOptions options = quick();
    options.connections_max = 1;
    serve_people(options);
    const TlsPeer first(port_);
    ASSERT_TRUE(first.connected());
    const TlsPeer second(port_);
    EXPECT_FALSE(second.connected());
}

TEST_F(TlsTest, StopsBesideAHandshakeUnderWay) {
    ServerOptions options = quick();
    options.handshake_deadline = 1h;
    serve_people(options);
    const RawPeer peer = RawPeer::connect(port_);
    ASSERT_TRUE(eventually([&] { return server_->connections() == 1; }));
    const auto begin = std::chrono::steady_clock::now();
    server_->stop(10s);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

// --- HTTP over it

TEST_F(TlsTest, ALargeAnswerComesWhole) {
    serve_people();
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsPeer peer(port_, {.version_max = version});
        ASSERT_TRUE(peer.send(get("/large", "Connection: close\r\n")));
        const std::string answer = peer.until_closed();
        EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, large_bytes);
        EXPECT_TRUE(peer.ended_in_order());
    }
}

TEST_F(TlsTest, ALargeAnswerWaitsForASlowReaderAndNoLonger) {
    serve_people();
    TlsPeer peer(port_);
    ASSERT_TRUE(peer.send(get("/large") + get("/large") + get("/large")));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }, 5s));  // it never reads
}

TEST_F(TlsTest, ARequestMayComeInManyRecordsOrManyInOne) {
    serve_people();
    TlsPeer peer(port_);
    for (const char c : std::string("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"))
        ASSERT_TRUE(peer.send({&c, 1}));
    EXPECT_TRUE(peer.response().ends_with("\r\n\r\nabc"));
    const std::string body(50'000, 'y');
    ASSERT_TRUE(peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + body));
    EXPECT_TRUE(peer.response().ends_with(body));
    ASSERT_TRUE(peer.send(get("/who") + get("/who", "Connection: close\r\n")));
    const std::string both = peer.until_closed();
    EXPECT_NE(both.find("nobody"), both.rfind("nobody"));
}

TEST_F(TlsTest, ContinuesWhenExpectedTo) {
    serve_people();
    TlsPeer peer(port_);
    ASSERT_TRUE(peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    std::array<char, 100> interim{};
    ASSERT_GT(SSL_read(peer.ssl(), interim.data(), static_cast<int>(interim.size())), 0);
    EXPECT_TRUE(std::string_view(interim.data()).starts_with("HTTP/1.1 100"));
    ASSERT_TRUE(peer.send("abc"));
    EXPECT_TRUE(peer.response().ends_with("abc"));
}

TEST_F(TlsTest, ARefusalReachesAPeerThatIsStillSending) {
    serve_people();
    TlsPeer peer(port_);
    ASSERT_TRUE(
        peer.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n\r\n" + std::string(20'000, 'x')));
    EXPECT_EQ(status_of(peer.until_closed()), 413);
    EXPECT_TRUE(peer.ended_in_order());
}

TEST_F(TlsTest, SaysItsEndWhenIdle) {
    serve_people();
    TlsPeer peer(port_);
    ASSERT_TRUE(peer.send(get("/who")));
    peer.response();
    EXPECT_EQ(peer.until_closed(), "");
    EXPECT_TRUE(peer.ended_in_order());
}

TEST_F(TlsTest, BothWaysOfEndingFreeTheConnection) {
    serve_people();
    TlsPeer polite(port_), rude(port_);
    ASSERT_TRUE(polite.send(get("/who")) && rude.send(get("/who")));
    polite.response();
    rude.response();
    polite.say_end();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    rude.cut();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(TlsTest, AChangedByteEndsTheConnection) {
    serve_people();
    TlsPeer peer(port_);
    ASSERT_TRUE(peer.send(get("/who")));
    peer.response();
    const std::string forged = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'z');
    ASSERT_EQ(::send(SSL_get_fd(peer.ssl()), forged.data(), forged.size(), MSG_NOSIGNAL), 37);
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(observer_.finished_exchanges().size(), 1U);
}

// --- certificates of clients

TEST_F(TlsTest, TheHandlerIsToldWhoseCertificateItIs) {
    serve_systems();
    const Pem shown =
        systems_.issue({.subject = {{"C", "KZ"}, {"O", "Банк, \"Бір\""}, {"OU", "BIN880440000018"}, {"CN", "bank"}},
                        .names = "DNS:bank.test,URI:urn:kelisim:bank,IP:10.1.2.3,IP:2001:db8::1,email:a@b.test",
                        .purpose = "clientAuth"});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const std::string told = ask_who({.version_max = version, .shown = shown});
        // RFC 4514 2.1: from the last to the first; 2.4: comma and quotation mark escaped.
        EXPECT_TRUE(told.starts_with("CN=bank,OU=BIN880440000018,O=Банк\\, \\\"Бір\\\",C=KZ|")) << told;
        EXPECT_TRUE(told.ends_with("|bank.test|urn:kelisim:bank|10.1.2.3|2001:db8::1|a@b.test")) << told;
    }
}

TEST_F(TlsTest, AChainLeadsToTheAnchor) {
    serve_systems();
    const TestAuthority middle("middle", &systems_);
    Pem shown = middle.issue();
    EXPECT_EQ(ask_who({.shown = shown}), "");  // nobody knows the authority between
    shown.certificate += middle.pem();
    EXPECT_NE(ask_who({.shown = shown}), "");
}

TEST_F(TlsTest, AnAnchorMayStandInTheMiddle) {
    const TestAuthority middle("middle", &systems_), sister("sister", &systems_);
    ServerTlsFiles files = put(own_);
    files.client_anchors = folder_.put("anchors.pem", middle.pem());
    serve(std::move(files));
    EXPECT_NE(ask_who({.shown = middle.issue()}), "");
    EXPECT_EQ(ask_who({.shown = sister.issue()}), "");
}

struct BadPeer {
    std::string_view name;
    HandshakeEnd end;
    std::function<std::optional<Pem>(const TestAuthority& ours, const TestAuthority& stranger)> shown;
};
void PrintTo(const BadPeer& c, std::ostream* out) {
    *out << c.name;
}
class TlsClients : public TlsTest, public ::testing::WithParamInterface<BadPeer> {};

TEST_P(TlsClients, AreRefused) {
    serve_systems();
    ASSERT_NE(ask_who({.shown = systems_.issue()}), "");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        EXPECT_EQ(ask_who({.version_max = version, .shown = GetParam().shown(systems_, stranger_)}), "");
    EXPECT_TRUE(ended(GetParam().end));
    EXPECT_EQ(observer_.finished_exchanges().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Tls, TlsClients,
    ::testing::Values(BadPeer{"without_a_certificate", HandshakeEnd::no_certificate,
                              [](const auto&, const auto&) { return std::nullopt; }},
                      BadPeer{"of_another_authority", HandshakeEnd::certificate_refused,
                              [](const auto&, const auto& stranger) { return stranger.issue(); }},
                      BadPeer{"of_an_authority_of_the_same_name", HandshakeEnd::certificate_refused,
                              [](const auto&, const auto&) { return TestAuthority("systems").issue(); }},
                      BadPeer{"expired", HandshakeEnd::certificate_refused,
                              [](const auto& ours, const auto&) { return ours.issue({.begins = -2h, .ends = -1h}); }},
                      BadPeer{"not_valid_yet", HandshakeEnd::certificate_refused,
                              [](const auto& ours, const auto&) { return ours.issue({.begins = 1h, .ends = 2h}); }},
                      BadPeer{"for_servers_only", HandshakeEnd::certificate_refused,
                              [](const auto& ours, const auto&) { return ours.issue({.purpose = "serverAuth"}); }},
                      BadPeer{"under_one_that_is_no_authority", HandshakeEnd::certificate_refused,
                              [](const auto& ours, const auto&) {
                                  // A leaf signs another leaf.
                                  const TestAuthority leaf("leaf");
                                  Pem made = leaf.issue();
                                  made.certificate += ours.issue().certificate;
                                  return made;
                              }},
                      BadPeer{"with_a_weak_key", HandshakeEnd::certificate_refused,
                              [](const auto& ours, const auto&) { return ours.issue({.rsa_bits = 1024}); }}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(TlsTest, ARevokedCertificateIsRefused) {
    const Pem good = systems_.issue(), revoked = systems_.issue();
    ServerTlsFiles files = put(own_);
    files.client_anchors = folder_.put("anchors.pem", systems_.pem());
    files.client_crls = folder_.put("crls.pem", systems_.revocations({revoked.serial}));
    serve(std::move(files));
    EXPECT_NE(ask_who({.shown = good}), "");
    EXPECT_EQ(ask_who({.shown = revoked}), "");
    // A list that is too old says nothing any more.
    folder_.put("crls.pem", systems_.revocations({}, -10s));
    tls_->reload();
    EXPECT_EQ(ask_who({.shown = good}), "");
    // Nor does that of another authority.
    folder_.put("crls.pem", stranger_.revocations({}));
    tls_->reload();
    EXPECT_EQ(ask_who({.shown = good}), "");
}

TEST_F(TlsTest, PeopleAreNotAskedForCertificates) {
    serve_people();
    EXPECT_EQ(ask_who({.shown = systems_.issue()}), "nobody");
}

// --- other files

TEST_F(TlsTest, AReloadIsForNewConnections) {
    serve_people();
    TlsPeer old(port_);
    ASSERT_TRUE(old.send(get("/who")));
    ASSERT_TRUE(old.response().ends_with("nobody"));
    const Pem next = root_.issue({.ends = 100h});
    put(next);
    tls_->reload();
    TlsPeer fresh(port_);
    EXPECT_EQ(fresh.certificate(), next.certificate);
    ASSERT_TRUE(old.send(get("/who")));
    EXPECT_TRUE(old.response().ends_with("nobody"));
    EXPECT_EQ(old.certificate(), own_.certificate);
    EXPECT_GT(tls_->expires(), clock_.now() + 99h);
}

TEST_F(TlsTest, AReloadTakesAwayAnAnchor) {
    serve_systems();
    const Pem shown = systems_.issue();
    ASSERT_NE(ask_who({.shown = shown}), "");
    folder_.put("anchors.pem", stranger_.pem());
    tls_->reload();
    EXPECT_EQ(ask_who({.shown = shown}), "");
}

TEST_F(TlsTest, ManyReloadsUnderLoadLoseNothing) {
    serve_people();
    std::atomic<bool> done{false};
    std::atomic<int> answered{0}, lost{0};
    std::thread load([&] {
        while (!done) {
            TlsPeer peer(port_);
            for (int i = 0; i < 3; ++i) {
                if (peer.send(get("/who")) && peer.response().ends_with("nobody")) {
                    ++answered;
                } else {
                    ++lost;
                }
            }
        }
    });
    const Pem other = root_.issue();
    for (int i = 0; i < 200; ++i) {
        put(i % 2 == 0 ? other : own_);
        tls_->reload();
    }
    done = true;
    load.join();
    EXPECT_GT(answered, 0);
    EXPECT_EQ(lost, 0);
}

struct BadFiles {
    std::string_view name;
    std::string_view why;
    std::function<void(const Folder&, const TestAuthority&)> spoil;
};
void PrintTo(const BadFiles& c, std::ostream* out) {
    *out << c.name;
}
class TlsFilesRefused : public TlsTest, public ::testing::WithParamInterface<BadFiles> {};

TEST_P(TlsFilesRefused, AndTheOldOnesStayInUse) {
    serve_systems();
    GetParam().spoil(folder_, root_);
    try {
        tls_->reload();
        FAIL() << "taken";
    } catch (const base::Outage& outage) {
        EXPECT_NE(std::string(outage.what()).find(GetParam().why), std::string::npos) << outage.what();
    }
    const TlsPeer peer(port_, {.shown = systems_.issue(), .anchors = root_.pem()});
    EXPECT_EQ(peer.certificate(), own_.certificate);
    ServerTlsFiles files{
        .chain = folder_.at("chain.pem"), .key = folder_.at("key.pem"), .client_anchors = folder_.at("anchors.pem")};
    EXPECT_THROW(ServerTls{files}, base::Outage);
}

INSTANTIATE_TEST_SUITE_P(
    Tls, TlsFilesRefused,
    ::testing::Values(
        BadFiles{"missing", "cannot be read",
                 [](const Folder& in, const auto&) { std::filesystem::remove(in.at("chain.pem")); }},
        BadFiles{"empty", "empty", [](const Folder& in, const auto&) { in.put("key.pem", ""); }},
        BadFiles{"no_certificate", "no certificate",
                 [](const Folder& in, const auto&) { in.put("chain.pem", "hello\n"); }},
        BadFiles{"cut_certificate", "PEM",
                 [](const Folder& in, const TestAuthority& root) {
                     in.put("chain.pem", root.issue().certificate.substr(0, 300));
                 }},
        BadFiles{"cut_intermediate", "PEM",
                 [](const Folder& in, const TestAuthority& root) {
                     const Pem pem = root.issue();
                     in.put("chain.pem", pem.certificate + root.pem().substr(0, 200));
                     in.put("key.pem", pem.key);
                 }},
        BadFiles{"key_of_another", "is not the key",
                 [](const Folder& in, const TestAuthority& root) { in.put("key.pem", root.issue().key); }},
        BadFiles{"key_under_a_passphrase", "passphrase",
                 [](const Folder& in, const TestAuthority& root) {
                     const Pem pem = root.issue();
                     in.put("chain.pem", pem.certificate);
                     in.put("key.pem", TestAuthority::encrypted(pem.key));
                 }},
        BadFiles{"expired", "expired",
                 [](const Folder& in, const TestAuthority& root) {
                     const Pem pem = root.issue({.begins = -2h, .ends = -1h});
                     in.put("chain.pem", pem.certificate);
                     in.put("key.pem", pem.key);
                 }},
        BadFiles{"not_valid_yet", "not valid yet",
                 [](const Folder& in, const TestAuthority& root) {
                     const Pem pem = root.issue({.begins = 1h, .ends = 2h});
                     in.put("chain.pem", pem.certificate);
                     in.put("key.pem", pem.key);
                 }},
        BadFiles{"weak_key", "too weak",
                 [](const Folder& in, const TestAuthority& root) {
                     const Pem pem = root.issue({.rsa_bits = 1024});
                     in.put("chain.pem", pem.certificate);
                     in.put("key.pem", pem.key);
                 }},
        BadFiles{"too_large", "too large",
                 [](const Folder& in, const auto&) { in.put("chain.pem", std::string(1024 * 1024 + 1, '\n')); }},
        BadFiles{"no_anchor", "no certificate", [](const Folder& in, const auto&) { in.put("anchors.pem", "x\n"); }}),
    [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace kelisim::http
