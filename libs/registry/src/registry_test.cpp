// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

namespace kelisim::registry {
namespace {

Connection connection(std::string key, Channel channel, std::string purpose) {
    return {.key = std::move(key),
            .initiator = "BANK",
            .channel = channel,
            .environment = Environment::production,
            .valid_from = "2026-01-01",
            .valid_to = "2026-12-31",
            .acts = {"collection"},
            .grounds = {},
            .storage = "P1Y",
            .processing = "P30D",
            .uses_max = 3,
            .purposes = {{std::move(purpose), {"несие", "кредит"}, {"PERSON"}}}};
}

Entries entries() {
    return {
        .organisations = {{"000140000353", OrganisationKind::bank, {"Оқу банкі", "Учебный банк"}}},
        .systems = {{"BANK", "000140000353", Contour::external, "bank", ""},
                    {"OWNER", "000140000353", Contour::ets, "owner", ""}},
        .services = {{"PERSON", "OWNER", true, AccessClass::confidential, {"тұлға", "лицо"}, {"surname"}},
                     {"FAMILY", "OWNER", true, AccessClass::confidential, {"отбасы", "семья"}, {"spouse"}}},
        .connections = {connection("c1", Channel::contact_centre, "loan"),
                        connection("c2", Channel::own_means, "account"), connection("c3", Channel::own_means, "loan")}};
}

Wanted wanted() {
    return {.initiator = "BANK",
            .environment = Environment::production,
            .purpose = "loan",
            .services = {"PERSON"},
            .channel = Channel::contact_centre,
            .connection = "",
            .local_day = "2026-11-21"};
}

TEST(Replace, KeysAndNamesOfClientsThatHadNone) {
    Registry registry(entries());
    EXPECT_EQ(registry.credential("bank"), nullptr);
    EXPECT_TRUE(registry.tls_clients().empty()) << "a place that is kept is no entry";
    registry.replace(ClientCredential{"bank", "", "first"});
    const ClientCredential* first = registry.credential("bank");
    registry.replace(ClientCredential{"bank", "", "second"});
    EXPECT_EQ(registry.credential("bank")->jwks, "second");
    EXPECT_EQ(first->jwks, "first") << "who holds it reads on";
    registry.replace(TlsClient{"owner", CertificateName::san_dns, "owner.test"});
    EXPECT_EQ(registry.tls_clients().size(), 1U);
    Organisation bank = *registry.organisation("000140000353");
    bank.proof_keys = "keys";
    registry.replace(bank);
    EXPECT_EQ(registry.organisation("000140000353")->proof_keys, "keys");
    EXPECT_THROW(registry.replace(ClientCredential{"nobody", "", ""}), std::invalid_argument);
    EXPECT_THROW(registry.replace(TlsClient{"nobody", CertificateName::san_dns, "a"}), std::invalid_argument);
    bank.bin = "000140000210";
    EXPECT_THROW(registry.replace(bank), std::invalid_argument);
}

TEST(TlsClients, NamesCompareWhole) {
    const TlsClient dns{"a", CertificateName::san_dns, "Bank.Test"}, uri{"a", CertificateName::san_uri, "urn:Bank"};
    EXPECT_TRUE(same_name(dns, CertificateName::san_dns, "bank.test"));
    EXPECT_FALSE(same_name(dns, CertificateName::san_dns, "bank.tes"));
    EXPECT_FALSE(same_name(dns, CertificateName::san_dns, "bank.test.kz"));
    EXPECT_FALSE(same_name(dns, CertificateName::san_uri, "Bank.Test"));
    EXPECT_TRUE(same_name(uri, CertificateName::san_uri, "urn:Bank"));
    EXPECT_FALSE(same_name(uri, CertificateName::san_uri, "urn:bank"));
}

TEST(TlsClients, BelongToAClientAndHaveAName) {
    Entries fine = entries();
    fine.tls_clients = {{"bank", CertificateName::subject_dn, "CN=bank"}};
    const Registry registry(fine);
    EXPECT_EQ(registry.tls_client("bank")->name, "CN=bank");
    EXPECT_EQ(registry.tls_client("owner"), nullptr);
    EXPECT_EQ(registry.tls_clients().size(), 1U);
    for (const TlsClient& wrong :
         {TlsClient{"nobody", CertificateName::subject_dn, "CN=x"}, TlsClient{"bank", CertificateName::san_dns, ""},
          TlsClient{"bank", CertificateName::san_dns, "a.test"}}) {
        Entries more = fine;
        more.tls_clients.push_back(wrong);
        EXPECT_THROW(Registry{more}, std::invalid_argument) << wrong.client_id;
    }
}

// KDP-2.2, KDP-5.1, KDP-5.2: a request stands on one connection, within one услуга and its integration services.
TEST(Match, FindsTheOneConnection) {
    const Registry registry(entries());
    const auto match = registry.match(wanted());
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->connection->key, "c1");
    EXPECT_EQ(match->purpose->code, "loan");
}

TEST(Match, TakesTheBoundDaysAsValid) {
    const Registry registry(entries());
    for (std::string_view day : {"2026-01-01", "2026-12-31"}) {
        Wanted w = wanted();
        w.local_day = day;
        EXPECT_TRUE(registry.match(w).has_value()) << day;
    }
}

// wire.md B2: messages of the SOAP wire name no услуга.
TEST(Match, FindsTheOnlyPurposeWhereNoneIsNamed) {
    const Registry registry(entries());
    Wanted w = wanted();
    w.purpose = "";
    EXPECT_TRUE(registry.match(w).error().has(purpose_outside_connection)) << "only whoever says so leaves it out";
    w.any_purpose = true;
    EXPECT_EQ(registry.match(w).value().purpose->code, "loan");
    Entries two = entries();
    for (Connection& connection : two.connections) {
        Purpose another = connection.purposes.front();
        another.code = "another";
        connection.purposes.push_back(another);
    }
    EXPECT_TRUE(Registry(std::move(two)).match(w).error().has(connection_ambiguous));
}

TEST(Match, LetsTheRequestNameIt) {
    const Registry registry(entries());
    Wanted w = wanted();
    w.channel.reset();
    EXPECT_TRUE(registry.match(w).error().has(connection_ambiguous));
    w.connection = "c3";
    EXPECT_EQ(registry.match(w)->connection->key, "c3");
}

struct RefusedCase {
    std::string name;
    std::function<void(Wanted&)> change;
    const base::Reason& reason;
};
class MatchRefused : public testing::TestWithParam<RefusedCase> {};
TEST_P(MatchRefused, WithTheReason) {
    const Registry registry(entries());
    Wanted w = wanted();
    GetParam().change(w);
    const auto match = registry.match(w);
    ASSERT_TRUE(match.has_error());
    EXPECT_TRUE(match.error().has(GetParam().reason)) << match.error().first().code;
}
INSTANTIATE_TEST_SUITE_P(
    Table, MatchRefused,
    testing::Values(
        RefusedCase{"UnknownService", [](Wanted& w) { w.services = {"NONE"}; }, unknown_service},
        RefusedCase{"PurposeOutside", [](Wanted& w) { w.purpose = "account"; }, purpose_outside_connection},
        RefusedCase{"ServiceOutside",
                    [](Wanted& w) {
                        w.services = {"PERSON", "FAMILY"};
                    },
                    service_outside_purpose},
        RefusedCase{"BeforeItsPeriod", [](Wanted& w) { w.local_day = "2025-12-31"; }, connection_not_valid_today},
        RefusedCase{"AfterItsPeriod", [](Wanted& w) { w.local_day = "2027-01-01"; }, connection_not_valid_today},
        RefusedCase{"OtherInitiator", [](Wanted& w) { w.initiator = "OWNER"; }, no_connection},
        RefusedCase{"OtherEnvironment", [](Wanted& w) { w.environment = Environment::test; }, no_connection},
        RefusedCase{"OtherChannel", [](Wanted& w) { w.channel = Channel::sms_code; }, no_connection},
        RefusedCase{"UnknownConnection", [](Wanted& w) { w.connection = "c9"; }, no_connection}),
    [](const auto& c) { return c.param.name; });

TEST(Match, GivesEveryReason) {
    const Registry registry(entries());
    Wanted w = wanted();
    w.channel.reset();
    w.services = {"FAMILY"};
    const auto refused = registry.match(w);
    EXPECT_TRUE(refused.error().has(service_outside_purpose));
    EXPECT_TRUE(refused.error().has(purpose_outside_connection));
}

// KDP-5.1, KDP-5.2, KDP-5.3: what ended is not matched any more.
TEST(Match, LeavesOutWhatEnded) {
    const std::string ended = "2026-11-20T10:00:00Z";
    Registry registry(entries());
    const Connection* before = registry.connection("c1");
    Connection connection = *before;
    connection.purposes.front().ended = ended;
    registry.replace(connection);
    EXPECT_TRUE(registry.match(wanted()).error().has(purpose_outside_connection));
    connection.purposes.front().ended.clear();
    connection.ended = ended;
    registry.replace(connection);
    EXPECT_TRUE(registry.match(wanted()).error().has(connection_not_valid_today));
    EXPECT_EQ(before->ended, "") << "what was found stays as it was";
    connection.ended.clear();
    registry.replace(connection);
    EXPECT_TRUE(registry.match(wanted()).has_value());
    IntegrationService service = *registry.service("PERSON");
    service.ended = ended;
    registry.replace(service);
    EXPECT_TRUE(registry.match(wanted()).error().has(unknown_service));
    EXPECT_EQ(registry.service("PERSON")->name.ru, "лицо") << "it still has a name";
}

TEST(IsConnected, WhileConnectionAndPurposeStand) {
    Registry registry(entries());
    const auto connected = [&](std::string_view system, std::string_view service, std::string_view day) {
        return is_connected(registry, system, service, day);
    };
    EXPECT_TRUE(connected("BANK", "PERSON", "2026-01-01"));
    EXPECT_TRUE(connected("BANK", "PERSON", "2026-12-31"));
    EXPECT_FALSE(connected("BANK", "PERSON", "2025-12-31"));
    EXPECT_FALSE(connected("BANK", "PERSON", "2027-01-01"));
    EXPECT_FALSE(connected("BANK", "FAMILY", "2026-06-01"));
    EXPECT_FALSE(connected("OWNER", "PERSON", "2026-06-01"));
    EXPECT_FALSE(connected("NOBODY", "NOTHING", "2026-06-01"));
    for (const char* key : {"c1", "c2"}) {
        Connection ended = *registry.connection(key);
        ended.ended = "2026-05-01T00:00:00Z";
        registry.replace(ended);
    }
    EXPECT_TRUE(connected("BANK", "PERSON", "2026-06-01")) << "the third is left";
    Connection third = *registry.connection("c3");
    third.purposes.front().ended = "2026-05-01T00:00:00Z";
    registry.replace(third);
    EXPECT_FALSE(connected("BANK", "PERSON", "2026-06-01"));
}

TEST(Registry, ReplacesOnlyWhatIsThere) {
    Registry registry(entries());
    EXPECT_THROW(registry.replace(connection("c9", Channel::contact_centre, "loan")), std::invalid_argument);
    EXPECT_EQ(registry.connections().size(), 3U);
    EXPECT_EQ(registry.services().size(), 2U);
}

TEST(Registry, RefusesWhatDoesNotHoldTogether) {
    const auto broken = [](const std::function<void(Entries&)>& change) {
        Entries e = entries();
        change(e);
        EXPECT_THROW(Registry{std::move(e)}, std::invalid_argument);
    };
    broken([](Entries& e) { e.systems.push_back(e.systems.front()); });
    broken([](Entries& e) { e.systems.front().organisation = "000140000429"; });
    broken([](Entries& e) { e.services.front().owner = "NOBODY"; });
    broken([](Entries& e) { e.connections.front().initiator = "NOBODY"; });
    broken([](Entries& e) { e.connections.front().purposes.front().services = {"NONE"}; });
    broken([](Entries& e) { e.connections[1].key = "c1"; });
}

}  // namespace
}  // namespace kelisim::registry
