// SPDX-License-Identifier: Apache-2.0
#include "consent/use.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "registry/contours.hpp"

namespace kelisim::consent {

using base::Kind;
using base::Reason;

const Reason use_consent_paused{
    "use_consent_paused",
    Kind::forbidden,
    "94-V art. 8",
    {"Адам келісімін тоқтата тұрған.", "Согласие приостановлено субъектом.", "The consent is paused by the person."}};
const Reason use_consent_withdrawn{
    "use_consent_withdrawn",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісім кері қайтарып алынған.", "Согласие отозвано.", "The consent is withdrawn."}};
const Reason use_consent_expired{"use_consent_expired",
                                 Kind::forbidden,
                                 "94-V art. 8",
                                 {"Келісімнің мерзімі өткен.", "Срок согласия истёк.", "The consent has expired."}};
const Reason use_consent_exhausted{
    "use_consent_exhausted",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісімде рұқсат етілген сұрау саны таусылды.", "Число обращений по согласию исчерпано.",
     "The uses that the consent allows are used up."}};
const Reason use_consent_invalidated{
    "use_consent_invalidated",
    Kind::forbidden,
    "236/НК п.5",
    {"Келісімнің негізі тоқтатылған.", "Основание согласия прекращено.", "The consent lost its basis."}};
const Reason use_person_missing{
    "use_person_missing",
    Kind::invalid,
    "236/НК п.2(5)",
    {"Сұрауда адам көрсетілмеген.", "В вызове не назван человек.", "The call names no person."}};
const Reason use_person_differs{
    "use_person_differs",
    Kind::forbidden,
    "94-V art. 7",
    {"Сұралған адам келісім берген адам емес.", "Запрошены данные не того человека, который дал согласие.",
     "The call names a person other than the one who consented."}};
const Reason use_service_outside{"use_service_outside",
                                 Kind::forbidden,
                                 "236/НК п.5(2)",
                                 {"Келісім бұл сервисті қамтымайды.", "Согласие не охватывает этот сервис.",
                                  "The consent does not cover this service."}};
const Reason use_receiver_differs{
    "use_receiver_differs",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісім басқа жүйеге берілген.", "Согласие дано другой системе.", "The consent was given to another system."}};
const Reason use_purpose_outside{"use_purpose_outside",
                                 Kind::forbidden,
                                 "236/НК п.5(1)",
                                 {"Келісім басқа мақсатқа берілген.", "Согласие дано для другой услуги.",
                                  "The consent was given for another purpose."}};
const Reason use_fields_outside{
    "use_fields_outside",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісім сұралған деректердің бәрін қамтымайды.", "Согласие не охватывает всех запрошенных данных.",
     "The consent does not cover all fields asked for."}};
const Reason use_acts_outside{
    "use_acts_outside",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісім бұл әрекетке рұқсат бермейді.", "Согласие не разрешает такого действия с данными.",
     "The consent does not allow this act."}};
const Reason use_environment_differs{"use_environment_differs",
                                     Kind::forbidden,
                                     "236/НК п.12",
                                     {"Келісім басқа ортаға тиесілі.", "Согласие относится к другой среде.",
                                      "The consent belongs to another environment."}};
const Reason use_connection_ended{
    "use_connection_ended",
    Kind::forbidden,
    "236/НК п.5(3)",
    {"Қосылудың мерзімі аяқталған.", "Подключение прекращено.", "The connection has ended."}};
const Reason use_purpose_ended{
    "use_purpose_ended",
    Kind::forbidden,
    "236/НК п.5(1)",
    {"Бұл қызмет енді көрсетілмейді.", "Эта услуга больше не оказывается.", "This purpose has ended."}};
const Reason use_service_ended{
    "use_service_ended",
    Kind::forbidden,
    "236/НК п.5(2)",
    {"Бұл интеграциялық сервистің жұмысы тоқтатылған.", "Работа этого интеграционного сервиса прекращена.",
     "This integration service has ended."}};
