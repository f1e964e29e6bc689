// SPDX-License-Identifier: Apache-2.0
#include "demo.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>

#include "demo_cabinet.hpp"
#include "demo_channels.hpp"
#include "demo_soap.hpp"
#include "demo_walk.hpp"
#include "service.hpp"
#include "temporary_directory.hpp"
#include "world/world.hpp"

namespace kelisim::app {

namespace {

Wanted loan(const Person& person) {
    return {.asker = bank, .person = person, .purpose = "loan-application", .words = "for a loan application"};
}

// Gives the token.
std::string grant_and_use(Walk& walk) {
    headline("1. Yes: asked by SMS, answered by SMS, data pass");
    const std::string request = walk.ask(loan(abai));
    walk.hear(abai);
    walk.expect_error(request, "authorization_pending", "nobody has answered yet");
    walk.reply(abai, "1");
    walk.hear(abai);
    std::string token = walk.token(request);
    const Reply data = walk.call(token, abai.iin, "GBDFLUniversal_token", "demo-1");
    expect(data.status == 200, "the data did not pass: " + boost::json::serialize(data.body));
    say("   It calls GBD FL through the gateway, and gets what was agreed, no more:");
    quote(boost::json::serialize(data.body));
    expect(data.body.contains("surname") && !data.body.contains("birthDate"), "other fields came than were asked for");
    const Reply again = walk.call(token, abai.iin, "GBDFLUniversal_token", "demo-1");
    expect(again.status == 200, "the repeat was not answered");
    say("   The same call repeated under the same key is answered again, and not counted.");
    return token;
}

void outside_the_consent(Walk& walk, std::string_view token) {
    headline("2. Outside the consent: refused, with every reason");
    const Reply refused = walk.call(token, ybyrai.iin, "GBDFL_FamilyInfoToken", "demo-2");
    expect(refused.status == 403, "a call outside the consent passed");
    say("   The bank asks with Abai's token for somebody else's family:");
    for (const auto& reason : refused.body.at("reasons").as_array()) {
        fmt::print("   - {}\n", text_of(reason.as_object(), "text"));
    }
}

void revoke(Walk& walk, const std::string& token) {
    headline("3. The token is revoked");
    expect(walk.http().post_form(bank.client_id, "/revoke", {{"token", token}}).status == 200,
           "the token was not revoked");
    expect(walk.call(token, abai.iin, "GBDFLUniversal_token", "demo-3").status == 401,
           "a revoked token still opens the gateway");
    say("   From that instant the gateway refuses it.");
}

void refusal(Walk& walk) {
    headline("4. No, and the bank may not ask again at once");
    const std::string request = walk.ask(loan(ybyrai));
    walk.hear(ybyrai);
    walk.reply(ybyrai, "2");
    walk.hear(ybyrai);
    walk.expect_error(request, "access_denied", "the person refused");
    const Reply again = walk.try_to_ask(loan(ybyrai));
    expect(text_of(again.body, "code") == "question_too_soon", "a refused bank asked again at once");
    fmt::print("   It asks again, and is stopped: {}\n", text_of(again.body, "error_description"));
}

void unclear(Walk& walk) {
    headline("5. A reply that is not clear: one clarifying SMS, never a guess");
    const std::string request = walk.ask(loan(tenth));
    walk.hear(tenth);
    walk.reply(tenth, "может быть");
    walk.hear(tenth);
    walk.expect_error(request, "authorization_pending", "nothing was guessed");
    walk.reply(tenth, " Да! ");
    walk.hear(tenth);
    walk.token(request);
}

void silence(Walk& walk) {
    headline("6. Silence");
    const std::string request = walk.ask(loan(eighth));
    walk.hear(eighth);
    say("   Nobody answers. The sandbox moves its clock by a day.");
    walk.move_clock("P1D");
    walk.expect_error(request, "expired_token", "silence gives nobody access");
    walk.hear(eighth);
}

}  // namespace

int demo(const config::Config& given) {
    std::signal(SIGPIPE, SIG_IGN);
    const TemporaryDirectory directory;
    config::Config config = given;
    config.set("server.port", std::int64_t{0});
    const Service service({.config = config, .data = directory.path(), .world = std::string(world::default_world())});
    say("Kelisim, the main job in sixteen scenes. Askers, GBD FL and persons of a test world.");
    std::fflush(stdout);
    try {
        Walk walk(service.port(), directory.path());
        const std::string token = grant_and_use(walk);
        outside_the_consent(walk, token);
        revoke(walk, token);
        refusal(walk);
        unclear(walk);
        silence(walk);
        walk_the_channels(walk);
        walk_the_cabinet(walk);
        walk_over_soap(walk, directory.path());
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
