// SPDX-License-Identifier: Apache-2.0
#include "registry/channel_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kelisim::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A bank with everything that 236/НК п.7 asks for; each test takes one thing away.
struct World {
    Organisation bank{.bin = "000140000353",
                      .kind = OrganisationKind::bank,
                      .name = {"Оқу банкі", "Учебный банк"},
                      .security_operations_centre = SecurityCentre::own,
                      .renders_proactive_services = true};
    System system{.key = "BANK",
                  .organisation = "000140000353",
                  .contour = Contour::external,
                  .client_id = "bank",
                  .exempt_ground = "",
                  .unified_requirements_declared = true,
                  .security_test_protocol = "2026-STP-BANK"};
    std::vector<IntegrationService> services;

    std::vector<const base::Reason*> objections(Channel channel) const {
        const Registry registry({.organisations = {bank},
                                 .systems = {system},
                                 .services = services,
                                 .connections = {{.key = "c1",
                                                  .initiator = "BANK",
                                                  .channel = channel,
                                                  .environment = Environment::production,
                                                  .valid_from = "2026-01-01",
                                                  .valid_to = "2026-12-31",
                                                  .acts = {},
                                                  .grounds = {},
                                                  .storage = "P1Y",
                                                  .processing = "P30D",
                                                  .purposes = {}}}});
        return channel_objections(*registry.connection("c1"), registry);
    }
    void answers_for_personal_data() {
        services = {{"PERSON", "BANK", true, AccessClass::confidential, {"тұлға", "лицо"}, {"surname"}}};
    }
};

class EachChannel : public testing::TestWithParam<Channel> {};
INSTANTIATE_TEST_SUITE_P(Channels, EachChannel,
                         testing::Values(Channel::contact_centre, Channel::own_means, Channel::proactive,
                                         Channel::logging, Channel::sms_code));

// KDP-7.0
TEST_P(EachChannel, IsOpenToOneThatMeetsEverything) {
    EXPECT_THAT(World{}.objections(GetParam()), IsEmpty());
}

TEST_P(EachChannel, PresupposesTheUnifiedRequirementsAndTestProtocols) {
    World world;
    world.system.unified_requirements_declared = false;
    world.system.security_test_protocol.clear();
    EXPECT_THAT(world.objections(GetParam()), ElementsAre(&channel_unified_requirements, &channel_test_protocol));
}

// KDP-7.1, KDP-7.5
TEST(ChannelRules, TheContactCentreAndTheSmsCodeAreOpenToBaseOperators) {
    World world;
    world.bank.kind = OrganisationKind::state_body;
    world.answers_for_personal_data();
    EXPECT_THAT(world.objections(Channel::contact_centre), IsEmpty());
    EXPECT_THAT(world.objections(Channel::sms_code), IsEmpty());
}

// KDP-7.2, KDP-2.1
TEST(ChannelRules, OwnMeansFallWithTheRightToBank) {
    World world;
    world.bank.kind = OrganisationKind::company;
    EXPECT_THAT(world.objections(Channel::own_means), ElementsAre(&channel_needs_bank_or_approval));
}

TEST(ChannelRules, OwnMeansAreOpenWithTheApprovalOfTheAuthorizedBody) {
    World world;
    world.bank.kind = OrganisationKind::company;
    world.bank.own_means_approval = "2026-7";
    EXPECT_THAT(world.objections(Channel::own_means), IsEmpty());
}

TEST(ChannelRules, ABankAndAnApprovalBothNeedASecurityCentre) {
    World world;
    world.bank.security_operations_centre = SecurityCentre::none;
    EXPECT_THAT(world.objections(Channel::own_means), ElementsAre(&channel_needs_security_centre));
    world.bank.kind = OrganisationKind::company;
    world.bank.own_means_approval = "2026-7";
    EXPECT_THAT(world.objections(Channel::own_means), ElementsAre(&channel_needs_security_centre));
    world.bank.security_operations_centre = SecurityCentre::bought;
    EXPECT_THAT(world.objections(Channel::own_means), IsEmpty());
}

// KDP-7.3, KDP-2.10
TEST(ChannelRules, OnlyProvidersOfProactiveServicesUseThatChannel) {
    World world;
    world.bank.renders_proactive_services = false;
    EXPECT_THAT(world.objections(Channel::proactive), ElementsAre(&channel_needs_proactive_provider));
}

// KDP-7.4, KDP-2.4
TEST(ChannelRules, LoggingIsNotForBaseOperators) {
    World world;
    world.answers_for_personal_data();
    EXPECT_THAT(world.objections(Channel::logging), ElementsAre(&channel_initiators_only));
}

TEST(ChannelRules, EveryReasonIsGiven) {
    World world;
    world.system.unified_requirements_declared = false;
    world.bank.kind = OrganisationKind::state_body;
    world.bank.security_operations_centre = SecurityCentre::none;
    EXPECT_THAT(
        world.objections(Channel::own_means),
        ElementsAre(&channel_unified_requirements, &channel_needs_bank_or_approval, &channel_needs_security_centre));
}

}  // namespace
}  // namespace kelisim::registry
