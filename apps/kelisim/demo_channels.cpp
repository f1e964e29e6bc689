// SPDX-License-Identifier: Apache-2.0
#include "demo_channels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "world/world.hpp"

namespace kelisim::app {

namespace {

constexpr std::string_view campaign = "trusted-software-rename";

// What the phone showed, as it is registered.
const std::string& offered_text_sha256() {
    static const registry::Entries registered = world::load(world::default_world(), "the sandbox world").entries;
    const auto at = std::find_if(registered.campaigns.begin(), registered.campaigns.end(),
                                 [](const registry::Campaign& each) { return each.code == campaign; });
    return at->text_sha256.front();
}

void use(Walk& walk, const std::string& token, const Person& person, std::string_view key) {
    expect(walk.call(token, person.iin, "GBDFLUniversal_token", key).status == 200, "the data did not pass");
    say("   The data pass through the gateway.");
}

void own_means(Walk& walk) {
    headline("7. Own means: the bank asked in its own app, and signs a proof");
    const Wanted wanted{.asker = bank,
                        .person = abai,
                        .purpose = "account-opening",
                        .words = "to open an account, with the proof that Abai agreed in its app",
                        .term = "P1D",
                        .uses = 1};
    const DemoClient::Parameters proof{{"proof", walk.proof(wanted, "Bio")}};
    const std::string request = walk.ask(wanted, proof);
    walk.hear(abai);
    use(walk, walk.token(request), abai, "demo-7");
    const Reply again = walk.try_to_ask(wanted, proof);
    expect(text_of(again.body, "code") == "proof_reused", "a proof was taken twice");
    say("   The same proof a second time is refused.");
}

void proactive(Walk& walk) {
    headline("8. A proactive service: the answer came from the mobile device");
    const Wanted wanted{.asker = provider,
                        .person = ybyrai,
                        .purpose = "permit-reissue",
                        .words = "to reissue a permit without an application",
                        .term = "P30D",
                        .uses = 1};
    const std::int64_t now = walk.now();
    const boost::json::object offer{{"campaign", campaign},
                                    {"text_sha256", offered_text_sha256()},
                                    {"asked_at", now - 120},
                                    {"answered_at", now - 60}};
    const std::string request = walk.ask(wanted, {{"proof", walk.proof(wanted, "Mobile", offer)}});
    walk.hear(ybyrai);
    use(walk, walk.token(request, provider), ybyrai, "demo-8");
}

void on_a_ground(Walk& walk) {
    headline("9. Logging: a ground of the law stands in for the answer");
    const Wanted wanted{.asker = rescuers,
                        .person = tenth,
                        .purpose = "emergency-aid",
                        .words = "to find one who cannot be asked (94-V art. 9(5))",
                        .uses = 1};
    const Reply without = walk.try_to_ask(wanted);
    expect(text_of(without.body, "code") == "request_ground_missing", "access without a ground");
    const std::string request = walk.ask(wanted, {{"ground", "94-V:9(5)"}});
    use(walk, walk.token(request, rescuers), tenth, "demo-9");
    say("   Nobody was asked. The ground and every access are on record, for the person to see.");
}

void exempt(Walk& walk) {
    headline("10. A system that the law exempts from integration: recorded with its ground, without a connection");
    const Wanted wanted{
        .asker = police, .person = tenth, .purpose = "", .words = "on the ground 94-V art. 9(1)", .uses = 1};
    const std::string request = walk.ask(wanted, {{"ground", "94-V:9(1)"}});
    use(walk, walk.token(request, police), tenth, "demo-10");
}

void by_code(Walk& walk) {
    headline("11. SMS code: only the code says yes");
    const Wanted wanted{.asker = insurer,
                        .person = abai,
                        .purpose = "insurance-contract",
                        .words = "for an insurance contract",
                        .uses = 1};
    const std::string request = walk.ask(wanted);
    const std::string code = code_in(walk.hear(abai));
    walk.reply(abai, "иә");
    walk.hear(abai);
    walk.reply(abai, code);
    walk.hear(abai);
    use(walk, walk.token(request, insurer), abai, "demo-11");
}

void child(Walk& walk) {
    headline("12. A child: the parent is asked");
    const Wanted wanted{.asker = bank,
                        .person = daughter,
                        .purpose = "loan-application",
                        .words = "and the legal representative decides",
                        .uses = 1};
    const std::string request = walk.ask(wanted);
    walk.hear(eighth);
    walk.reply(eighth, "1");
    walk.hear(eighth);
    const std::string token = walk.token(request);
    use(walk, token, daughter, "demo-12");
    expect(walk.call(token, eighth.iin, "GBDFLUniversal_token", "demo-12b").status == 403,
           "the child's consent opened the data of the mother");
    say("   It opens the data of the child, not those of the mother.");
}

}  // namespace

void walk_the_channels(Walk& walk) {
    own_means(walk);
    proactive(walk);
    on_a_ground(walk);
    exempt(walk);
    by_code(walk);
    child(walk);
}

}  // namespace kelisim::app
