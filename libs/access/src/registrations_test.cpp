// SPDX-License-Identifier: Apache-2.0
#include "access/registrations.hpp"

#include <gmock/gmock.h>

#include "access/testing.hpp"
#include "records/registry_store.hpp"
#include "registry/contours.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using registry::Ownership;
using ::testing::ElementsAre;
using ::testing::Not;

const registry::Name name{"атау", "название"};
constexpr auto bank_bin = "000140000353", body_bin = "000140000210", operator_bin = "000140000072";

class RegistrationsTest : public ::testing::Test {
protected:
    RegistrationsTest() {
        world.unit([](store::WriteSession& session) {
            records::save_registry(session, records::testing::entries());
            return true;
        });
    }

    template <class Entry>
    base::Result<void> add(const Entry& entry) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->registrations.add(session, entry, order, world.clock.now());
        });
    }
    template <class As>
    base::Result<void> classify(std::string_view key, const As& as) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->registrations.classify(session, key, as, order, world.clock.now());
        });
    }
    base::Result<void> withdraw(std::string_view number) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->registrations.withdraw(session, number, order, world.clock.now());
        });
    }
    base::Result<void> end_open(std::string_view key) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->registrations.end_open(session, key, order, world.clock.now());
        });
    }
    void make_the_state_own_the_registry() {
        classify("GBDFL", SystemClass{registry::Contour::ets, Ownership::state, {}}).value();
    }

    World world;
    RegistryChanges::Order order{.official = {}, .organisation = operator_bin, .reason = "бұйрық № 7"};
};

registry::System system_of_body(std::string key) {
    return {.key = key,
            .organisation = body_bin,
            .contour = registry::Contour::ets,
            .client_id = "client-of-" + key,
            .exempt_ground = "",
            .ownership = Ownership::state};
}
registry::IntegrationService service(std::string key, registry::ServiceKind kind) {
    return {.key = std::move(key),
            .owner = "GBDFL",
            .personal_data = false,
            .access_class = registry::AccessClass::public_data,
            .name = name,
            .fields = {},
            .kind = kind};
}
registry::SecurityAgreement agreement(std::vector<std::string> parties = {bank_bin, operator_bin}) {
    return {.number = "JSA-1", .signed_on = "2026-01-01", .valid_to = "2026-12-31", .parties = std::move(parties)};
}
std::vector<const base::Reason*> reasons(const base::Result<void>& result) {
    return result.has_error() ? result.error().reasons() : std::vector<const base::Reason*>{};
}

// INT-3.2, INT-3.3
TEST_F(RegistrationsTest, ASystemIsKeptOrRefusedWithEveryReason) {
    add(system_of_body("LAND")).value();
    EXPECT_EQ(world.registry.system("LAND")->ownership, Ownership::state);
    EXPECT_EQ(world.registry.system_of_client("client-of-LAND")->key, "LAND");
    EXPECT_EQ(world.store.look([](store::ReadSession& session) { return records::load_system(session, "LAND"); }),
              system_of_body("LAND"));
    EXPECT_THAT(reasons(add(system_of_body("LAND"))), ElementsAre(&registry_key_taken));
    registry::System same_client = system_of_body("OTHER");
    same_client.client_id = "demo-bank";
    EXPECT_THAT(reasons(add(same_client)), ElementsAre(&registry_key_taken));
    registry::System nobodys = system_of_body("OTHER");
    nobodys.organisation = "000140000568";
    EXPECT_THAT(reasons(add(nobodys)), ElementsAre(&registry_entry_unknown));
    registry::System secret = system_of_body("SECRET");
    secret.exclusions = {registry::Exclusion::analytics_space, registry::Exclusion::state_secrets};
    EXPECT_THAT(reasons(add(secret)),
                ElementsAre(&registry::contour_state_secrets, &registry::contour_analytics_space));
    EXPECT_EQ(world.registry.system("SECRET"), nullptr);
}

