// SPDX-License-Identifier: Apache-2.0
#include "registry/contours.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

namespace kelisim::registry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;
using Reasons = std::vector<const base::Reason*>;

constexpr std::array ownerships{Ownership::state, Ownership::non_state};
constexpr std::array contours{Contour::ets, Contour::external};
constexpr std::array sides{Side::inside, Side::external, Side::payment};
constexpr std::array kinds{ServiceKind::ordinary, ServiceKind::payment, ServiceKind::certification_authority,
                           ServiceKind::open_data};
constexpr std::array agreements{AgreementState::none, AgreementState::over, AgreementState::stands};

// Every set of exclusions: bit n stands for the n-th.
constexpr int exclusion_sets = 8;
std::vector<Exclusion> exclusions_of(int bits) {
    std::vector<Exclusion> found;
    for (const Exclusion each : {Exclusion::state_secrets, Exclusion::official_use, Exclusion::analytics_space}) {
        if ((bits >> static_cast<int>(each) & 1) != 0) found.push_back(each);
    }
    return found;
}

System system(Ownership ownership, Contour contour, int exclusions = 0) {
    return {.key = "S",
            .organisation = "000140000353",
            .contour = contour,
            .client_id = "s",
            .exempt_ground = "",
            .ownership = ownership,
            .exclusions = exclusions_of(exclusions)};
}

template <class Check>
void each_call(Check check) {
    for (const Ownership caller : ownerships)
        for (const Contour contour : contours)
            for (const Ownership callee : ownerships)
                for (const ServiceKind kind : kinds)
                    for (const bool personal_data : {false, true})
                        for (const Side side : sides)
                            for (const AgreementState agreement : agreements)
                                for (int bits = 0; bits < exclusion_sets * exclusion_sets; ++bits) {
                                    const System from = system(caller, contour, bits % exclusion_sets);
                                    const System to = system(callee, Contour::ets, bits / exclusion_sets);
                                    check(ContourCall{.caller = from,
                                                      .callee = to,
                                                      .kind = kind,
                                                      .personal_data = personal_data,
                                                      .side = side,
                                                      .agreement = agreement});
                                }
}

bool excluded(const ContourCall& call, Exclusion exclusion) {
    return std::count(call.caller.exclusions.begin(), call.caller.exclusions.end(), exclusion) +
               std::count(call.callee.exclusions.begin(), call.callee.exclusions.end(), exclusion) >
           0;
}

// INT-3.1, INT-3.2, INT-3.3, INT-3.4, INT-4.1, INT-4.2, INT-2.26, INT-2.27, LAW-44: the rule once more, clause by clause, over
// every combination.
TEST(Contours, EachReasonIsThereExactlyWhenItsClauseSaysSo) {
    int passed = 0, looked_at = 0;
    each_call([&](const ContourCall& call) {
        const bool non_state_to_state =
            call.caller.ownership == Ownership::non_state && call.callee.ownership == Ownership::state;
        const bool mixed = call.caller.ownership != call.callee.ownership;
        const bool payment = call.kind == ServiceKind::payment;
        const std::vector<std::pair<bool, const base::Reason*>> clauses{
            {call.kind == ServiceKind::certification_authority, &contour_certification_authority},
            {excluded(call, Exclusion::state_secrets), &contour_state_secrets},
            {excluded(call, Exclusion::official_use), &contour_official_use},
            {excluded(call, Exclusion::analytics_space), &contour_analytics_space},
            {call.kind == ServiceKind::open_data, &contour_open_data},
            {call.side == Side::inside && call.caller.contour == Contour::external, &contour_outside_environment},
            {call.side == Side::inside && non_state_to_state, &contour_external_side_only},
            {mixed && call.agreement == AgreementState::none, &contour_agreement_missing},
            {mixed && call.agreement == AgreementState::over, &contour_agreement_over},
            {payment && call.side != Side::payment, &contour_payment_side_only},
            {!payment && call.side == Side::payment, &contour_payments_only},
            {payment && call.personal_data, &contour_payment_with_personal_data}};
        std::set<const base::Reason*> wanted;
        for (const auto& [applies, reason] : clauses) {
            if (applies) wanted.insert(reason);
        }
        const Reasons found = contour_objections(call);
        ASSERT_EQ(std::set<const base::Reason*>(found.begin(), found.end()), wanted);
        ASSERT_EQ(found.size(), wanted.size()) << "each is said once";
        ++looked_at;
        if (found.empty()) ++passed;
    });
    EXPECT_EQ(looked_at, 2 * 2 * 2 * 4 * 2 * 3 * 3 * 64);
    // With or without personal data 16 ways by the external side and 7 from inside; 16 for payments.
    EXPECT_EQ(passed, 2 * (16 + 7) + 16);
}

struct Named {
    const char* name;
    Ownership caller;
    Contour contour;
    Ownership callee;
    ServiceKind kind;
    Side side;
    AgreementState agreement;
    Reasons reasons;
};

