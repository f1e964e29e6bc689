// SPDX-License-Identifier: Apache-2.0
// A request, a consent and facts of the journal about them, as the tests of receipts need them.
#pragma once

#include "receipts/receipt.hpp"

namespace kelisim::receipts::testing {

using namespace std::chrono_literals;

inline const base::Time now = base::from_micros(1'795'000'000'000'000);
inline const base::Iin abai = base::Iin::parse("450810100013").value();
inline const base::FixedZone zone{5h};
inline constexpr std::string_view origin = "kelisim.test/ledger";

inline const registry::Registry& entries() {
    static const registry::Registry registry(registry::Entries{
        .organisations = {{"000140000210", registry::OrganisationKind::state_body, {"Иесі", "Владелец"}},
                          {"000140000353", registry::OrganisationKind::bank, {"Оқу банкі", "Учебный банк"}}},
        .systems = {{"GBDFL", "000140000210", registry::Contour::ets, "gbdfl", "", true}},
        .services = {{"PERSON",
                      "GBDFL",
                      true,
                      registry::AccessClass::confidential,
                      {"Жеке тұлғалар базасы", "База физических лиц"},
                      {"surname", "name"}}},
        .connections = {}});
    return registry;
}

inline Of of(std::optional<Opened> entry = {}, base::Language language = base::Language::kk) {
    return {.issuer = "https://kelisim.test",
            .subject = abai,
            .language = language,
            .registry = entries(),
            .zone = zone,
            .entry = std::move(entry)};
}

inline consent::AccessRequest request(consent::RequestState state) {
    base::SeededEntropy entropy(1);
    consent::AccessRequest made;
    made.id = consent::RequestId::make(now, {}, entropy);
    made.state = state;
    made.created = now;
    made.expires = now + 24h;
    made.terms.initiator = "DEMOBANK";
    made.terms.organisation = "000140000353";
    made.terms.organisation_name = {"Оқу банкі", "Учебный банк"};
    made.terms.purpose = "loan-application";
    made.terms.purpose_name = {"Несие өтінімін қарау", "Рассмотрение заявки на кредит"};
    made.terms.services = {"PERSON"};
    made.terms.fields = {"surname", "shoeSize"};
    made.terms.acts = {"collection"};
    made.terms.term = "P30D";
    made.terms.uses_max = 3;
    made.terms.storage = "P1Y";
    made.employee = "Тексеруші Қызметкер";
    return made;
}

inline consent::Consent consent_of() {
    base::SeededEntropy entropy(2);
    return consent::begin(request(consent::RequestState::granted), consent::ConsentId::make(now, {}, entropy),
                          consent::Means::sms_reply, now, now + 365 * 24h);
}

inline Use use_of(const consent::Consent& consent, std::string event) {
    base::SeededEntropy entropy(3);
    return {.id = consent::UseId::make(now + 2h, {}, entropy),
            .event = std::move(event),
            .at = now + 2h,
            .receiver = "DEMOBANK",
            .service = "PERSON",
            .fields = {"surname"},
            .acts = {"collection"},
            .consent = &consent};
}

// As records::Journal writes a fact; `more`: further members, each with its comma before it.
inline std::string fact(std::string_view kind, base::Time at, const base::RawId& id, std::string_view more = {}) {
    return std::string(R"({"kind":")")
        .append(kind)
        .append(R"(","at":")")
        .append(base::to_iso8601(at))
        .append(R"(","id":")")
        .append(id.to_string())
        .append("\"")
        .append(more)
        .append("}");
}

inline Opened entry(std::string text, std::uint64_t seed = 4) {
    base::SeededEntropy entropy(seed);
    return open(std::string(origin), ledger::make_salt(entropy), std::move(text)).value();
}

}  // namespace kelisim::receipts::testing
