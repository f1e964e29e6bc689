// SPDX-License-Identifier: Apache-2.0
// For tests: an owner over real sockets, and the Kelisim that it asks, which the test plays.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>
#include <mutex>
#include <string>

#include "base/entropy.hpp"
#include "base/text.hpp"
#include "http/form.hpp"
#include "http/server.hpp"
#include "owner/kelisim_side.hpp"
#include "owner/problem.hpp"
#include "owner/rest.hpp"
#include "owner/run.hpp"
#include "owner/shep_channel.hpp"
#include "soap/fault.hpp"
#include "token/jws.hpp"

namespace kelisim::owner::test {

using namespace std::chrono_literals;
using boost::asio::awaitable;

inline constexpr std::string_view abai = "450810100013";
inline constexpr std::string_view issuer = "https://kelisim.test";

// Stands still, within the validity of the certificates of trust's tests.
class StillClock final : public base::Clock {
public:
    base::Time now() const override { return std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h; }
};

class SilentObserver final : public http::Observer {
public:
    void finished(const http::Finished&) noexcept override {}
    void accepting_failed(std::string_view) noexcept override {}
    void handshake_ended(http::HandshakeEnd, std::string_view) noexcept override {}
    void failed(const http::Request&, std::exception_ptr) noexcept override { ++failures; }
    std::atomic<int> failures{0};
};

// Publishes keys and a status list, and answers introspection, as the test sets it.
struct FakeKelisim {
    awaitable<http::Response> jwks(const http::Request&) {
        ++jwks_fetches;
        const std::lock_guard lock(mutex);
        co_return http::json_response(200, published.to_jwks());
    }
    awaitable<http::Response> introspect(const http::Request& request) {
        ++introspections;
        const auto form = http::parse_form(request.body);
        const bool known = request.headers.once("authorization") == basic;
        if (!known || !form || !form->value("token")) co_return http::empty_response(401);
        co_return http::json_response(introspection_status, introspection);
    }
    awaitable<http::Response> status_list(const http::Request& request) {
        ++list_fetches;
        const std::lock_guard lock(mutex);
        http::Response response{.status = list_status, .content_type = "", .headers = {}, .body = {}};
        response.headers = {{"Content-Type", "application/statuslist+jwt"}};
        const std::string uri = std::string(issuer) + std::string(request.path());
        response.body = token::sign(list_key, token::status_list_type,
                                    token::to_json({.issuer = std::string(issuer),
                                                    .uri = list_uri.empty() ? uri : list_uri,
                                                    .aggregation_uri = {},
                                                    .issued = clock.now() + list_ahead,
                                                    .expires = clock.now() + list_ahead + list_life,
                                                    .ttl = list_ttl},
                                                   list));
        co_return response;
    }
    http::Routes routes() {
        return http::Routes({
            {"GET", "/jwks", http::open("keys are public", [this](const http::Request& r) { return jwks(r); })},
            {"POST", "/introspect", http::open("test", [this](const http::Request& r) { return introspect(r); })},
            {"GET", "/status-lists/{number}",
             http::open("test", [this](const http::Request& r) { return status_list(r); })},
        });
    }

    StillClock clock;
    std::string basic;  // of the owner that may ask
    std::mutex mutex;   // over what a test changes while it serves
    token::SigningKey key{crypto::PrivateKey::generate_p256()};
    token::KeySet published{{key.verification()}};
    std::atomic<int> jwks_fetches{0}, introspections{0}, list_fetches{0};
    int introspection_status = 200;
    boost::json::object introspection{{"active", true}};
    int list_status = 200;
    token::SigningKey list_key = key;
    token::StatusList list{16};
    std::string list_uri;  // empty: its own
    std::chrono::seconds list_ahead{0}, list_life{60}, list_ttl{15};
};

// Who asks an owner, and the Kelisim beside it.
class BesideKelisim : public ::testing::Test {
protected:
    explicit BesideKelisim(const Role& role) : role_(role) {
        const std::string words = std::string(role.client_id) + ":" + std::string(role.client_secret);
        fake_.basic = "Basic " + base::to_base64(base::as_bytes(words));
    }
    token::AccessClaims claims() const {
        return {.issuer = std::string(issuer),
                .subject = *base::Iin::parse(abai),
                .audience = {std::string(role_.system_key)},
                .client_id = "demo-bank",
                .jti = "1",
                .issued = clock_.now(),
                .expires = clock_.now() + 5min,
                .acr = "a",
                .answered = clock_.now(),
                .grant = {.services = {},
                          .purpose = "loan-application",
                          .fields = {},
                          .acts = {"collection"},
                          .consent = "1"},
                .status = token::StatusReference{.uri = std::string(issuer) + "/status-lists/1", .index = 5}};
    }
    std::string signed_token(const token::AccessClaims& claims) const {
        return token::sign(fake_.key, token::access_token_type, token::to_json(claims));
    }
    http::Answer post(std::uint16_t port, std::string target, std::vector<http::Header> headers, std::string body) {
        http::Outgoing request{.upstream = {"127.0.0.1", port},
                               .method = "POST",
                               .target = std::move(target),
                               .headers = std::move(headers),
                               .body = std::move(body),
                               .limits = {.deadline = 5s}};
        auto outcome =
            boost::asio::co_spawn(workers_.executor(0), client_.exchange(std::move(request)), boost::asio::use_future)
                .get();
        return std::get<http::Answer>(std::move(outcome));
    }

