// SPDX-License-Identifier: Apache-2.0
// A small world for the tests of this library.
#pragma once

#include "consent/consent.hpp"

namespace kelisim::consent::fixture {

using namespace std::chrono_literals;

inline const base::Time now = base::from_micros(1'795'000'000'000'000);
inline constexpr std::int32_t today = 20775;  // the day of `now`

inline registry::Entries entries() {
    const registry::Name name{"атау", "название"};
    return {.organisations = {{"000140000353", registry::OrganisationKind::bank, name}},
            .systems = {{"BANK", "000140000353", registry::Contour::external, "bank", ""},
                        {"OWNER", "000140000353", registry::Contour::ets, "owner", ""}},
            .services =
                {{"PERSON", "OWNER", true, registry::AccessClass::confidential, name, {"surname", "name", "birthDate"}},
                 {"FAMILY", "OWNER", true, registry::AccessClass::confidential, name, {"spouse", "children"}}},
            .connections = {{.key = "c1",
                             .initiator = "BANK",
                             .channel = registry::Channel::contact_centre,
                             .environment = registry::Environment::production,
                             .valid_from = "2026-01-01",
                             .valid_to = "2027-12-31",
                             .acts = {"collection", "processing"},
                             .grounds = {},
                             .storage = "P1Y",
                             .processing = "P30D",
                             .uses_max = 3,
                             .purposes = {{"loan", name, {"PERSON", "FAMILY"}}}}}};
}

inline Ask ask() {
    return {.purpose = "loan",
            .services = {"PERSON", "FAMILY"},
            .fields = {"surname", "name", "spouse"},
            .acts = {"collection"},
            .term = base::parse_period("P10D").value(),
            .uses_max = 2,
            .employee = "",
            .connection = "",
            .channel = {}};
}

inline Terms terms() {
    const registry::Registry registry(entries());
    const auto& connection = *registry.connection("c1");
    return settle(ask(), {&connection, &connection.purposes.front()}, registry).value();
}

inline AccessRequest request(RequestState state = RequestState::asked) {
    base::SeededEntropy entropy(1);
    const auto id = RequestId::make(now, {}, entropy);
    const auto subject = SubjectId::make(now, {}, entropy);
    return {.id = id,
            .subject = subject,
            .state = state,
            .created = now,
            .expires = now + 24h,
            .terms = terms(),
            .employee = "",
            .consent = {},
            .asked_of = subject};
}

inline Consent consent(ConsentState state = ConsentState::active) {
    base::SeededEntropy entropy(2);
    Consent made = begin(request(), ConsentId::make(now, {}, entropy), Means::sms_reply, now, now + 365 * 24h);
    made.state = state;
    return made;
}

}  // namespace kelisim::consent::fixture
