// SPDX-License-Identifier: Apache-2.0
// The owner over real sockets, against a Kelisim that the test plays.
#include "gbdfl_owner/owner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <ostream>

#include "base/entropy.hpp"
#include "gbdfl_owner/problem.hpp"
#include "http/form.hpp"
#include "http/server.hpp"

namespace kelisim::gbdfl {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;

constexpr std::string_view abai = "450810100013";
constexpr std::string_view issuer = "https://kelisim.test";

class SilentObserver final : public http::Observer {
public:
    void finished(const http::Finished&) noexcept override {}
    void accepting_failed(std::string_view) noexcept override {}
    void handshake_ended(http::HandshakeEnd, std::string_view) noexcept override {}
    void failed(const http::Request&, std::exception_ptr) noexcept override {}
};

// Publishes keys and answers introspection as the test sets it.
struct FakeKelisim {
    awaitable<http::Response> jwks(const http::Request&) {
        ++jwks_fetches;
        co_return http::json_response(200, published.to_jwks());
    }
    awaitable<http::Response> introspect(const http::Request& request) {
        const auto form = http::parse_form(request.body);
        // gbdfl:gbdfl-sandbox-secret
        const bool known = request.headers.once("authorization") == "Basic Z2JkZmw6Z2JkZmwtc2FuZGJveC1zZWNyZXQ=";
        if (!known || !form || !form->value("token")) co_return http::empty_response(401);
        co_return http::json_response(introspection_status, introspection);
    }
    http::Routes routes() {
        return http::Routes({
            {"GET", "/jwks", http::open("keys are public", [this](const http::Request& r) { return jwks(r); })},
            {"POST", "/introspect", http::open("test", [this](const http::Request& r) { return introspect(r); })},
        });
    }

    token::SigningKey key{crypto::PrivateKey::generate_p256()};
    token::KeySet published{{key.verification()}};
    std::atomic<int> jwks_fetches{0};
    int introspection_status = 200;
    boost::json::object introspection{{"active", true}};
};

struct Reply {
    int status;
    boost::json::value body;
    std::string code() const {
        const auto* code = body.is_object() ? body.as_object().if_contains("code") : nullptr;
        return code == nullptr ? "" : std::string(code->as_string());
    }
};

class OwnerTest : public ::testing::Test {
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
                          .consent = "1"}};
    }
    std::string signed_token(const token::AccessClaims& claims) const {
        return token::sign(fake_.key, token::access_token_type, token::to_json(claims));
    }
    Reply call(std::string target, std::vector<http::Header> headers, std::string body) {
        http::Outgoing request{.upstream = {"127.0.0.1", owner_port_},
                               .method = "POST",
                               .target = std::move(target),
                               .headers = std::move(headers),
                               .body = std::move(body),
                               .limits = {.deadline = 5s}};
        const auto outcome =
            boost::asio::co_spawn(workers_.executor(0), client_.exchange(std::move(request)), boost::asio::use_future)
                .get();
        const auto& answer = std::get<http::Answer>(outcome);
        boost::system::error_code not_json;
        return {answer.status, boost::json::parse(answer.body, not_json)};
    }
    Reply ask(const std::string& token, std::string body, std::string target = "/person") {
        return call(std::move(target), {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
                    std::move(body));
    }
    static std::string body_for(std::string_view iin, std::string_view fields) {
        return R"({"iin":")" + std::string(iin) + R"(","fields":)" + std::string(fields) + "}";
    }

    base::SystemClock clock_;
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
    Owner owner_{world_, side_, 0ms};
    http::Listener listener_{"127.0.0.1", 0};
    const std::uint16_t owner_port_ = listener_.port();
    http::Server server_{std::move(listener_), owner_.routes(), {workers_, clock_, entropy_, observer_, problem_page}};
};