const Reason use_too_many_today{
    "use_too_many_today",
    Kind::forbidden,
    "94-V art. 8",
    {"Келісімде бір күнге рұқсат етілген сұрау саны таусылды.", "Число обращений по согласию на сегодня исчерпано.",
     "The uses that the consent allows on one day are used up for today."}};
const Reason use_closed{"use_closed",
                        Kind::conflict,
                        "",
                        {"Нәтиже жазылып қойған.", "Исход уже записан.", "The outcome is already recorded."}};

namespace {

bool within(const std::vector<std::string>& names, const std::vector<std::string>& allowed) {
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
    });
}

const Reason* state_reason(ConsentState state) {
    switch (state) {
        case ConsentState::active:
            return nullptr;
        case ConsentState::paused:
            return &use_consent_paused;
        case ConsentState::withdrawn:
            return &use_consent_withdrawn;
        case ConsentState::expired:
            return &use_consent_expired;
        case ConsentState::exhausted:
            return &use_consent_exhausted;
        case ConsentState::invalidated:
            return &use_consent_invalidated;
    }
    return &use_consent_invalidated;  // a state nobody knows lets nothing pass
}

std::int64_t uses_on(const Consent& consent, std::int32_t day) {
    return consent.day == day ? consent.uses_today : 0;
}

void note_shown(std::vector<Shown>& shown, const Shown& one) {
    const auto at =
        std::find_if(shown.begin(), shown.end(), [&](const Shown& each) { return each.service == one.service; });
    if (at == shown.end()) {
        shown.push_back(one);
    } else {
        at->token = std::max(at->token, one.token);  // ids sort by time
    }
}

class Objections {
public:
    void when(bool wrong, const Reason& reason) {
        const auto at = std::find(found_.begin(), found_.end(), &reason);
        if (wrong && at == found_.end()) found_.push_back(&reason);
    }
    std::vector<const Reason*> take() { return std::move(found_); }

private:
    std::vector<const Reason*> found_;
};

}  // namespace

const Reason& reason_of(Lost lost) {
    switch (lost) {
        case Lost::connection:
            return use_connection_ended;
        case Lost::purpose:
            return use_purpose_ended;
        case Lost::service:
            return use_service_ended;
    }
    throw std::logic_error("a part of the basis that nobody knows");
}

std::vector<const Reason*> objections(const Consent& consent, const Call& call, const Circumstances& circumstances) {
    const Terms& terms = consent.terms;
    Objections found;
    if (const Reason* reason = state_reason(consent.state)) found.when(true, *reason);
    // The clock decides, not the scheduler: a consent is over before anybody has moved its state.
    found.when(circumstances.now >= consent.expires, use_consent_expired);
    found.when(consent.uses >= terms.uses_max, use_consent_exhausted);
    found.when(terms.uses_per_day > 0 && uses_on(consent, circumstances.today) >= terms.uses_per_day,
               use_too_many_today);
    found.when(call.persons.empty(), use_person_missing);
    found.when(std::any_of(call.persons.begin(), call.persons.end(),
                           [&](const base::Iin& iin) { return iin != circumstances.subject; }),
               use_person_differs);
    found.when(!within({std::string(call.service)}, terms.services), use_service_outside);
    found.when(call.receiver != terms.initiator, use_receiver_differs);
    found.when(!call.purpose.empty() && call.purpose != terms.purpose, use_purpose_outside);
    // A service that shares no field with the consent would be asked for everything it has.
    const bool none_shared = fields_to_ask(consent, call, circumstances.service).empty();
    found.when(none_shared || !within(call.fields, terms.fields) || !within(call.fields, circumstances.service.fields),
               use_fields_outside);
    found.when(!within(call.acts.empty() ? std::vector<std::string>{"collection"} : call.acts, terms.acts),
               use_acts_outside);
    found.when(call.environment != terms.environment, use_environment_differs);
    if (circumstances.lost) found.when(true, reason_of(*circumstances.lost));
    // One service may have ended while the consent still opens another.
    found.when(!circumstances.service.ended.empty(), use_service_ended);
    return found.take();
}

