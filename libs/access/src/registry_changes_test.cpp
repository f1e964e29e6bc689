// SPDX-License-Identifier: Apache-2.0
#include "access/registry_changes.hpp"

#include <gmock/gmock.h>

#include "access/erasure.hpp"
#include "access/testing.hpp"
#include "records/registry_store.hpp"

namespace kelisim::access {
namespace {

using namespace access::testing;
using consent::ConsentState;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class RegistryChangesTest : public ::testing::Test {
protected:
    RegistryChangesTest() {
        world.unit([](store::WriteSession& session) {
            records::save_registry(session, records::testing::entries());
            return true;
        });
    }

    const RegistryChanges& changes() const { return world.service->registry_changes; }
    RegistryChanges::Order order() { return {.official = {}, .organisation = "000140000072", .reason = "бұйрық № 5"}; }
    base::Result<void> end_connection(std::string_view key = "bank-loans") {
        return world.unit([&](store::WriteSession& session) {
            return changes().end_connection(session, key, order(), world.clock.now());
        });
    }
    base::Result<void> end_purpose(std::string_view connection, std::string_view code) {
        return world.unit([&](store::WriteSession& session) {
            return changes().end_purpose(session, connection, code, order(), world.clock.now());
        });
    }
    base::Result<void> end_service(std::string_view key) {
        return world.unit([&](store::WriteSession& session) {
            return changes().end_service(session, key, order(), world.clock.now());
        });
    }

    // As the scheduler does: one piece a unit, until no timer is left. Returns how many pieces there were.
    int walk() {
        static constexpr store::Statement waiting{"test_walk", "SELECT payload FROM timer WHERE kind = ?1"};
        static constexpr store::Statement taken{"test_walk_taken", "DELETE FROM timer WHERE kind = ?1"};
        for (int pieces = 0;; ++pieces) {
            const bool more = world.unit([&](store::WriteSession& session) {
                std::optional<base::Bytes> payload;
                session.query(waiting, {timer_registry_ended}, [&](const store::Row& row) {
                    payload = base::Bytes(row.blob(0).begin(), row.blob(0).end());
                });
                if (!payload) return false;
                session.execute(taken, {timer_registry_ended});
                store::DueTimer timer{};
                timer.payload = *payload;
                changes().invalidate_some(session, timer, world.clock.now());
                return true;
            });
            if (!more) return pieces;
        }
    }

    std::vector<std::string> refusals(const IssuedToken& token, std::string service = "GBDFLUniversal_token",
                                      std::string field = "surname") {
        auto call = call_with(id_of(token), person::abai().iin);
        call.service = std::move(service);
        call.fields = {std::move(field)};
        const auto decision = reserve(world, call);
        std::vector<std::string> codes;
        if (const auto* objected = std::get_if<Objected>(&decision)) {
            for (const base::Reason* reason : objected->refusal.reasons())
                codes.emplace_back(reason->code);
        }
        return codes;
    }

    // KDP-10.2
    records::KeptKeyRegistration keys(registry::KeyPurpose purpose, std::string client, std::string jwks,
                                      std::chrono::seconds later = {}) const {
        return {.id = {},
                .content = {.purpose = purpose,
                            .organisation = bank_bin,
                            .client_id = std::move(client),
                            .jwks = std::move(jwks),
                            .name_kind = {},
                            .made = world.clock.now() + later},
                .role = "first_head",
                .document = {1, 2, 3}};
    }
    records::KeptKeyRegistration name(std::string client, std::string text, std::chrono::seconds later = {}) const {
        auto made = keys(registry::KeyPurpose::tls_certificate, std::move(client), "", later);
        made.content.name_kind = registry::CertificateName::san_dns;
        made.content.name = std::move(text);
        return made;
    }
    base::Result<records::KeyRegistrationId> put(const records::KeptKeyRegistration& registration) {
        return world.unit([&](store::WriteSession& session) {
            return changes().register_keys(session, registration, world.clock.now());
        });
    }
    std::string refused(const records::KeptKeyRegistration& registration) {
        const auto done = put(registration);
        return done.has_error() ? std::string(done.error().first().code) : "";
    }
    registry::Entries stored() {
        return world.look([](store::ReadSession& session) { return records::load_registry(session); });
    }
    static constexpr auto assertions = registry::KeyPurpose::client_authentication;

    World world;
    const std::string bank_bin = world.bank().organisation;
    const std::string bank_client = world.bank().client_id;
};

// KDP-5.3: nothing passes from the commit on; the consents follow.
TEST_F(RegistryChangesTest, TheEndOfAConnectionEndsWhatStandsOnIt) {
    const auto request = granted(world, person::abai());
    const auto token = redeem(world, request, world.bank()).value();
    ASSERT_TRUE(end_connection().has_value());

    EXPECT_THAT(refusals(token), Contains("use_connection_ended")) << "before the first piece of the walk";
    EXPECT_FALSE(redeem(world, request, world.bank()));
    EXPECT_TRUE(try_ask(world, ask_for(person::abai().iin)).error().has(registry::connection_not_valid_today));
    EXPECT_EQ(world.consent_of(request).state, ConsentState::active);

    EXPECT_EQ(walk(), 1);
    EXPECT_EQ(world.consent_of(request).state, ConsentState::invalidated);
    EXPECT_FALSE(world.service->index.find(id_of(token), world.clock.now()));
    EXPECT_THAT(refusals(token), Contains("use_token_ended"));
    EXPECT_THAT(world.journal_of(world.consent_of(request).id), Contains("consent.invalidated"));
    EXPECT_THAT(world.verify().findings, IsEmpty());
}

TEST_F(RegistryChangesTest, WhatStandsOnAnotherConnectionLivesOn) {
    const auto request = granted(world, person::abai());
    const auto token = redeem(world, request, world.bank()).value();
    for (const registry::Connection* other : world.registry.connections()) {
        if (other->key == "bank-loans") continue;
        ASSERT_TRUE(end_connection(other->key).has_value());
    }
    walk();
    EXPECT_EQ(world.consent_of(request).state, ConsentState::active);
    EXPECT_THAT(refusals(token), IsEmpty());
}

// KDP-5.1
TEST_F(RegistryChangesTest, TheEndOfAPurposeEndsItsConsents) {
    const auto request = granted(world, person::abai());
    const auto token = redeem(world, request, world.bank()).value();
    ASSERT_TRUE(end_purpose("bank-loans", "loan-application").has_value());
    EXPECT_THAT(refusals(token), Contains("use_purpose_ended"));
    EXPECT_TRUE(try_ask(world, ask_for(person::abai().iin)).error().has(registry::purpose_outside_connection));
    walk();
    EXPECT_EQ(world.consent_of(request).state, ConsentState::invalidated);
}

TEST_F(RegistryChangesTest, AnObjectionIsToldWhichPartOfTheBasisIsGone) {
    const auto request = granted(world, person::abai());
    const auto consent = world.consent_of(request).id;
    const auto abai = world.request(request).subject;
    world.unit([&](store::WriteSession& session) {
        return world.service->persons.steering.withdraw(session, {.by = abai, .whose = abai}, consent,
                                                        world.clock.now());
    });
    ASSERT_TRUE(end_purpose("bank-loans", "loan-application").has_value());
    const auto objected = world.unit([&](store::WriteSession& session) {
        return world.service->persons.steering.object(session, "DEMOBANK", consent, {"шарт", "№ 17"},
                                                      world.clock.now());
    });
    EXPECT_TRUE(objected.error().has(consent::use_purpose_ended));
    EXPECT_EQ(world.consent_of(request).state, ConsentState::withdrawn);
}

// KDP-5.2: a consent lives as long as one of its services answers.
TEST_F(RegistryChangesTest, TheLastServiceTakesTheConsentWithIt) {
    const auto request = granted(world, person::abai());
    const auto token = redeem(world, request, world.bank()).value();
    ASSERT_TRUE(end_service("GBDFL_FamilyInfoToken").has_value());
    walk();
    EXPECT_EQ(world.consent_of(request).state, ConsentState::active);
    EXPECT_THAT(refusals(token, "GBDFL_FamilyInfoToken", "spouse"), Contains("use_service_ended"));
    EXPECT_THAT(refusals(token), IsEmpty());
    ASSERT_TRUE(end_service("GBDFLUniversal_token").has_value());
    walk();
    EXPECT_EQ(world.consent_of(request).state, ConsentState::invalidated);
}

TEST_F(RegistryChangesTest, WalksOverEveryLivingConsentPieceByPiece) {
    std::vector<consent::RequestId> requests;
    for (int i = 0; i < 201; ++i)
        requests.push_back(granted(world, person::abai()));
    ASSERT_TRUE(end_connection().has_value());
    EXPECT_EQ(walk(), 2);
    for (const auto id : requests)
        ASSERT_EQ(world.consent_of(id).state, ConsentState::invalidated);
}

TEST_F(RegistryChangesTest, PassesOverErasedPersonsAndEndedConsents) {
    const auto erased = granted(world, person::ybyrai());
    const auto withdrawn = granted(world, person::abai());
    const auto living = granted(world, person::abai());
    const auto subject = world.request(erased).subject;
    const auto abai = world.request(withdrawn).subject;
    const auto consent = world.consent_of(withdrawn).id;
    world.unit([&](store::WriteSession& session) {
        erase_person(world.service->parts, session, subject, world.clock.now());
        return world.service->persons.steering.withdraw(session, {.by = abai, .whose = abai}, consent,
                                                        world.clock.now());
    });
    ASSERT_TRUE(end_connection().has_value());
    walk();
    EXPECT_EQ(world.consent_of(living).state, ConsentState::invalidated);
    EXPECT_EQ(world.consent_of(withdrawn).state, ConsentState::withdrawn);
    const auto objected = world.unit([&](store::WriteSession& session) {
        return world.service->persons.steering.object(session, "DEMOBANK", consent, {"шарт", "№ 17"},
                                                      world.clock.now());
    });
    EXPECT_TRUE(objected.error().has(consent::use_connection_ended)) << "no new version on a connection that ended";
}

TEST_F(RegistryChangesTest, EndsOnceAndOnlyWhatIsThere) {
    EXPECT_TRUE(end_connection("none").error().has(registry_entry_unknown));
    EXPECT_TRUE(end_purpose("bank-loans", "none").error().has(registry_entry_unknown));
    EXPECT_TRUE(end_purpose("none", "loan-application").error().has(registry_entry_unknown));
    EXPECT_TRUE(end_service("none").error().has(registry_entry_unknown));
    ASSERT_TRUE(end_service("GBDFL_FamilyInfoToken").has_value());
    EXPECT_TRUE(end_service("GBDFL_FamilyInfoToken").error().has(registry_ended_before));
    ASSERT_TRUE(end_connection().has_value());
    EXPECT_TRUE(end_connection().error().has(registry_ended_before));
    EXPECT_TRUE(end_purpose("bank-loans", "loan-application").error().has(registry_ended_before));
}

// Two units of one batch: the second must not undo the first with what it remembers.
TEST_F(RegistryChangesTest, TwoEndsInOneBatchBothStand) {
    world.unit([&](store::WriteSession& session) {
        auto connection = records::load_connection(session, "bank-loans").value();
        connection.purposes.push_back({"second", {"екінші", "вторая"}, {"GBDFLUniversal_token"}});
        registry::Entries changed{.organisations = {}, .systems = {}, .services = {}, .connections = {connection}};
        records::save_registry(session, changed);
        return true;
    });
    world.unit([&](store::WriteSession& session) {
        changes().end_purpose(session, "bank-loans", "second", order(), world.clock.now()).value();
        return changes().end_purpose(session, "bank-loans", "loan-application", order(), world.clock.now());
    });
    const registry::Connection* now = world.registry.connection("bank-loans");
    EXPECT_EQ(registry::purpose_of(*now, "second"), nullptr);
    EXPECT_EQ(registry::purpose_of(*now, "loan-application"), nullptr);
}

TEST_F(RegistryChangesTest, RegisteredKeysCountAtOnceAndAfterARestart) {
    const auto id = put(keys(assertions, bank_client, "new keys"));
    ASSERT_TRUE(id);
    EXPECT_EQ(world.registry.credential(bank_client)->jwks, "new keys");
    EXPECT_THAT(world.journal_of(*id), Contains("registry.keys_registered"));
    ASSERT_TRUE(put(keys(registry::KeyPurpose::proofs, "", "proof keys")));
    EXPECT_EQ(world.registry.organisation(bank_bin)->proof_keys, "proof keys");
    ASSERT_TRUE(put(name(bank_client, "bank.test")));
    EXPECT_EQ(world.registry.tls_client(bank_client)->name, "bank.test");

    const registry::Registry again(stored());
    EXPECT_EQ(again.credential(bank_client)->jwks, "new keys");
    EXPECT_EQ(again.organisation(bank_bin)->proof_keys, "proof keys");
    EXPECT_EQ(again.tls_client(bank_client)->name, "bank.test");
}

TEST_F(RegistryChangesTest, ASecretStaysBesideRegisteredKeys) {
    registry::Entries entries{.organisations = {}, .systems = {}, .services = {}, .connections = {}};
    entries.credentials = {{bank_client, "digest", "old keys"}};
    world.unit([&](store::WriteSession& session) {
        records::save_registry(session, entries);
        return true;
    });
    ASSERT_TRUE(put(keys(assertions, bank_client, "")));
    EXPECT_EQ(world.registry.credential(bank_client)->secret_sha256, "digest");
    EXPECT_EQ(world.registry.credential(bank_client)->jwks, "") << "none from now on";
}

TEST_F(RegistryChangesTest, AnOlderRegistrationReplacesNoNewerOne) {
    ASSERT_TRUE(put(keys(assertions, bank_client, "first")));
    EXPECT_EQ(refused(keys(assertions, bank_client, "first")), "key_registration_superseded") << "the very same";
    ASSERT_TRUE(put(keys(assertions, bank_client, "second", std::chrono::seconds{1})));
    EXPECT_EQ(refused(keys(assertions, bank_client, "first")), "key_registration_superseded");
    EXPECT_EQ(world.registry.credential(bank_client)->jwks, "second");
    EXPECT_TRUE(put(keys(registry::KeyPurpose::proofs, "", "others"))) << "other keys have a time of their own";
}

TEST_F(RegistryChangesTest, OnlyOfOnesOwnSystems) {
    EXPECT_EQ(refused(keys(assertions, "nobody", "x")), "key_registration_client_unknown");
    EXPECT_EQ(refused(keys(assertions, world.insurer().client_id, "x")), "key_registration_client_unknown");
    EXPECT_EQ(refused(name(world.insurer().client_id, "bank.test")), "key_registration_client_unknown");
    auto unknown = keys(registry::KeyPurpose::proofs, "", "x");
    unknown.content.organisation = "990140000013";
    EXPECT_EQ(refused(unknown), "key_registration_organisation_unknown");
    EXPECT_EQ(world.look([&](store::ReadSession& session) {
        return world.records.key_registrations.list(session, {}, {}, 10).size();
    }),
              0U)
        << "what was refused left nothing";
}

TEST_F(RegistryChangesTest, OneNameOfACertificateIsOneClients) {
    registry::Entries entries{.organisations = {}, .systems = {}, .services = {}, .connections = {}};
    entries.tls_clients = {{world.insurer().client_id, registry::CertificateName::san_dns, "Insurer.test"}};
    world.unit([&](store::WriteSession& session) {
        records::save_registry(session, entries);
        return true;
    });
    EXPECT_EQ(refused(name(bank_client, "insurer.TEST")), "key_registration_name_taken");
    ASSERT_TRUE(put(name(bank_client, "bank.test")));
    EXPECT_TRUE(put(name(bank_client, "bank.test", std::chrono::seconds{1}))) << "one's own may be registered again";
}

TEST_F(RegistryChangesTest, RegistrationsAreKeptWithTheirEvidence) {
    auto made = name(bank_client, "bank.test");
    made.certificate[31] = 7;
    const auto id = put(made);
    ASSERT_TRUE(id);
    made.id = *id;
    const auto& all = world.records.key_registrations;
    const auto found = world.look([&](store::ReadSession& session) { return all.find(session, *id); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->content, made.content);
    EXPECT_EQ(found->role, "first_head");
    EXPECT_EQ(found->certificate, made.certificate);
    EXPECT_EQ(found->document, made.document);
    ASSERT_TRUE(put(keys(assertions, bank_client, "x")));
    const auto count = [&](std::optional<std::string_view> of, std::optional<base::RawId> before, std::size_t max) {
        return world.look([&](store::ReadSession& session) { return all.list(session, of, before, max).size(); });
    };
    EXPECT_EQ(count(bank_bin, {}, 10), 2U);
    EXPECT_EQ(count(bank_bin, {}, 1), 1U);
    EXPECT_EQ(count(bank_bin, *id, 10), 0U) << "none is older";
    EXPECT_EQ(count("000140000072", {}, 10), 0U);
    EXPECT_EQ(count({}, {}, 10), 2U);
}

}  // namespace
}  // namespace kelisim::access
