// SPDX-License-Identifier: Apache-2.0
#include "access/acting.hpp"

#include "decider.hpp"

namespace kelisim::access {

const base::Reason cabinet_not_found{"cabinet_not_found",
                                     base::Kind::not_found,
                                     "",
                                     {"Мұндай жазба жоқ.", "Такой записи нет.", "There is no such entry."}};
const base::Reason cabinet_representative_decides{
    "cabinet_representative_decides",
    base::Kind::forbidden,
    "418-V ст.36(2)",
    {"Бұл туралы сіздің заңды өкіліңіз шешеді.", "Об этом решает ваш законный представитель.",
     "Your legal representative decides about this."}};

namespace {

bool decides_for(const Parts& parts, store::ReadSession& session, consent::SubjectId by,
                 const records::Subject& whose) {
    const auto decider = decider_of(parts, session, whose);
    return decider && decider->id == by;
}

}  // namespace

std::vector<records::Subject> wards_of(const Parts& parts, store::ReadSession& session, consent::SubjectId by) {
    std::vector<records::Subject> wards;
    for (const consent::SubjectId id : parts.records.representations.wards_of(session, by)) {
        auto ward = parts.records.subjects.find(session, id);
        if (ward && decides_for(parts, session, by, *ward)) wards.push_back(std::move(*ward));
    }
    return wards;
}

std::optional<Actors> may_look(const Parts& parts, store::ReadSession& session, const Acting& acting) {
    auto by = parts.records.subjects.find(session, acting.by);
    if (!by) return std::nullopt;
    if (acting.by == acting.whose) return Actors{*by, *by};
    auto whose = parts.records.subjects.find(session, acting.whose);
    if (!whose || !decides_for(parts, session, acting.by, *whose)) return std::nullopt;
    return Actors{std::move(*by), std::move(*whose)};
}

base::Result<Actors> may_decide(const Parts& parts, store::ReadSession& session, const Acting& acting) {
    auto actors = may_look(parts, session, acting);
    if (!actors) return base::Refusal(cabinet_not_found);
    if (!people::decides_alone(actors->by.person)) return base::Refusal(cabinet_representative_decides);
    return std::move(*actors);
}

}  // namespace kelisim::access
