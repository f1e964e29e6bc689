// SPDX-License-Identifier: Apache-2.0
#include "receipts/receipt.hpp"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <boost/mp11.hpp>

#include "consent/use.hpp"
#include "fixture.hpp"

namespace kelisim::receipts {
namespace {

using namespace testing;
using base::Language;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string status(const boost::json::object& receipt) {
    const auto& record = receipt.at("dpv:hasRecord").as_object();
    const auto* consent = record.if_contains("dpv:hasConsentStatus");
    const auto& told = consent != nullptr ? *consent : record.at("dpv:hasActivityStatus");
    return std::string(told.at("@type").as_string());
}
std::string words(const boost::json::object& receipt, Language language = Language::ru) {
    return in_words(receipt, language, zone);
}

TEST(Receipt, OfARequestIsThereForEachEndAndForNoOpenOne) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<consent::RequestState>>([](auto state) {
        const bool open = state.value == consent::RequestState::recorded || state.value == consent::RequestState::asked;
        EXPECT_EQ(of_request(of(), request(state.value)).has_value(), !open) << state.name;
    });
    EXPECT_EQ(status(*of_request(of(), request(consent::RequestState::refused))), "dpv:ConsentRefused");
    for (const auto state : {consent::RequestState::expired, consent::RequestState::undeliverable,
                             consent::RequestState::cancelled, consent::RequestState::stopped}) {
        EXPECT_NE(status(*of_request(of(), request(state))), "dpv:ConsentGiven") << "silence is no consent";
    }
}

TEST(Receipt, OfARequestTellsWhenItEnded) {
    const consent::AccessRequest refused = request(consent::RequestState::refused);
    const auto receipt = of_request(of(entry(fact("request.refused", now + 7min, refused.id))), refused).value();
    EXPECT_EQ(receipt.at("dct:issued").as_string(), base::to_iso8601(now + 7min));
    EXPECT_EQ(receipt.at("dpv:hasRecord").at("dct:created").as_string(), base::to_iso8601(now));
    EXPECT_EQ(receipt.at("kelisim:entry").at("kelisim:includedBy").as_string(), base::to_iso8601(now + 7min + 24h));
}

TEST(Receipt, HoldsWhatTheLawAsksAndNobodyElse) {
    const std::string text = boost::json::serialize(*of_consent(of(), consent_of(), {}, 0));
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
    const auto at = [&](std::size_t number) { return of_consent(of(), consent_of(), events, number); };
    EXPECT_EQ(status(*at(0)), "dpv:ConsentGiven");
    EXPECT_EQ(status(*at(1)), "dpv:ConsentStatusInvalidForProcessing");
    EXPECT_EQ(status(*at(2)), "dpv:ConsentGiven");
    EXPECT_EQ(status(*at(3)), "dpv:ConsentWithdrawn");
    EXPECT_EQ(status(*at(4)), "dpv:ConsentWithdrawn") << "the deletion does not give it back";
    EXPECT_FALSE(at(5));
    EXPECT_THAT(boost::json::serialize(*at(1)), Not(HasSubstr("withdrawn"))) << "nothing of what came later";
    EXPECT_NE(at(0)->at("@id"), at(1)->at("@id"));
}

// An extension moved the end since: the receipt of the grant tells the end that was agreed to.
TEST(Receipt, OfAConsentEndsAsTheEntrySays) {
    const consent::Consent consent = consent_of();
    const std::string text =
        fact("consent.granted", now, consent.id, R"(,"expires":")" + base::to_iso8601(now + 48h) + "\"");
    const auto receipt = of_consent(of(entry(text)), consent, {}, 0).value();
    EXPECT_EQ(receipt.at("dpv:hasRecord").at("dct:valid").as_string(), base::to_iso8601(now + 48h));
    EXPECT_FALSE(of_consent(of(), consent, {}, 0)->at("dpv:hasRecord").as_object().contains("dct:valid"));
}

