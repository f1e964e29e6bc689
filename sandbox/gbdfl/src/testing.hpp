// SPDX-License-Identifier: Apache-2.0
// For tests: an owner over real sockets, and the Kelisim that it asks, which the test plays.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <mutex>
#include <string>

#include "base/entropy.hpp"
#include "gbdfl_owner/kelisim_side.hpp"
#include "gbdfl_owner/problem.hpp"
#include "gbdfl_owner/world.hpp"
#include "http/form.hpp"
#include "http/server.hpp"
#include "token/jws.hpp"

namespace kelisim::gbdfl::test {

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
        // gbdfl:gbdfl-sandbox-secret
        const bool known = request.headers.once("authorization") == "Basic Z2JkZmw6Z2JkZmwtc2FuZGJveC1zZWNyZXQ=";
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
    std::mutex mutex;  // over what a test changes while it serves
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

// Who asks an owner, and the Kelisim beside it. An owner's test adds the owner.
class BesideKelisim : public ::testing::Test {
protected:
    token::AccessClaims claims() const {
        return {.issuer = std::string(issuer),
                .subject = *base::Iin::parse(abai),
                .audience = {"GBDFL"},
                .client_id = "demo-bank",
                .jti = "1",
                .issued = clock_.now(),
                .expires = clock_.now() + 5min,
                .acr = "a",
                .answered = clock_.now(),
                .grant = {.services = {"GBDFLUniversal_token", "GBDFL_FamilyInfoToken"},
                          .purpose = "loan-application",
                          .fields = {"surname", "name", "children"},
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

    StillClock clock_;
    base::SystemEntropy entropy_;
    SilentObserver observer_;
    FakeKelisim fake_;
    const World world_ = load_world("../world.toml");
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
                       .client_id = "gbdfl",
                       .client_secret = base::Secret<std::string>("gbdfl-sandbox-secret")}};
};

}  // namespace kelisim::gbdfl::test
