// SPDX-License-Identifier: Apache-2.0
#include "demo_walk.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <thread>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "data_directory.hpp"
#include "http/uri.hpp"
#include "token/jws.hpp"

namespace kelisim::app {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view ciba = "urn:openid:params:grant-type:ciba";

std::string details_of(const Wanted& wanted) {
    boost::json::object details{{"type", "kz_personal_data"},    {"services", {"GBDFLUniversal_token"}},
                                {"fields", {"surname", "name"}}, {"acts", {"collection"}},
                                {"term", wanted.term},           {"uses_max", wanted.uses},
                                {"employee", "Demo Employee"}};
    if (!wanted.purpose.empty()) details["purpose"] = wanted.purpose;
    return boost::json::serialize(boost::json::array{details});
}

}  // namespace

void say(std::string_view text) {
    fmt::print("{}\n", text);
}
void quote(std::string_view text) {
    fmt::print("      \"{}\"\n", text);
}
void headline(std::string_view text) {
    fmt::print("\n== {}\n", text);
}

std::string text_of(const boost::json::object& body, std::string_view name) {
    const auto* value = body.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

void expect(bool fine, std::string_view what) {
    if (!fine) throw Surprise(std::string(what));
}

std::string code_in(std::string_view text) {
    for (std::size_t at = 0; at + 6 <= text.size(); ++at) {
        const std::string_view word = text.substr(at, 6);
        const bool digits = word.find_first_not_of("0123456789") == std::string_view::npos;
        const bool apart = (at == 0 || text[at - 1] == ' ') && (at + 6 == text.size() || !isdigit(text[at + 6]));
        if (digits && apart) return std::string(word);
    }
    throw Surprise("no code in the message");
}

std::vector<std::string> Walk::inbox(const Person& person) {
    const Reply answer = http_.get("/sandbox/phone/" + http::percent_encode(person.phone) + "/messages");
    expect(answer.status == 200, "the phone cannot be read");
    std::vector<std::string> texts;
    for (const auto& message : answer.body.at("messages").as_array()) {
        const auto& object = message.as_object();
        if (text_of(object, "direction") == "received") texts.push_back(text_of(object, "text"));
    }
    return texts;
}

std::string Walk::hear(const Person& person) {
    for (int look = 0; look < 500; ++look) {
        const auto texts = inbox(person);
        if (texts.size() > read_[person.phone]) {
            const std::string& text = texts[read_[person.phone]++];
            fmt::print("   SMS to {}:\n", person.name);
            quote(text);
            return text;
        }
        std::this_thread::sleep_for(10ms);  // tidy-allow(sleep): the demo is a client, and looks again as people do
    }
    throw Surprise("no SMS came within five seconds");
}

Reply Walk::try_to_ask(const Wanted& wanted, const DemoClient::Parameters& more) {
    DemoClient::Parameters parameters{{"scope", "openid"},
                                      {"login_hint", "iin:" + std::string(wanted.person.iin)},
                                      {"authorization_details", details_of(wanted)}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return http_.post_form(wanted.asker.client_id, "/bc-authorize", parameters);
}

std::string Walk::ask(const Wanted& wanted, const DemoClient::Parameters& more) {
    fmt::print("   {} asks for {}'s surname and name, {}.\n", wanted.asker.name, wanted.person.name, wanted.words);
    const Reply answer = try_to_ask(wanted, more);
    expect(answer.status == 200, "the request was not taken: " + boost::json::serialize(answer.body));
    return text_of(answer.body, "auth_req_id");
}

std::string Walk::proof(const Wanted& wanted, std::string_view method, const boost::json::object& more) {
    const Reply metadata = http_.get("/.well-known/oauth-authorization-server");
    boost::json::object claims{
        {"cbin", wanted.asker.bin},
        {"mcheck", method},
        {"aud", text_of(metadata.body, "issuer")},
        {"jti", "demo proof " + std::to_string(++proofs_)},
        {"sub", wanted.person.iin},
        {"iat", now()},
        {"exp", now() + 600},
        {"authorization_details_sha256", base::to_base64url(crypto::sha256(base::as_bytes(details_of(wanted))))}};
    for (const auto& [name, value] : more)
        claims[name] = value;
    const token::SigningKey key(DataDirectory(data_).sandbox_key("proof-" + std::string(wanted.asker.bin)));
    return token::sign(key, "JWT", claims);
}

void Walk::reply(const Person& person, std::string_view text) {
    fmt::print("   {} replies: \"{}\"\n", person.name, text);
    const Reply answer =
        http_.post_json("/sandbox/phone/" + http::percent_encode(person.phone) + "/messages", {{"text", text}});
    expect(answer.status == 202, "the reply was not taken");
}

Reply Walk::poll(const std::string& request, const Asker& asker) {
    move_clock("PT10S");  // the interval between two polls
    return http_.post_form(asker.client_id, "/token", {{"grant_type", std::string(ciba)}, {"auth_req_id", request}});
}

std::string Walk::token(const std::string& request, const Asker& asker) {
    const Reply tokens = poll(request, asker);
    expect(tokens.status == 200, "no token: " + boost::json::serialize(tokens.body));
    fmt::print("   {} gets a security token, valid for {} seconds.\n", asker.name,
               tokens.body.at("expires_in").as_int64());
    return text_of(tokens.body, "access_token");
}

void Walk::expect_error(const std::string& request, std::string_view error, std::string_view means) {
    const Reply answer = poll(request);
    expect(text_of(answer.body, "error") == error,
           "expected " + std::string(error) + ", not " + boost::json::serialize(answer.body));
    fmt::print("   The bank is told: {} ({}).\n", error, means);
}

void Walk::move_clock(std::string_view period) {
    expect(http_.post_json("/sandbox/clock", {{"advance", period}}).status == 200, "the clock does not move");
}

std::int64_t Walk::now() {
    return base::to_seconds(base::SystemClock{}.now()) +
           http_.get("/sandbox/clock").body.at("moved_seconds").as_int64();
}

Reply Walk::call(std::string_view token, std::string_view iin, std::string_view service, std::string_view key) {
    return http_.post_json("/gateway/" + std::string(service) + "/person",
                           {{"iin", iin}, {"fields", {"surname", "name"}}},
                           {{"Authorization", "Bearer " + std::string(token)}, {"Idempotency-Key", std::string(key)}});
}

}  // namespace kelisim::app