TEST(Receipt, OfAGroundDoesNotCallItAConsent) {
    consent::Consent consent = consent_of();
    consent.terms.ground = "94-V:9(1)";
    const auto receipt = of_consent(of(), consent, {}, 0).value();
    const auto& process = receipt.at("dpv:hasRecord").at("dpv:hasProcess").at(0);
    EXPECT_EQ(process.at("dpv:hasLegalBasis").at("@type"), "dpv:LegalObligation");
    EXPECT_EQ(process.at("dpv:hasLegalBasis").at("dct:identifier"), "94-V:9(1)");
    EXPECT_EQ(status(receipt), "kelisim:PermittedByLaw");
    EXPECT_THAT(words(receipt), StartsWith("Допущено по закону, без согласия"));
    EXPECT_THAT(words(receipt), HasSubstr("Основание в законе: Деятельность правоохранительных органов и судов"));
    consent::AccessRequest granted = request(consent::RequestState::granted);
    granted.terms.ground = "94-V:9(1)";
    EXPECT_EQ(status(*of_request(of(), granted)), "kelisim:PermittedByLaw");
    EXPECT_EQ(status(*of_consent(of(), consent, {{"consent.expired", now + 1h}}, 1)), "kelisim:PermissionByLawEnded");
}

// LAW-36.4: each use, whatever its basis and its outcome.
TEST(Receipt, OfAUseTellsItsOutcomeAndItsBasis) {
    const consent::Consent consent = consent_of();
    const std::vector<std::pair<std::string, std::string>> cases{{"use.reserved", "dpv:ActivityOngoing"},
                                                                 {"use.delivered", "dpv:ActivityCompleted"},
                                                                 {"use.not_sent", "dpv:ActivityNotCompleted"},
                                                                 {"use.unknown", "dpv:ActivityStatus"},
                                                                 {"use.refused", "dpv:ActivityNotCompleted"}};
    for (const auto& [event, expected] : cases) {
        const auto receipt = of_use(of(), use_of(consent, event));
        EXPECT_EQ(status(receipt), expected) << event;
        EXPECT_EQ(receipt.at("@type"), "kelisim:UseReceipt");
        EXPECT_EQ(receipt.at("dpv:hasRecord").at("dct:references").as_string(), "urn:uuid:" + consent.id.to_string());
        EXPECT_THAT(boost::json::serialize(receipt), Not(HasSubstr("Қызметкер")));
    }
    Use refused = use_of(consent, "use.refused");
    refused.refused_for = {&consent::use_fields_outside};
    EXPECT_THAT(words(of_use(of(), refused)),
                HasSubstr("Причина: " + std::string(consent::use_fields_outside.text.ru)));
    Use own = use_of(consent, "own_look.reserved");
    own.consent = nullptr;
    const auto look = of_use(of(), own);
    EXPECT_EQ(look.at("dpv:hasRecord").at("dpv:hasProcess").at(0).at("dpv:hasLegalBasis").at("dct:identifier"),
              "418-V:16");
    EXPECT_FALSE(look.at("dpv:hasRecord").as_object().contains("dct:references"));
}

// LAW-38.2: the words say what the terms say, in each language.
TEST(Words, TellWhoWhatAndWhen) {
    const consent::AccessRequest refused = request(consent::RequestState::refused);
    const auto receipt = of_request(of(entry(fact("request.refused", now, refused.id))), refused).value();
    EXPECT_EQ(words(receipt, Language::kk),
              "Деректерге қол жеткізуге келісім берілмеді (бас тартылды)\n"
              "Уақыты: 18.11.2026 16:06:40 (UTC+05:00)\n"
              "Кімнің деректері, ЖСН: 450810100013\n"
              "Ұйым, БСН: Оқу банкі, 000140000353\n"
              "Мақсаты: Несие өтінімін қарау\n"
              "Деректер көзі: Жеке тұлғалар базасы\n"
              "Деректер: тегі, shoeSize\n"
              "Әрекеттер: жинау\n"
              "Жауап қабылданған мерзім: 19.11.2026 16:06:40 (UTC+05:00)\n"
              "Ең көп пайдалану саны: 3\n"
              "Журналға енгізілетін мерзім: 19.11.2026 16:06:40 (UTC+05:00)");
    EXPECT_THAT(words(receipt, Language::ru), StartsWith("В доступе к данным отказано\nКогда: 18.11.2026"));
    EXPECT_THAT(words(receipt, Language::ru), HasSubstr("Данные: фамилия, shoeSize\nДействия: сбор\n"));
    EXPECT_THAT(words(receipt, Language::en), HasSubstr("Access to the data was refused\nWhen: 18.11.2026"));
    EXPECT_THAT(words(receipt, Language::en), HasSubstr("Data: surname, shoeSize"));
}

