// SPDX-License-Identifier: Apache-2.0
#include "consent/deferral.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace kelisim::consent {

using base::Kind;
using base::Reason;

const Reason deferral_law_unknown{"deferral_law_unknown",
                                  Kind::forbidden,
                                  "418-V ст.36(4)",
                                  {"Хабарлауды кейінге қалдыруға рұқсат ететін мұндай заң нормасы тіркелмеген.",
                                   "Такая норма закона, разрешающая отложить уведомление, не зарегистрирована.",
                                   "No such provision of a law that allows to defer the notice is registered."}};
const Reason deferral_other_ground{
    "deferral_other_ground",
    Kind::forbidden,
    "418-V ст.36(4)",
    {"Бұл заң нормасы осы негізге қатысты емес.", "Эта норма закона не относится к такому основанию.",
     "This provision is not about this ground."}};
const Reason deferral_not_decider{"deferral_not_decider",
                                  Kind::forbidden,
                                  "418-V ст.36(4)",
                                  {"Заң бұл ұйымға хабарлауды кейінге қалдыруға құқық бермейді.",
                                   "Закон не даёт этой организации права отложить уведомление.",
                                   "The law does not let this organisation defer the notice."}};
const Reason deferral_until_past{"deferral_until_past",
                                 Kind::invalid,
                                 "418-V ст.36(4)",
                                 {"Хабарлау уақыты қазіргі уақыттан немесе белгіленген мерзімнен кейін болуы керек.",
                                  "Время уведомления должно быть позже настоящего и уже назначенного.",
                                  "The time of the notice has to be later than now and than the one that is set."}};
const Reason deferral_too_long{"deferral_too_long",
                               Kind::forbidden,
                               "418-V ст.36(4)",
                               {"Заң хабарлауды мұнша уақытқа кейінге қалдыруға рұқсат етпейді.",
                                "На такой срок закон отложить уведомление не позволяет.",
                                "The law does not let the notice be deferred that long."}};
const Reason deferral_decision_missing{
    "deferral_decision_missing",
    Kind::invalid,
    "418-V ст.36(4)",
    {"Кейінге қалдыру туралы шешімнің нөмірін көрсетіңіз.", "Укажите номер решения об отсрочке.",
     "Name the decision to defer by its number."}};

base::Time latest_disclosure(const registry::DeferralLaw& law, base::Time begun) {
    const auto longest = base::parse_period(law.longest);
    return longest.has_error() ? begun : begun + *longest;  // what does not read defers nothing
}

std::vector<const Reason*> deferral_objections(const DeferralAsk& ask, const registry::DeferralLaw* law,
                                               std::string_view ground, std::string_view organisation, base::Time begun,
                                               base::Time now) {
    if (law == nullptr || !law->ended.empty()) return {&deferral_law_unknown};
    std::vector<const Reason*> reasons;
    if (ground.empty() || ground != law->ground) reasons.push_back(&deferral_other_ground);
    if (std::find(law->deciders.begin(), law->deciders.end(), organisation) == law->deciders.end())
        reasons.push_back(&deferral_not_decider);
    if (ask.until <= now) reasons.push_back(&deferral_until_past);
    if (ask.until > latest_disclosure(*law, begun)) reasons.push_back(&deferral_too_long);
    if (ask.decision.empty() || ask.decision.size() > base::limits::name_bytes_max)
        reasons.push_back(&deferral_decision_missing);
    return reasons;
}

}  // namespace kelisim::consent
