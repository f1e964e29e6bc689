// SPDX-License-Identifier: Apache-2.0
#include "consent/steps.hpp"

#include <algorithm>
#include <array>

namespace kelisim::consent {

using base::Kind;
using base::Reason;
using base::Refusal;

const Reason step_not_yours{"consent_step_not_yours",
                            Kind::forbidden,
                            "94-V art. 8",
                            {"Келісіммен бұл әрекетті сіз жасай алмайсыз.",
                             "Это действие с согласием совершаете не вы.", "This step is not yours to take."}};
const Reason step_wrong_state{
    "consent_step_wrong_state",
    Kind::conflict,
    "94-V art. 8",
    {"Келісімнің қазіргі күйінде бұл әрекет мүмкін емес.", "В нынешнем состоянии согласия это действие невозможно.",
     "The consent is not in a state in which this step can be taken."}};
const Reason extension_not_later{
    "consent_extension_not_later",
    Kind::invalid,
    "236/НК п.5(3)",
    {"Жаңа мерзім қазіргісінен кеш болуы керек.", "Новый срок должен быть позже нынешнего.",
     "The new end has to be later than the present one."}};
const Reason extension_out_of_bounds{"consent_extension_out_of_bounds",
                                     Kind::invalid,
                                     "236/НК п.5(3), п.5(4)",
                                     {"Жаңа мерзім қосылымның немесе сақтаудың мерзімінен асады.",
                                      "Новый срок выходит за срок подключения или хранения.",
                                      "The new end is beyond the period of the connection or the storage term."}};
const Reason objection_late{"consent_objection_late",
                            Kind::conflict,
                            "94-V art. 8",
                            {"Кері қайтарып алуға қарсылық білдіру мерзімі өтті.",
                             "Срок возражения против отзыва истёк.", "The time to object to the withdrawal is over."}};

namespace {

using enum ConsentState;

struct Rule {
    Role role;
    Step step;
    ConsentState from, to;
};

constexpr std::array rules{
    Rule{Role::person, Step::pause, active, paused},
    Rule{Role::person, Step::resume, paused, active},
    Rule{Role::person, Step::withdraw, active, withdrawn},
    Rule{Role::person, Step::withdraw, paused, withdrawn},
    Rule{Role::person, Step::extend, active, active},
    Rule{Role::person, Step::extend, paused, paused},
    Rule{Role::initiator, Step::object, withdrawn, active},
    Rule{Role::initiator, Step::confirm_deletion, withdrawn, withdrawn},
    Rule{Role::initiator, Step::confirm_deletion, expired, expired},
    Rule{Role::initiator, Step::confirm_deletion, exhausted, exhausted},
    Rule{Role::initiator, Step::confirm_deletion, invalidated, invalidated},
    Rule{Role::service, Step::expire, active, expired},
    Rule{Role::service, Step::expire, paused, expired},
    Rule{Role::service, Step::exhaust, active, exhausted},
    Rule{Role::service, Step::exhaust, paused, exhausted},
    Rule{Role::service, Step::invalidate, active, invalidated},
    Rule{Role::service, Step::invalidate, paused, invalidated},
};

bool term_matters(Role role, Step step) {
    return role != Role::service && step != Step::confirm_deletion;
}

}  // namespace

base::Result<void> take(Consent& consent, Role role, Step step, base::Time now) {
    const auto theirs = [&](const Rule& rule) { return rule.role == role && rule.step == step; };
    if (std::none_of(rules.begin(), rules.end(), theirs)) return Refusal(step_not_yours);
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const Rule& each) { return theirs(each) && each.from == consent.state; });
    if (rule == rules.end()) return Refusal(ended(consent) ? consent_ended : step_wrong_state);
    if (term_matters(role, step) && now >= consent.expires) return Refusal(consent_ended);
    consent.state = rule->to;
    return {};
}

base::Result<void> extend(Consent& consent, base::Time until, const Bounds& bounds, base::Time now) {
    if (const auto taken = take(consent, Role::person, Step::extend, now); taken.has_error()) return taken;
    if (until <= consent.expires) return Refusal(extension_not_later);
    if (until > bounds.connection_ends || (bounds.storage_ends && until > *bounds.storage_ends)) {
        return Refusal(extension_out_of_bounds);
    }
    consent.expires = until;
    return {};
}

base::Result<void> restore(Consent& consent, std::optional<base::Time> object_by, base::Time now) {
    Consent restored = consent;
    if (const auto taken = take(restored, Role::initiator, Step::object, now); taken.has_error()) return taken;
    if (!object_by || now >= *object_by) return Refusal(objection_late);
    ++restored.version;
    consent = std::move(restored);
    return {};
}

}  // namespace kelisim::consent