// INT-3.1, INT-3.4
TEST_F(RegistrationsTest, AServiceIsKeptOrRefusedWithEveryReason) {
    add(service("PAYMENT", registry::ServiceKind::payment)).value();
    EXPECT_EQ(world.registry.service("PAYMENT")->kind, registry::ServiceKind::payment);
    EXPECT_THAT(reasons(add(service("PAYMENT", registry::ServiceKind::ordinary))), ElementsAre(&registry_key_taken));
    EXPECT_THAT(reasons(add(service("OCSP", registry::ServiceKind::certification_authority))),
                ElementsAre(&registry::contour_certification_authority));
    classify("GBDFL", SystemClass{registry::Contour::ets, Ownership::state, {registry::Exclusion::official_use}})
        .value();
    EXPECT_THAT(reasons(add(service("OPEN", registry::ServiceKind::open_data))),
                ElementsAre(&registry::contour_open_data, &registry::contour_official_use))
        << "and whose it is";
    registry::IntegrationService nobodys = service("OTHER", registry::ServiceKind::ordinary);
    nobodys.owner = "NOBODY";
    EXPECT_THAT(reasons(add(nobodys)), ElementsAre(&registry_entry_unknown));
    EXPECT_EQ(world.registry.service("OPEN"), nullptr);
}

// INT-2.22
TEST_F(RegistrationsTest, AServiceIsDescribedAnewUntilItEnds) {
    const auto describe = [&](std::string_view key, const registry::Name& as) {
        return world.unit([&](store::WriteSession& session) {
            return world.service->registrations.describe(session, key, as, order, world.clock.now());
        });
    };
    const registry::Name text{"не береді", "что даёт"};
    add(service("PARCELS", registry::ServiceKind::ordinary)).value();
    EXPECT_EQ(world.registry.service("PARCELS")->description, registry::Name());
    describe("PARCELS", text).value();
    EXPECT_EQ(world.registry.service("PARCELS")->description, text);
    EXPECT_EQ(world.store.look([](store::ReadSession& session) { return records::load_service(session, "PARCELS"); })
                  ->description,
              text);
    EXPECT_THAT(reasons(describe("NEVER", text)), ElementsAre(&registry_entry_unknown));
    registry::IntegrationService over = service("OVER", registry::ServiceKind::ordinary);
    over.ended = "2026-01-01T00:00:00Z";
    add(over).value();
    EXPECT_THAT(reasons(describe("OVER", text)), ElementsAre(&registry_ended_before));
}

// INT-2.5: of one name, one is behind the gateway or open.
TEST_F(RegistrationsTest, OpenDataHaveAListOfTheirOwn) {
    const registry::OpenService open{"OPEN", body_bin, name, "https://data.example/"};
    add(open).value();
    EXPECT_EQ(world.registry.open_services().size(), 1U);
    EXPECT_THAT(reasons(add(open)), ElementsAre(&registry_key_taken));
    EXPECT_THAT(reasons(add(service("OPEN", registry::ServiceKind::ordinary))), ElementsAre(&registry_key_taken));
    EXPECT_THAT(reasons(add(registry::OpenService{"GBDFLUniversal_token", body_bin, name, "https://data.example/"})),
                ElementsAre(&registry_key_taken));
    EXPECT_THAT(reasons(add(registry::OpenService{"NEW", "000140000568", name, "https://data.example/"})),
                ElementsAre(&registry_entry_unknown));
    end_open("OPEN").value();
    EXPECT_FALSE(world.registry.open_service("OPEN")->ended.empty());
    EXPECT_THAT(reasons(end_open("OPEN")), ElementsAre(&registry_ended_before));
    EXPECT_THAT(reasons(end_open("NEVER")), ElementsAre(&registry_entry_unknown));
}

