// SPDX-License-Identifier: Apache-2.0
#include "access/supervision.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "facts.hpp"

namespace kelisim::access {

using base::Kind;
using base::Reason;
using base::Refusal;
using base::Result;
using records::OfficialLook;

const Reason staff_only{"staff_only",
                        Kind::forbidden,
                        "236/НК п.2(6)",
                        {"Бұл бет уәкілетті органның немесе оператордың қызметкерлеріне арналған.",
                         "Это доступно сотрудникам уполномоченного органа или оператора, в пределах их полномочий.",
                         "This is for officials of the authorized body or of the operator, each within their office."}};
const Reason look_reason_missing{
    "look_reason_missing",
    Kind::invalid,
    "236/НК п.2(6)",
    {"Қараудың себебі жазылады; оны адам көреді.", "Назовите причину просмотра; её увидит человек.",
     "Name the reason of the look; the person will see it."}};
const Reason look_over{"look_over",
                       Kind::not_found,
                       "236/НК п.2(6)",
                       {"Мұндай ашық қарау жоқ: жаңасын бастаңыз.", "Такого открытого просмотра нет: начните новый.",
                        "There is no such open look: begin a new one."}};
const Reason person_not_known{
    "person_not_known",
    Kind::not_found,
    "",
    {"Бұл ЖСН бойынша жазба жоқ.", "По этому ИИН записей нет.", "There are no entries under this IIN."}};

std::optional<Office> office_of(const registry::Organisation& organisation) {
    switch (organisation.kind) {
        case registry::OrganisationKind::authorized_body:
            return Office::authorized_body;
        case registry::OrganisationKind::egov_operator:
            return Office::egov_operator;
        default:
            return std::nullopt;
    }
}

std::optional<Official> official(const Parts& parts, store::ReadSession& session, consent::SubjectId subject) {
    const auto appointed = parts.records.officials.find(session, subject);
    if (!appointed) return std::nullopt;
    const registry::Organisation* organisation = parts.registry.organisation(appointed->organisation);
    const auto office = organisation == nullptr ? std::nullopt : office_of(*organisation);
    if (!office) return std::nullopt;
    return Official{subject, organisation->bin, *office};
}

std::variant<OfficialLook, Refusal> Supervision::begin(store::WriteSession& session, const Official& official,
                                                       const base::Iin& iin, std::string_view reason,
                                                       base::Time now) const {
    if (reason.empty()) return Refusal(look_reason_missing);
    const records::Records& records = parts_.records;
    OfficialLook look{.id = records::OfficialLookId::make(now, records.vault.bucket_of(iin), parts_.entropy),
                      .subject = {},
                      .official = official.subject,
                      .ends = now + base::limits::official_look_life,
                      .organisation = official.organisation,
                      .reason = std::string(reason)};
    const auto subject = records.subjects.find(session, iin);
    if (subject) look.subject = subject->id;
    records.journal.append(session, official_look_fact(look, reference(look), now));
    if (!subject) return Refusal(person_not_known);
    records.official_looks.add(session, look);
    return look;
}

// The fact is shown to the person whole, because its bytes are what the ledger commits to; and a person is told which body looked
// and why (418-V ст.36(4)), not the number under which the service knows an employee of it. A keyed digest of that number, another
// one for each look, still ties the entry to one official for whoever holds the key, and tells others nothing.
std::string Supervision::reference(const OfficialLook& look) const {
    return base::to_base64url(
        parts_.records.vault.blind_index("official_look " + look.id.to_string(), look.official.to_string()));
}

Result<records::Subject> Supervision::whose(store::ReadSession& session, const Official& official,
                                            records::OfficialLookId id, base::Time now) const {
    const auto look = parts_.records.official_looks.find(session, id);
    if (!look || look->official != official.subject || now >= look->ends) return Refusal(look_over);
    auto subject = parts_.records.subjects.find(session, look->subject);
    if (!subject) return Refusal(look_over);  // erased since
    return std::move(*subject);
}

Page<OfficialLook> Supervision::of(store::ReadSession& session, const records::Subject& whose,
                                   const PageWanted& wanted) const {
    return cut(parts_.records.official_looks.of(session, whose.id, wanted.before, wanted.max + 1), wanted.max,
               [](const OfficialLook& look) { return look.id; });
}

Page<records::UseQuestion> Supervision::overdue_questions(store::ReadSession& session, const PageWanted& wanted,
                                                          base::Time now) const {
    return cut(parts_.records.use_questions.overdue(session, now, wanted.before, wanted.max + 1), wanted.max,
               [](const records::UseQuestion& question) { return question.id; });
}

}  // namespace kelisim::access
