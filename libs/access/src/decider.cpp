// SPDX-License-Identifier: Apache-2.0
#include "decider.hpp"

namespace kelisim::access {

std::optional<records::Subject> decider_of(const Parts& parts, store::ReadSession& session,
                                           const records::Subject& person) {
    if (!people::reachable(person.person)) return std::nullopt;
    if (people::decides_alone(person.person)) return person;
    if (!person.person.representative) return std::nullopt;
    auto representative = parts.records.subjects.find(session, *person.person.representative);
    const bool decides =
        representative && people::reachable(representative->person) && people::decides_alone(representative->person);
    if (!decides) return std::nullopt;
    return representative;
}

base::Result<Decision> decision_about(const Parts& parts, store::ReadSession& session, const base::Iin& iin) {
    auto person = parts.records.subjects.find(session, iin);
    if (!person) return base::Refusal(people::not_askable);
    auto decider = decider_of(parts, session, *person);
    if (!decider) return base::Refusal(people::not_askable);
    Decision decision{.person = std::move(*person), .representative = {}};
    if (decider->id != decision.person.id) decision.representative = std::move(*decider);
    return decision;
}

}  // namespace kelisim::access
