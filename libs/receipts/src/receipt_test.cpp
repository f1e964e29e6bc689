// SPDX-License-Identifier: Apache-2.0
#include "receipts/receipt.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <boost/mp11.hpp>

namespace kelisim::receipts {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const base::Time now = base::from_micros(1'795'000'000'000'000);
const base::Iin abai = base::Iin::parse("450810100013").value();
const Of of{.issuer = "https://kelisim.test", .subject = abai};

consent::AccessRequest request(consent::RequestState state) {
    base::SeededEntropy entropy(1);
    consent::AccessRequest made;
    made.id = consent::RequestId::make(now, {}, entropy);
    made.state = state;
    made.created = now;
    made.expires = now + 24h;
    made.terms.organisation = "000140000353";
    made.terms.organisation_name = {"Оқу банкі", "Учебный банк"};
    made.terms.purpose = "loan-application";
    made.terms.purpose_name = {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"};
    made.terms.fields = {"surname"};
    made.terms.acts = {"collection"};
    made.terms.term = "P30D";
    made.terms.storage = "P1Y";
    made.employee = "Тексеруші Қызметкер";
    return made;
}

consent::Consent consent_of() {
    base::SeededEntropy entropy(2);
    return consent::begin(request(consent::RequestState::granted), consent::ConsentId::make(now, {}, entropy),
                          consent::Means::sms_reply, now, now + 365 * 24h);
}

std::string status(const boost::json::object& receipt) {
    return std::string(receipt.at("dpv:hasRecord").at("dpv:hasConsentStatus").at("@type").as_string());
}

TEST(Receipt, OfARequestIsThereForEachEndAndForNoOpenOne) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<consent::RequestState>>([](auto state) {
        const bool open = state.value == consent::RequestState::recorded || state.value == consent::RequestState::asked;
        EXPECT_EQ(of_request(of, request(state.value)).has_value(), !open) << state.name;
    });
    EXPECT_EQ(status(*of_request(of, request(consent::RequestState::refused))), "dpv:ConsentRefused");
    for (const auto state : {consent::RequestState::expired, consent::RequestState::undeliverable,
                             consent::RequestState::cancelled, consent::RequestState::stopped}) {
        EXPECT_NE(status(*of_request(of, request(state))), "dpv:ConsentGiven") << "silence is no consent";
    }
}

TEST(Receipt, HoldsWhatTheLawAsksAndNobodyElse) {
    const std::string text = boost::json::serialize(*of_consent(of, consent_of(), {}, 0));
    for (const char* part : {"000140000353", "Оқу банкі", "Учебный банк", "450810100013", "loan-application", "surname",
                             "collection", "P30D", "P1Y", "ISO/IEC TS 27560:2023", "https://w3id.org/dpv#"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(text, Not(HasSubstr("Қызметкер"))) << "the employee who asked is a third person";
}

TEST(Receipt, OfAConsentSpeaksOfEachEventAsItStoodThen) {
    const std::vector<Event> events{{"consent.paused", now + 1h},
                                    {"consent.resumed", now + 2h},
                                    {"consent.withdrawn", now + 3h},
                                    {"consent.deletion_confirmed", now + 4h}};
    const auto at = [&](std::size_t number) { return of_consent(of, consent_of(), events, number); };
    EXPECT_EQ(status(*at(0)), "dpv:ConsentGiven");
    EXPECT_EQ(status(*at(1)), "dpv:ConsentStatusInvalidForProcessing");
    EXPECT_EQ(status(*at(2)), "dpv:ConsentGiven");
    EXPECT_EQ(status(*at(3)), "dpv:ConsentWithdrawn");
    EXPECT_EQ(status(*at(4)), "dpv:ConsentWithdrawn") << "the deletion does not give it back";
    EXPECT_FALSE(at(5));
    EXPECT_THAT(boost::json::serialize(*at(1)), Not(HasSubstr("withdrawn"))) << "nothing of what came later";
    EXPECT_NE(at(0)->at("@id"), at(1)->at("@id"));
}

TEST(Receipt, OfAGroundDoesNotCallItAConsent) {
    consent::Consent consent = consent_of();
    consent.terms.ground = "94-V:9(1)";
    const auto receipt = of_consent(of, consent, {}, 0).value();
    const auto& process = receipt.at("dpv:hasRecord").at("dpv:hasProcess").at(0);
    EXPECT_EQ(process.at("dpv:hasLegalBasis").at("@type"), "dpv:LegalObligation");
    EXPECT_EQ(process.at("dpv:hasLegalBasis").at("dct:identifier"), "94-V:9(1)");
}

}  // namespace
}  // namespace kelisim::receipts
