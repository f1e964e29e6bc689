// SPDX-License-Identifier: Apache-2.0
#include "demo.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include "demo_client.hpp"
#include "http/uri.hpp"
#include "service.hpp"
#include "world/world.hpp"

namespace kelisim::app {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::string_view ciba = "urn:openid:params:grant-type:ciba";

// Persons of the sandbox world.
struct Person {
    std::string_view name, iin, phone;
};
constexpr Person abai{"Abai", "450810100013", "+77000000001"};
constexpr Person ybyrai{"Ybyrai", "411020100014", "+77000000003"};
constexpr Person eighth{"Ms Eighth", "820909200016", "+77000000008"};
constexpr Person tenth{"Ms Tenth", "880808200018", "+77000000010"};

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

class Walk {
public:
    explicit Walk(std::uint16_t port) : http_(port) {}

    void grant_and_use();
    void outside_the_consent();
    void revoke();
    void refusal();
    void unclear();
    void silence();

private:
    std::string ask(const Person& person);
    void reply(const Person& person, std::string_view text);
    std::string hear(const Person& person);
    Reply poll(const std::string& request);
    void expect_error(const std::string& request, std::string_view error, std::string_view means);
    Reply call(std::string_view iin, std::string_view service, std::string_view key);
    void move_clock(std::string_view period);
    std::vector<std::string> inbox(const Person& person);

    DemoClient http_;
    std::map<std::string_view, std::size_t> read_;  // messages of each phone that were shown
    std::string token_;
};

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

// The next SMS on the phone; SMS take their time, so it looks again for a while.
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

std::string Walk::ask(const Person& person) {
    fmt::print("   The bank asks for {}'s surname and name, for a loan application.\n", person.name);
    const boost::json::array details{boost::json::object{{"type", "kz_personal_data"},
                                                         {"purpose", "loan-application"},
                                                         {"services", {"GBDFLUniversal_token"}},
                                                         {"fields", {"surname", "name"}},
                                                         {"acts", {"collection"}},
                                                         {"term", "P10D"},
                                                         {"uses_max", 2},
                                                         {"employee", "Demo Employee"}}};
    const Reply answer = http_.post_form("/bc-authorize", {{"scope", "openid"},
                                                           {"login_hint", "iin:" + std::string(person.iin)},
                                                           {"authorization_details", boost::json::serialize(details)}});
    expect(answer.status == 200, "the request was not taken: " + boost::json::serialize(answer.body));
    hear(person);
    return text_of(answer.body, "auth_req_id");
}

void Walk::reply(const Person& person, std::string_view text) {
    fmt::print("   {} replies: \"{}\"\n", person.name, text);
    const Reply answer =
        http_.post_json("/sandbox/phone/" + http::percent_encode(person.phone) + "/messages", {{"text", text}});
    expect(answer.status == 202, "the reply was not taken");
}

Reply Walk::poll(const std::string& request) {
    move_clock("PT10S");  // the interval between two polls
    return http_.post_form("/token", {{"grant_type", std::string(ciba)}, {"auth_req_id", request}});
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

Reply Walk::call(std::string_view iin, std::string_view service, std::string_view key) {
    return http_.post_json("/gateway/" + std::string(service) + "/person",
                           {{"iin", iin}, {"fields", {"surname", "name"}}},
                           {{"Authorization", "Bearer " + token_}, {"Idempotency-Key", std::string(key)}});
}

void Walk::grant_and_use() {
    headline("1. Yes: asked by SMS, answered by SMS, data pass");
    const std::string request = ask(abai);
    expect_error(request, "authorization_pending", "nobody has answered yet");
    reply(abai, "1");
    hear(abai);
    const Reply tokens = poll(request);
    expect(tokens.status == 200, "no token after a yes: " + boost::json::serialize(tokens.body));
    token_ = text_of(tokens.body, "access_token");
    fmt::print("   The bank gets a security token, valid for {} seconds.\n", tokens.body.at("expires_in").as_int64());
    const Reply data = call(abai.iin, "GBDFLUniversal_token", "demo-1");
    expect(data.status == 200, "the data did not pass: " + boost::json::serialize(data.body));
    say("   It calls GBD FL through the gateway, and gets what was agreed, no more:");
    quote(boost::json::serialize(data.body));
    expect(data.body.contains("surname") && !data.body.contains("birthDate"), "other fields came than were asked for");
    const Reply again = call(abai.iin, "GBDFLUniversal_token", "demo-1");
    expect(again.status == 200, "the repeat was not answered");
    say("   The same call repeated under the same key is answered again, and not counted.");
}

void Walk::outside_the_consent() {
    headline("2. Outside the consent: refused, with every reason");
    const Reply refused = call(ybyrai.iin, "GBDFL_FamilyInfoToken", "demo-2");
    expect(refused.status == 403, "a call outside the consent passed");
    say("   The bank asks with Abai's token for somebody else's family:");
    for (const auto& reason : refused.body.at("reasons").as_array()) {
        fmt::print("   - {}\n", text_of(reason.as_object(), "text"));
    }
}

void Walk::revoke() {
    headline("3. The token is revoked");
    expect(http_.post_form("/revoke", {{"token", token_}}).status == 200, "the token was not revoked");
    expect(call(abai.iin, "GBDFLUniversal_token", "demo-3").status == 401, "a revoked token still opens the gateway");
    say("   From that instant the gateway refuses it.");
}

void Walk::refusal() {
    headline("4. No");
    const std::string request = ask(ybyrai);
    reply(ybyrai, "2");
    hear(ybyrai);
    expect_error(request, "access_denied", "the person refused");
}

void Walk::unclear() {
    headline("5. A reply that is not clear: one clarifying SMS, never a guess");
    const std::string request = ask(tenth);
    reply(tenth, "может быть");
    hear(tenth);
    expect_error(request, "authorization_pending", "nothing was guessed");
    reply(tenth, " Да! ");
    hear(tenth);
    expect(poll(request).status == 200, "no token after a clear yes");
    say("   The bank gets its token.");
}

void Walk::silence() {
    headline("6. Silence");
    const std::string request = ask(eighth);
    say("   Nobody answers. The sandbox moves its clock by a day.");
    move_clock("P1D");
    expect_error(request, "expired_token", "silence gives nobody access");
    hear(eighth);
}

fs::path temporary_directory() {
    std::string name = (fs::temp_directory_path() / "kelisim-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw base::Outage("no temporary directory");
    return name;
}

struct RemovedAtEnd {
    fs::path path;
    ~RemovedAtEnd() {
        std::error_code ignored;  // what cannot be removed is left in the temporary directory
        fs::remove_all(path, ignored);
    }
};

}  // namespace

int demo(const config::Config& given) {
    std::signal(SIGPIPE, SIG_IGN);
    const RemovedAtEnd directory{temporary_directory()};
    config::Config config = given;
    config.set("server.port", std::int64_t{0});
    const Service service({.config = config, .data = directory.path, .world = std::string(world::default_world())});
    say("Kelisim, the main job in six scenes. A bank, GBD FL and four persons of a test world.");
    std::fflush(stdout);
    try {
        Walk walk(service.port());
        walk.grant_and_use();
        walk.outside_the_consent();
        walk.revoke();
        walk.refusal();
        walk.unclear();
        walk.silence();
    } catch (const Surprise& surprise) {
        std::fflush(stdout);
        fmt::print(stderr, "\nsurprise: {}\n", surprise.what());
        return 1;
    }
    say("\nEverything went as said.");
    std::fflush(stdout);  // before the service says on the other stream that it stops
    return 0;
}

}  // namespace kelisim::app