TEST(Words, AreThereForEveryEvent) {
    const consent::Consent consent = consent_of();
    const auto heading = [](const boost::json::object& receipt, Language language) {
        const std::string text = words(receipt, language);
        return text.substr(0, text.find('\n'));
    };
    std::vector<boost::json::object> all{*of_consent(of(), consent, {}, 0)};
    for (const char* kind :
         {"consent.paused", "consent.resumed", "consent.extended", "consent.withdrawn", "consent.restored",
          "consent.deletion_confirmed", "consent.expired", "consent.exhausted", "consent.invalidated"}) {
        all.push_back(*of_consent(of(), consent, {{kind, now}}, 1));
    }
    for (const char* event :
         {"use.reserved", "use.delivered", "use.not_sent", "use.unknown", "use.refused", "own_look.reserved"}) {
        all.push_back(of_use(of(), use_of(consent, event)));
    }
    for (const auto state :
         {consent::RequestState::granted, consent::RequestState::refused, consent::RequestState::expired,
          consent::RequestState::undeliverable, consent::RequestState::cancelled, consent::RequestState::stopped}) {
        all.push_back(*of_request(of(), request(state)));
    }
    for (const auto& receipt : all) {
        const std::string kk = heading(receipt, Language::kk), ru = heading(receipt, Language::ru);
        EXPECT_THAT(kk, Not(HasSubstr("."))) << "the name of the event, for want of words";
        EXPECT_NE(kk, ru);
        EXPECT_NE(ru, heading(receipt, Language::en));
    }
}

TEST(Words, StandInTheReceiptWithTheLanguageOfThePersonFirst) {
    for (const auto language : {Language::kk, Language::ru, Language::en}) {
        const auto receipt = of_consent(of({}, language), consent_of(), {}, 0).value();
        const auto& texts = receipt.at("dct:description").as_array();
        ASSERT_EQ(texts.size(), 3U);
        EXPECT_EQ(texts.at(0).at("@language").as_string(), base::to_string(language));
        EXPECT_EQ(receipt.at("dct:language").as_string(), base::to_string(language));
        for (const auto& text : texts) {
            const auto tag = base::parse_language(text.at("@language").as_string());
            EXPECT_EQ(text.at("@value").as_string(), words(receipt, tag.value()));
        }
    }
}

TEST(Words, TellThatTheRepresentativeDecided) {
    consent::Consent consent = consent_of();
    EXPECT_THAT(words(*of_consent(of(), consent, {}, 0)), Not(HasSubstr("представитель")));
    base::SeededEntropy entropy(9);
    consent.decided_by = consent::SubjectId::make(now, {}, entropy);
    EXPECT_THAT(words(*of_consent(of(), consent, {}, 0)), HasSubstr("Решил(а): законный представитель"));
}

// Whatever stands where a receipt should: members of other kinds are left out, and nothing throws.
TEST(Words, LeaveOutWhatIsNotThere) {
    EXPECT_EQ(words({}), "");
    EXPECT_EQ(words({{"dpv:hasRecord", 7}}), "");
    EXPECT_EQ(words({{"dpv:hasRecord", {{"dpv:hasProcess", boost::json::array{}}, {"dpv:hasConsentStatus", nullptr}}}}),
              "");
    EXPECT_EQ(words({{"dct:issued", "yesterday"}}), "");
}

TEST(Opened, ReadsTimesAndRefusesWhatIsNoFact) {
    const consent::AccessRequest made = request(consent::RequestState::refused);
    const Opened read = entry(fact("request.refused", now, made.id, R"(,"expires":"2026-11-23T00:00:00.000000Z")"));
    EXPECT_EQ(read.at, now);
    EXPECT_TRUE(read.ends);
    EXPECT_FALSE(entry(fact("use.delivered", now, made.id)).ends);
    for (const char* text : {"", "7", "[]", "{}", R"({"at":7})", R"({"at":"soon"})", R"({"at":)"})
        EXPECT_FALSE(open("log", {}, text)) << text;
}

}  // namespace
}  // namespace kelisim::receipts
