// SPDX-License-Identifier: Apache-2.0
#include "consent/proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/limits.hpp"
#include "fixture.hpp"

namespace kelisim::consent {
namespace {

using fixture::now;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

base::Iin iin(std::string_view digits) {
    return base::Iin::parse(digits).value();
}
const base::Iin abai = iin("450810100013"), ybyrai = iin("411020100014");

struct World {
    registry::Connection connection = fixture::entries().connections.front();
    registry::Organisation organisation = fixture::entries().organisations.front();
    registry::Campaign campaign{.code = "rename",
                                .act = "204/НҚ",
                                .ground = "",
                                .valid_from = "2026-05-09",
                                .valid_to = "2026-12-31",
                                .text = {},
                                .text_sha256 = {"kk", "text"}};
    bool registered = true;
    std::vector<std::string> methods{"Ds", "Bio"};
    std::string day = "2026-11-18";

    World() { connection.act = "204/НҚ"; }

    std::vector<const base::Reason*> objections(registry::Channel channel, const Proof& proof) {
        connection.channel = channel;
        return proof_objections(proof, {.connection = connection,
                                        .organisation = organisation,
                                        .campaign = registered ? &campaign : nullptr,
                                        .methods = methods,
                                        .details = "digest",
                                        .local_day = day,
                                        .now = now});
    }
};

Proof own() {
    return {.organisation = "000140000353",
            .method = "Bio",
            .id = "1",
            .subject = abai,
            .confirmed_by = abai,
            .details = "digest",
            .issued = now - 1min,
            .expires = now + 9min,
            .answer = Answer::yes,
            .offer = {}};
}
Proof proactive() {
    Proof proof = own();
    proof.method = "Mobile";
    proof.offer =
        Proof::Offer{.campaign = "rename", .text_sha256 = "text", .asked = now - 8min, .answered = now - 2min};
    return proof;
}

TEST(Proof, StandsWhenEverythingAgrees) {
    EXPECT_THAT(World{}.objections(registry::Channel::own_means, own()), IsEmpty());
    EXPECT_THAT(World{}.objections(registry::Channel::proactive, proactive()), IsEmpty());
    Proof signature = own();
    signature.method = "Ds";
    EXPECT_THAT(World{}.objections(registry::Channel::own_means, signature), IsEmpty());
}

// wire.md B4: most clients of the SOAP wire name nobody.
TEST(Proof, ABareOnePassesWhereTheConnectionSaysSo) {
    World world;
    Proof bare = own();
    bare.bound = false;
    EXPECT_THAT(world.objections(registry::Channel::own_means, bare), ElementsAre(&proof_not_bound));
    world.connection.bare_proofs_per_hour = 1;
    EXPECT_THAT(world.objections(registry::Channel::own_means, bare), IsEmpty());
    Proof offered = proactive();
    offered.bound = false;
    EXPECT_THAT(world.objections(registry::Channel::proactive, offered), ElementsAre(&proof_not_bound))
        << "the subscriber's own device answers (418-V ст.19(2))";
}

TEST(Proof, TheOperatorSaysHowAPersonMayBeRecognised) {
    World world;
    world.methods = {"Otp"};
    EXPECT_THAT(world.objections(registry::Channel::own_means, own()), ElementsAre(&proof_method_unknown));
    Proof otp = own();
    otp.method = "Otp";
    EXPECT_THAT(world.objections(registry::Channel::own_means, otp), IsEmpty());
}

struct Forged {
    const char* name;
    std::function<void(Proof&)> change;
    const base::Reason* reason;
};
std::string name_of(const testing::TestParamInfo<Forged>& test) {
    std::string name = test.param.name;
    std::replace(name.begin(), name.end(), ' ', '_');
    return name;
}

class OwnMeans : public testing::TestWithParam<Forged> {};
INSTANTIATE_TEST_SUITE_P(
    Forged, OwnMeans,
    testing::Values(Forged{"another organisation", [](Proof& p) { p.organisation = "000140000429"; },
                           &proof_other_organisation},
                    Forged{"another request", [](Proof& p) { p.details = "other"; }, &proof_other_request},
                    Forged{"no request", [](Proof& p) { p.details = ""; }, &proof_other_request},
                    Forged{"over", [](Proof& p) { p.expires = now - 30s; }, &proof_not_timely},
                    Forged{"of the future", [](Proof& p) { p.issued = now + 31s; }, &proof_not_timely},
                    Forged{"for ever", [](Proof& p) { p.expires = p.issued + base::limits::proof_life_max + 1s; },
                           &proof_not_timely},
                    Forged{"ended before it began", [](Proof& p) { p.expires = p.issued; }, &proof_not_timely},
                    Forged{"a bare click", [](Proof& p) { p.method = "Click"; }, &proof_method_unknown},
                    Forged{"of a proactive service", [](Proof& p) { p.method = "Mobile"; }, &proof_method_unknown}),
    name_of);

TEST_P(OwnMeans, IsRefused) {
    Proof proof = own();
    GetParam().change(proof);
    EXPECT_THAT(World{}.objections(registry::Channel::own_means, proof), ElementsAre(GetParam().reason));
}

class Proactive : public testing::TestWithParam<Forged> {};
INSTANTIATE_TEST_SUITE_P(
    Forged, Proactive,
    testing::Values(
        Forged{"no offer", [](Proof& p) { p.offer.reset(); }, &proof_campaign_unknown},
        Forged{"another campaign", [](Proof& p) { p.offer->campaign = "other"; }, &proof_campaign_unknown},
        Forged{"no text", [](Proof& p) { p.offer->text_sha256.clear(); }, &proof_text_missing},
        Forged{"another text", [](Proof& p) { p.offer->text_sha256 = "other"; }, &proof_text_unknown},
        Forged{"answered before asked", [](Proof& p) { p.offer->asked = p.offer->answered + 1s; }, &proof_not_timely},
        Forged{"signed before answered", [](Proof& p) { p.offer->answered = p.issued + 31s; }, &proof_not_timely},
        Forged{"answered long ago",
               [](Proof& p) { p.offer->asked = p.offer->answered = p.issued - base::limits::proof_life_max - 1s; },
               &proof_not_timely},
        // LAW-19.P
        Forged{"not by the mobile device", [](Proof& p) { p.method = "Ds"; }, &proof_method_unknown}),
    name_of);

TEST_P(Proactive, IsRefused) {
    Proof proof = proactive();
    GetParam().change(proof);
    EXPECT_THAT(World{}.objections(registry::Channel::proactive, proof), ElementsAre(GetParam().reason));
}

TEST(ProactiveCampaign, IsBoundToItsActAndDays) {
    World world;
    world.campaign.act = "another act";
    EXPECT_THAT(world.objections(registry::Channel::proactive, proactive()), ElementsAre(&proof_campaign_unknown));
    world = World{};
    world.day = "2026-05-08";
    EXPECT_THAT(world.objections(registry::Channel::proactive, proactive()), ElementsAre(&proof_campaign_unknown));
    world.day = "2027-01-01";
    EXPECT_THAT(world.objections(registry::Channel::proactive, proactive()), ElementsAre(&proof_campaign_unknown));
    world = World{};
    world.registered = false;
    EXPECT_THAT(world.objections(registry::Channel::proactive, proactive()), ElementsAre(&proof_campaign_unknown));
}

TEST(Proof, GetsEveryReason) {
    Proof proof = own();
    proof.details.clear();
    proof.method.clear();
    EXPECT_THAT(World{}.objections(registry::Channel::own_means, proof),
                ElementsAre(&proof_other_request, &proof_method_unknown));
}

}  // namespace
}  // namespace kelisim::consent