TEST_F(OwnerTest, GivesTheFieldsAskedForAndNoMore) {
    const auto reply = ask(signed_token(claims()), body_for(abai, R"(["surname"])"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(boost::json::serialize(reply.body), R"({"surname":"Құнанбаев"})");
    const auto family = ask(signed_token(claims()), body_for(abai, R"(["children"])"), "/family");
    EXPECT_EQ(boost::json::serialize(family.body), R"({"children":[]})");
    EXPECT_EQ(fake_.jwks_fetches, 1);
}

struct Spoiled {
    std::string_view name;
    std::function<void(token::AccessClaims&)> spoil;
    std::string body;
    int status;
    std::string_view code;
};
void PrintTo(const Spoiled& c, std::ostream* out) {
    *out << c.name;
}
class SpoiledCall : public OwnerTest, public ::testing::WithParamInterface<Spoiled> {};

TEST_P(SpoiledCall, IsRefusedWithItsReason) {
    auto spoiled = claims();
    if (GetParam().spoil) GetParam().spoil(spoiled);
    const auto reply = ask(signed_token(spoiled), GetParam().body);
    EXPECT_EQ(reply.status, GetParam().status);
    EXPECT_EQ(reply.code(), GetParam().code);
}

const std::string good_body = R"({"iin":"450810100013","fields":["surname"]})";

INSTANTIATE_TEST_SUITE_P(
    Gbdfl, SpoiledCall,
    ::testing::Values(
        Spoiled{"other_issuer", [](auto& c) { c.issuer = "https://other.test"; }, good_body, 401,
                "claims_wrong_issuer"},
        Spoiled{"other_audience", [](auto& c) { c.audience = {"ZAGS"}; }, good_body, 403, "claims_wrong_audience"},
        Spoiled{"no_audience", [](auto& c) { c.audience = {}; }, good_body, 403, "claims_wrong_audience"},
        Spoiled{"expired", [](auto& c) { c.expires = c.issued - 1s; }, good_body, 401, "claims_expired"},
        Spoiled{"other_person", nullptr, R"({"iin":"411020100014","fields":["surname"]})", 403, "person_differs"},
        Spoiled{"other_service", [](auto& c) { c.grant.services = {"GBDFL_FamilyInfoToken"}; }, good_body, 403,
                "service_not_granted"},
        Spoiled{"field_not_granted", nullptr, R"({"iin":"450810100013","fields":["surname","documents"]})", 403,
                "field_not_granted"},
        Spoiled{"person_unknown", [](auto& c) { c.subject = *base::Iin::parse("990101100020"); },
                R"({"iin":"990101100020","fields":["surname"]})", 404, "person_unknown"},
        Spoiled{"field_of_no_service", nullptr, R"({"iin":"450810100013","fields":["salary"]})", 400, "field_unknown"},
        Spoiled{"field_of_another_service", nullptr, R"({"iin":"450810100013","fields":["children"]})", 400,
                "field_unknown"},
        Spoiled{"field_twice", nullptr, R"({"iin":"450810100013","fields":["name","name"]})", 400, "field_unknown"},
        Spoiled{"no_fields", nullptr, R"({"iin":"450810100013","fields":[]})", 400, "field_unknown"},
        Spoiled{"fields_missing", nullptr, R"({"iin":"450810100013"})", 400, "json_member_missing"},
        Spoiled{"iin_wrong", nullptr, R"({"iin":"450810100014","fields":["name"]})", 400, "iin_malformed"},
        Spoiled{"two_persons", nullptr, R"({"iin":"450810100013","iin":"411020100014","fields":["name"]})", 400,
                "json_duplicate_key"},
        Spoiled{"more_than_known", nullptr, R"({"iin":"450810100013","fields":["name"],"all":true})", 400,
                "json_member_unknown"},
        Spoiled{"not_json", nullptr, "iin=450810100013", 400, "json_malformed"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(OwnerTest, NamesEveryReason) {
    auto spoiled = claims();
    spoiled.grant.services = {"x"};
    const auto reply = ask(signed_token(spoiled), R"({"iin":"411020100014","fields":["documents"]})");
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.body.at("reasons").as_array().size(), 3U);
}

TEST_F(OwnerTest, WantsATokenThatKelisimSigned) {
    const std::vector<http::Header> json{{"Content-Type", "application/json"}};
    EXPECT_EQ(call("/person", json, good_body).code(), "token_missing");
    for (const auto* field : {"Basic abc", "Bearer", "bearer-abc"}) {
        auto headers = json;
        headers.push_back({"Authorization", field});
        EXPECT_EQ(call("/person", headers, good_body).code(), "token_missing") << field;
    }
    EXPECT_EQ(ask("a.b.c", good_body).code(), "jws_malformed");
    const token::SigningKey foreign{crypto::PrivateKey::generate_p256()};
    EXPECT_EQ(ask(token::sign(foreign, token::access_token_type, token::to_json(claims())), good_body).code(),
              "jws_unknown_key");
    token::SigningKey forged{crypto::PrivateKey::generate_p256()};
    forged.kid = fake_.key.kid;
    EXPECT_EQ(ask(token::sign(forged, token::access_token_type, token::to_json(claims())), good_body).code(),
              "jws_bad_signature");
    EXPECT_EQ(ask(token::sign(fake_.key, token::id_token_type, token::to_json(claims())), good_body).code(),
              "jws_wrong_type");
    EXPECT_EQ(fake_.jwks_fetches, 1);  // an invented kid makes nobody fetch again at once
}

TEST_F(OwnerTest, AsksWhetherTheTokenStillStands) {
    fake_.introspection = {{"active", false}};
    const auto reply = ask(signed_token(claims()), good_body);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.code(), "token_inactive");
}

TEST_F(OwnerTest, GivesNothingWhenKelisimDoesNotAnswerAsItShould) {
    const auto token = signed_token(claims());
    fake_.introspection_status = 500;
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection_status = 200;
    fake_.introspection = {{"active", "yes"}};
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection = {};
    EXPECT_EQ(ask(token, good_body).status, 503);
    fake_.introspection = {{"active", true}};
    EXPECT_EQ(ask(token, good_body).status, 200);
    kelisim_server_.reset();
    const auto reply = ask(token, good_body);
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.code(), "service_unavailable");
}

TEST_F(OwnerTest, GivesNothingWithoutKeys) {
    kelisim_server_.reset();
    EXPECT_EQ(ask(signed_token(claims()), good_body).status, 503);
}

TEST_F(OwnerTest, WantsJson) {
    EXPECT_EQ(call("/person", {{"Authorization", "Bearer " + signed_token(claims())}, {"Content-Type", "text/plain"}},
                   good_body)
                  .status,
              415);
}

}  // namespace
}  // namespace kelisim::gbdfl