class EachCall : public testing::TestWithParam<Named> {};
INSTANTIATE_TEST_SUITE_P(Contours, EachCall,
                         testing::Values(Named{"ABankFromOutside",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::external,
                                               AgreementState::stands,
                                               {}},
                                         Named{"ABodyFromInside",
                                               Ownership::state,
                                               Contour::ets,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::inside,
                                               AgreementState::none,
                                               {}},
                                         Named{"ABodyThatTakesTheExternalSide",
                                               Ownership::state,
                                               Contour::ets,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::external,
                                               AgreementState::none,
                                               {}},
                                         Named{"APaymentOfABank",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::payment,
                                               Side::payment,
                                               AgreementState::stands,
                                               {}},
                                         Named{"ABankThatHasNoAgreement",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::external,
                                               AgreementState::none,
                                               {&contour_agreement_missing}},
                                         Named{"APaymentOfABankThatHasNoAgreement",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::payment,
                                               Side::payment,
                                               AgreementState::none,
                                               {&contour_agreement_missing}},
                                         Named{"ABankByTheInnerSide",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::inside,
                                               AgreementState::stands,
                                               {&contour_outside_environment, &contour_external_side_only}},
                                         Named{"ANonStateSystemThatStandsInside",
                                               Ownership::non_state,
                                               Contour::ets,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::inside,
                                               AgreementState::stands,
                                               {&contour_external_side_only}},
                                         Named{"ABodyWhoseSystemStandsOutside",
                                               Ownership::state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::inside,
                                               AgreementState::none,
                                               {&contour_outside_environment}},
                                         Named{"ABodyThatAsksABank",
                                               Ownership::state,
                                               Contour::ets,
                                               Ownership::non_state,
                                               ServiceKind::ordinary,
                                               Side::inside,
                                               AgreementState::over,
                                               {&contour_agreement_over}},
                                         Named{"DataByThePaymentSide",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::ordinary,
                                               Side::payment,
                                               AgreementState::stands,
                                               {&contour_payments_only}},
                                         Named{"APaymentByTheExternalSide",
                                               Ownership::non_state,
                                               Contour::external,
                                               Ownership::state,
                                               ServiceKind::payment,
                                               Side::external,
                                               AgreementState::stands,
                                               {&contour_payment_side_only}}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(EachCall, IsJudgedAsTheRulesSay) {
    const Named& named = GetParam();
    const System caller = system(named.caller, named.contour), callee = system(named.callee, Contour::ets);
    EXPECT_EQ(contour_objections(ContourCall{.caller = caller,
                                             .callee = callee,
                                             .kind = named.kind,
                                             .personal_data = false,
                                             .side = named.side,
                                             .agreement = named.agreement}),
              named.reasons);
}

// INT-3.1, INT-3.2, INT-3.3, INT-3.4
TEST(Registration, NamesEverythingThatLeavesASystemOrServiceOut) {
    EXPECT_THAT(contour_objections(system(Ownership::state, Contour::ets)), IsEmpty());
    EXPECT_THAT(contour_objections(system(Ownership::state, Contour::ets, 7)),
                ElementsAre(&contour_state_secrets, &contour_official_use, &contour_analytics_space));
    IntegrationService service{"PAYMENTS", "S", false, AccessClass::public_data, {"төлем", "платёж"}, {}};
    for (const auto& [kind, reasons] : std::vector<std::pair<ServiceKind, Reasons>>{
             {ServiceKind::ordinary, {}},
             {ServiceKind::payment, {}},
             {ServiceKind::certification_authority, {&contour_certification_authority}},
             {ServiceKind::open_data, {&contour_open_data}}}) {
        service.kind = kind;
        EXPECT_EQ(contour_objections(service), reasons);
    }
    service.kind = ServiceKind::payment;
    service.personal_data = true;
    EXPECT_THAT(contour_objections(service), ElementsAre(&contour_payment_with_personal_data));
}

const Name name{"атау", "название"};
constexpr auto bank_bin = "000140000353", body_bin = "000140000210", operator_bin = "000140000072",
               other_bin = "000140000429";

SecurityAgreement agreement(std::vector<std::string> parties) {
    return {.number = "JSA-1", .signed_on = "2026-02-01", .valid_to = "2026-12-31", .parties = std::move(parties)};
}

Entries entries() {
    return {.organisations = {{bank_bin, OrganisationKind::bank, name},
                              {other_bin, OrganisationKind::company, name},
                              {body_bin, OrganisationKind::state_body, name},
                              {operator_bin, OrganisationKind::egov_operator, name}},
            .systems = {{"BANK", bank_bin, Contour::external, "bank", ""},
                        {.key = "BODY",
                         .organisation = body_bin,
                         .contour = Contour::ets,
                         .client_id = "body",
                         .exempt_ground = "",
                         .ownership = Ownership::state}},
            .services = {{"PERSON", "BODY", true, AccessClass::confidential, name, {"surname"}}},
            .connections = {}};
}

// INT-4.2
TEST(Agreement, CountsForItsPartiesAndItsDaysAndUntilItIsWithdrawn) {
    Registry registry(entries());
    const System &bank = *registry.system("BANK"), &body = *registry.system("BODY");
    const auto on = [&](std::string_view day) {
        const AgreementState state = agreement_between(registry, bank, body, day);
        EXPECT_EQ(agreement_between(registry, body, bank, day), state) << "whoever speaks first";
        return state;
    };
    EXPECT_EQ(on("2026-11-21"), AgreementState::none);
    for (const std::vector<std::string>& others : std::vector<std::vector<std::string>>{
             {bank_bin}, {bank_bin, other_bin}, {body_bin, operator_bin}, {other_bin, operator_bin}, {}}) {
        registry.put(agreement(others));
        EXPECT_EQ(on("2026-11-21"), AgreementState::none) << others.size();
    }
    for (const std::vector<std::string>& both :
         std::vector<std::vector<std::string>>{{bank_bin, body_bin}, {bank_bin, operator_bin}}) {
        registry.put(agreement(both));
        EXPECT_EQ(on("2026-01-31"), AgreementState::over);
        EXPECT_EQ(on("2026-02-01"), AgreementState::stands);
        EXPECT_EQ(on("2026-12-31"), AgreementState::stands);
        EXPECT_EQ(on("2027-01-01"), AgreementState::over);
    }
    SecurityAgreement withdrawn = agreement({bank_bin, body_bin});
    withdrawn.withdrawn = "2026-11-20T10:00:00Z";
    registry.put(withdrawn);
    EXPECT_EQ(on("2026-11-21"), AgreementState::over);
    SecurityAgreement next = agreement({bank_bin, body_bin});
    next.number = "JSA-2";
    registry.put(next);
    EXPECT_EQ(on("2026-11-21"), AgreementState::stands) << "any of them is enough";
}

TEST(Arriving, IsJudgedByWhatIsRegisteredNow) {
    Registry registry(entries());
    const IntegrationService& service = *registry.service("PERSON");
    const auto objections = [&](Side side) {
        return contour_objections(registry, {*registry.system("BANK"), side, "2026-11-21"}, service);
    };
    EXPECT_THAT(objections(Side::external), ElementsAre(&contour_agreement_missing));
    EXPECT_THAT(contour_objections(registry, {*registry.system("BANK"), Side::external, "2026-11-21"}),
                ElementsAre(&contour_agreement_missing))
        << "the service itself belongs to the state";
    registry.put(agreement({bank_bin, operator_bin}));
    EXPECT_THAT(objections(Side::external), IsEmpty());
    EXPECT_THAT(contour_objections(registry, {*registry.system("BANK"), Side::external, "2026-11-21"}), IsEmpty());
    EXPECT_THAT(contour_objections(registry, {*registry.system("BANK"), Side::inside, "2026-11-21"}),
                ElementsAre(&contour_outside_environment, &contour_external_side_only));
    // Classified anew, one and then the other.
    System body = *registry.system("BODY");
    body.exclusions = {Exclusion::official_use};
    registry.put(body);
    EXPECT_THAT(objections(Side::external), ElementsAre(&contour_official_use));
    System bank = *registry.system("BANK");
    bank.exclusions = {Exclusion::state_secrets};
    registry.put(bank);
    EXPECT_THAT(objections(Side::external), ElementsAre(&contour_state_secrets, &contour_official_use));
    EXPECT_EQ(registry.system_of_client("bank")->exclusions, bank.exclusions) << "under its other name, too";
}

TEST(Put, AddsWhatIsNewWhileOthersReadAndNamesWhatIsMissing) {
    Registry registry(entries());
    EXPECT_THROW(registry.put(agreement({"000140000568"})), std::invalid_argument);
    EXPECT_THROW(registry.put(OpenService{"OPEN", "000140000568", name, "https://data.egov.kz/"}),
                 std::invalid_argument);
    EXPECT_THROW(registry.put(System{"NEW", "000140000568", Contour::ets, "new", ""}), std::invalid_argument);
    EXPECT_THROW(registry.put(IntegrationService{"NEW", "NOBODY", false, AccessClass::public_data, name, {}}),
                 std::invalid_argument);
    EXPECT_EQ(registry.system("NEW"), nullptr) << "nothing of it is there";
    constexpr int count = 500;
    const System* first = registry.system("BANK");
    std::thread writer([&] {
        for (int i = 0; i < count; ++i)
            registry.put(System{"S" + std::to_string(i), bank_bin, Contour::external, "s" + std::to_string(i), ""});
    });
    std::size_t seen = 0;
    while (seen < count + 2) {
        const auto systems = registry.systems();
        ASSERT_GE(systems.size(), seen) << "nothing goes away";
        ASSERT_TRUE(std::is_sorted(systems.begin(), systems.end(),
                                   [](const System* a, const System* b) { return a->key < b->key; }));
        seen = systems.size();
    }
    writer.join();
    EXPECT_EQ(registry.system("BANK"), first) << "who holds it reads on";
    EXPECT_EQ(registry.system_of_client("s499")->key, "S499");
    registry.replace(ClientCredential{"s499", "", "keys"});
    EXPECT_EQ(registry.credential("s499")->jwks, "keys") << "who came later may have keys";
}

}  // namespace
}  // namespace kelisim::registry