    const Role& role_;
    StillClock clock_;
    base::SystemEntropy entropy_;
    SilentObserver observer_;
    FakeKelisim fake_;
    http::Workers workers_{1};
    http::Client client_{workers_};
    http::Listener kelisim_listener_{"127.0.0.1", 0};
    const std::uint16_t kelisim_port_ = kelisim_listener_.port();
    std::optional<http::Server> kelisim_server_{std::in_place, std::move(kelisim_listener_), fake_.routes(),
                                                http::ServerParts{workers_, clock_, entropy_, observer_, problem_page}};
    KelisimSide side_{client_,
                      clock_,
                      {.authority = {"127.0.0.1", kelisim_port_},
                       .issuer = std::string(issuer),
                       .client_id = std::string(role_.client_id),
                       .client_secret = base::Secret<std::string>(std::string(role_.client_secret))}};
};

struct Reply {
    int status;
    std::string type;
    std::string text;

    soap::Envelope envelope() const { return soap::Envelope::parse(base::as_bytes(text)).value(); }
    std::string fault_code() const {
        const auto message = envelope();
        const auto fault = soap::read_fault(message.body(), base::FixedZone(5h));
        return fault ? std::string(fault->error_code()) : "none";
    }
    std::string fault_data() const {
        const auto message = envelope();
        return soap::read_fault(message.body(), base::FixedZone(5h)).value().info.value().data;
    }
};

// What an answer says, its business document in whichever form.
struct OpenedReply {
    explicit OpenedReply(const Reply& reply)
        : envelope(reply.envelope()),
          message(soap::read_send_message_response(envelope.body(), base::FixedZone(5h)).value()),
          data(soap::BusinessData::read(message.data).value()) {}
    std::string result() const {
        return data.root().child("", "messageResult")->child("", "code")->text().value_or("");
    }
    bool has(std::string_view element) const { return data.root().child("", element).has_value(); }

    soap::Envelope envelope;
    soap::SendMessageResponse message;
    soap::BusinessData data;
};

struct RestReply {
    int status;
    boost::json::value body;
    std::string code() const {
        const auto* code = body.is_object() ? body.as_object().if_contains("code") : nullptr;
        return code == nullptr ? "" : std::string(code->as_string());
    }
};

// A registry over real sockets, on both wires.
template <class R>
class RegistryTest : public BesideKelisim {
protected:
    explicit RegistryTest(const Role& role, ShepOptions options = {})
        : BesideKelisim(role),
          shep_({registry_, side_, entropy_, zone_, observer_}, std::move(options)),
          rest_(registry_.rest(), side_, role.system_key, 0ms) {
        std::vector<http::Route> routes = rest_.routes();
        for (http::Route& route : shep_.routes())
            routes.push_back(std::move(route));
        server_.emplace(std::move(listener_), http::Routes(std::move(routes)),
                        http::ServerParts{workers_, clock_, entropy_, observer_, problem_page});
    }

    // What the gateway sends: `document` in the data of a message for a service.
    std::string message(const std::string& service, const std::string& document,
                        soap::DataForm form = soap::DataForm::nodes) const {
        const soap::SendMessage message{.message_id = "m-1",
                                        .service_id = service,
                                        .date = clock_.now(),
                                        .sender = {.id = "SHEP"},
                                        .session = soap::SessionId::parse("00000000-0000-4000-8000-0000000000ff"),
                                        .data = soap::Data::document(base::as_bytes(document), form).value()};
        return soap::write(message, zone_);
    }
    Reply send(std::string body, std::string type = "text/xml; charset=utf-8") {
        const http::Answer answer = post(port_, "/shep/", {{"Content-Type", type}}, std::move(body));
        return {answer.status, std::string(answer.headers.once("content-type").value_or("")), answer.body};
    }
    Reply ask_for(const std::string& service, const std::string& document) {
        return send(soap::enveloped(soap::Version::v11, message(service, document)));
    }
    RestReply call(std::string target, std::vector<http::Header> headers, std::string body) {
        const http::Answer answer = post(port_, std::move(target), std::move(headers), std::move(body));
        boost::system::error_code not_json;
        return {answer.status, boost::json::parse(answer.body, not_json)};
    }
    RestReply ask_over_rest(const std::string& token, std::string target, std::string body) {
        return call(std::move(target), {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
                    std::move(body));
    }

    // An ordinary answer that gives nothing, with this code.
    void expect_refused(const Reply& reply, std::string_view code, std::string_view status = "SCSE002") {
        ASSERT_EQ(reply.status, 200) << reply.text;
        const OpenedReply opened(reply);
        EXPECT_EQ(opened.result(), code);
        EXPECT_EQ(opened.message.status_code, status);
        EXPECT_FALSE(opened.message.status_message.empty());
        EXPECT_FALSE(opened.has("persons"));
        EXPECT_FALSE(opened.has("legalEntity"));
        EXPECT_EQ(reply.text.find("Құнанбаев"), std::string::npos);
    }
    void expect_fault(const Reply& reply, std::string_view code, std::string_view data = {}) {
        EXPECT_EQ(reply.status, 500) << reply.text;
        EXPECT_EQ(reply.fault_code(), code) << reply.text;
        EXPECT_EQ(data.empty() ? data : reply.fault_data(), data);
        EXPECT_EQ(reply.text.find(abai), std::string::npos);
    }

    const base::FixedZone zone_{5h};
    R registry_{{.world_file = "../world.toml", .kelisim = side_, .zone = zone_, .latency = 0ms}};
    ShepChannel shep_;
    Rest rest_;
    http::Listener listener_{"127.0.0.1", 0};
    const std::uint16_t port_ = listener_.port();
    std::optional<http::Server> server_;
};

}  // namespace kelisim::owner::test