std::vector<const Reason*> use_reasons(const std::vector<std::string>& codes) {
    std::vector<const Reason*> reasons;
    for (const Reason* reason : {&registry::unknown_service,
                                 &use_consent_paused,
                                 &use_consent_withdrawn,
                                 &use_consent_expired,
                                 &use_consent_exhausted,
                                 &use_consent_invalidated,
                                 &use_person_missing,
                                 &use_person_differs,
                                 &use_service_outside,
                                 &use_receiver_differs,
                                 &use_purpose_outside,
                                 &use_fields_outside,
                                 &use_acts_outside,
                                 &use_environment_differs,
                                 &use_connection_ended,
                                 &use_purpose_ended,
                                 &use_service_ended,
                                 &use_too_many_today,
                                 &registry::contour_certification_authority,
                                 &registry::contour_state_secrets,
                                 &registry::contour_official_use,
                                 &registry::contour_analytics_space,
                                 &registry::contour_open_data,
                                 &registry::contour_outside_environment,
                                 &registry::contour_external_side_only,
                                 &registry::contour_agreement_missing,
                                 &registry::contour_agreement_over,
                                 &registry::contour_payment_side_only,
                                 &registry::contour_payments_only,
                                 &registry::contour_payment_with_personal_data}) {
        if (std::find(codes.begin(), codes.end(), reason->code) != codes.end()) reasons.push_back(reason);
    }
    return reasons;
}

std::vector<std::string> fields_to_ask(const Consent& consent, const Call& call,
                                       const registry::IntegrationService& service) {
    if (!call.fields.empty()) return call.fields;
    std::vector<std::string> fields;
    for (const std::string& field : consent.terms.fields) {
        if (within({field}, service.fields)) fields.push_back(field);
    }
    return fields;
}

bool may_follow(UseState from, UseState to) {
    return from == UseState::reserved && to != UseState::reserved;
}

UseId next_use_id(const Consent& consent, base::Time now, base::Entropy& entropy) {
    const UseId id = UseId::make(now, consent.id.bucket(), entropy);
    if (!consent.last_use || *consent.last_use < id) return id;
    const base::Time later = consent.last_use->time() + std::chrono::milliseconds{1};
    return UseId::make(std::max(now, later), consent.id.bucket(), entropy);
}

void chain(Consent& consent, Use& use) {
    use.previous = std::exchange(consent.last_use, use.id);
    ++consent.chained;
    std::int64_t stride = use_stride;
    for (std::optional<UseId>& mark : consent.marks) {
        if (consent.chained % stride != 0) break;
        use.skips.push_back(std::exchange(mark, use.id));
        stride *= use_stride;
    }
}

Use reserve(Consent& consent, UseId id, std::int32_t today, base::Time now) {
    ++consent.uses;
    consent.uses_today = uses_on(consent, today) + 1;
    consent.day = today;
    Use use{.id = id, .consent = consent.id, .state = UseState::reserved, .at = now};
    chain(consent, use);
    return use;
}

base::Result<void> conclude(Use& use, Consent& consent, UseState outcome, std::int32_t used_on) {
    if (!may_follow(use.state, outcome)) return base::Refusal(use_closed);
    use.state = outcome;
    if (outcome == UseState::not_sent) {
        --consent.uses;
        // One of an earlier day no longer stands in the count of the day.
        if (used_on == consent.day && consent.uses_today > 0) --consent.uses_today;
        return {};
    }
    ++consent.counted;
    if (use.shows) note_shown(consent.shown, *use.shows);
    if (!ended(consent) && consent.counted >= consent.terms.uses_max) consent.state = ConsentState::exhausted;
    return {};
}

}  // namespace kelisim::consent