// INT-4.2
TEST_F(RegistrationsTest, AnAgreementIsBetweenTwoAndIsWithdrawnOnce) {
    for (const std::vector<std::string>& parties :
         std::vector<std::vector<std::string>>{{}, {bank_bin}, {bank_bin, bank_bin}, {bank_bin, "000140000568"}}) {
        EXPECT_THAT(reasons(add(agreement(parties))), ElementsAre(&agreement_incomplete)) << parties.size();
    }
    registry::SecurityAgreement backwards = agreement();
    backwards.valid_to = "2025-12-31";
    EXPECT_THAT(reasons(add(backwards)), ElementsAre(&agreement_incomplete));
    EXPECT_THAT(reasons(withdraw("JSA-1")), ElementsAre(&registry_entry_unknown));
    add(agreement()).value();
    EXPECT_THAT(reasons(add(agreement())), ElementsAre(&registry_key_taken));
    withdraw("JSA-1").value();
    EXPECT_THAT(reasons(withdraw("JSA-1")), ElementsAre(&registry_ended_before));
    EXPECT_THAT(reasons(add(agreement())), ElementsAre(&registry_key_taken)) << "a new one has a new number";
}

// INT-4.1, INT-4.2: asked at every question and at every call, of what is registered at that moment.
TEST_F(RegistrationsTest, WhatIsRegisteredCountsForTheNextQuestionAndTheNextCall) {
    const IssuedToken token = *redeem(world, granted(world, person::abai()), *world.registry.system("DEMOBANK"));
    const auto call = [&](registry::Side side = registry::Side::external) {
        UseCommand command = call_with(id_of(token), person::abai().iin);
        command.side = side;
        const UseDecision decision = reserve(world, command);
        const auto* objected = std::get_if<Objected>(&decision);
        return objected != nullptr ? objected->refusal.reasons() : std::vector<const base::Reason*>{};
    };
    const auto ask = [&] {
        const auto asked = try_ask(world, ask_for(person::ybyrai().iin));
        return asked.has_error() ? asked.error().reasons() : std::vector<const base::Reason*>{};
    };
    make_the_state_own_the_registry();
    EXPECT_THAT(call(), ElementsAre(&registry::contour_agreement_missing));
    EXPECT_THAT(ask(), ElementsAre(&registry::contour_agreement_missing));
    add(agreement()).value();
    EXPECT_THAT(call(), ElementsAre());
    EXPECT_THAT(ask(), ElementsAre());
    EXPECT_THAT(call(registry::Side::inside),
                ElementsAre(&registry::contour_outside_environment, &registry::contour_external_side_only));
    EXPECT_THAT(call(registry::Side::payment), ElementsAre(&registry::contour_payments_only));
    classify("DEMOBANK",
             SystemClass{registry::Contour::external, Ownership::non_state, {registry::Exclusion::state_secrets}})
        .value();
    EXPECT_THAT(call(), ElementsAre(&registry::contour_state_secrets));
    EXPECT_THAT(ask(), ElementsAre(&registry::contour_state_secrets));
    classify("DEMOBANK", SystemClass{registry::Contour::external, Ownership::non_state, {}}).value();
    classify("GBDFLUniversal_token", registry::ServiceKind::certification_authority).value();
    EXPECT_THAT(call(), ElementsAre(&registry::contour_certification_authority));
    classify("GBDFLUniversal_token", registry::ServiceKind::ordinary).value();
    EXPECT_THAT(call(), ElementsAre());
    withdraw("JSA-1").value();
    EXPECT_THAT(call(), ElementsAre(&registry::contour_agreement_over));
}

// INT-4.2: by the clock, without anybody's doing.
TEST_F(RegistrationsTest, AnAgreementEndsWithItsLastDay) {
    make_the_state_own_the_registry();
    registry::SecurityAgreement short_one = agreement();
    short_one.valid_to = world.zone.day(world.clock.now());
    add(short_one).value();
    const auto asked = [&] { return try_ask(world, ask_for(person::ybyrai().iin)); };
    EXPECT_TRUE(asked().has_value());
    world.clock.advance(std::chrono::hours{24});
    EXPECT_THAT(asked().error().reasons(), ElementsAre(&registry::contour_agreement_over));
}

}  // namespace
}  // namespace kelisim::access
