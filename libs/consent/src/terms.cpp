// SPDX-License-Identifier: Apache-2.0
#include "consent/terms.hpp"

#include <algorithm>
#include <set>

#include "base/limits.hpp"
#include "registry/grounds.hpp"

namespace kelisim::consent {

using base::Kind;
using base::Reason;
namespace limits = base::limits;

const Reason services_missing{
    "request_services_missing",
    Kind::invalid,
    "236/НК п.5(2)",
    {"Интеграциялық сервис көрсетілмеген.", "Не указан интеграционный сервис.", "No integration service is named."}};
const Reason services_repeat{"request_items_repeat",
                             Kind::invalid,
                             "RFC 9396 section 2",
                             {"Тізімде қайталанатын мән бар.", "В списке есть повтор.", "A list names an item twice."}};
const Reason too_many_items{"request_too_many_items",
                            Kind::too_large,
                            "",
                            {"Тізім тым ұзын.", "Список слишком длинный.", "A list is too long."}};
const Reason fields_outside_service{
    "request_fields_outside_service",
    Kind::invalid,
    "236/НК п.5(2)",
    {"Сервис мұндай деректерді бермейді.", "Сервис не выдаёт таких данных.", "The service has no such field."}};
const Reason acts_outside_connection{
    "request_acts_outside_connection",
    Kind::forbidden,
    "236/НК п.5",
    {"Қосылу бұл әрекетке рұқсат бермейді.", "Подключение не разрешает такого действия с данными.",
     "The connection does not allow this act."}};
const Reason term_too_long{
    "request_term_too_long",
    Kind::forbidden,
    "236/НК п.5(4)",
    {"Мерзім қосылуда көрсетілген өңдеу мерзімінен ұзақ.", "Срок дольше времени обработки, указанного в подключении.",
     "The term is longer than the processing time of the connection."}};
const Reason uses_out_of_bounds{"request_uses_out_of_bounds",
                                Kind::forbidden,
                                "236/НК п.5",
                                {"Қолдану саны қосылу шегінен тыс.", "Число обращений вне границ подключения.",
                                 "The number of uses is outside the bounds of the connection."}};
const Reason name_too_long{
    "request_name_too_long", Kind::too_large, "", {"Мәтін тым ұзын.", "Слишком длинный текст.", "A text is too long."}};

const Reason uses_per_day_out_of_bounds{
    "request_uses_per_day_out_of_bounds",
    Kind::forbidden,
    "236/НК п.5",
    {"Бір күндегі қолдану саны қосылу шегінен тыс.", "Число обращений в день вне границ подключения.",
     "The number of uses a day is outside the bounds of the connection."}};
const Reason ground_missing{
    "request_ground_missing",
    Kind::invalid,
    "236/НК п.7(4)",
    {"94-V Заңның 9-бабының негізі көрсетілмеген.", "Не указано основание статьи 9 Закона 94-V.",
     "No ground of art. 9 of Law 94-V is named."}};
const Reason ground_outside_connection{
    "request_ground_outside_connection",
    Kind::forbidden,
    "236/НК п.7(4)",
    {"Қосылуда мұндай негіз жоқ.", "Такого основания в подключении нет.", "The connection does not have this ground."}};
const Reason ground_not_for_channel{
    "request_ground_not_for_channel",
    Kind::invalid,
    "236/НК п.7(4)",
    {"Негіз тек хаттамалау режимінде көрсетіледі; бұл тәсілде адамнан сұралады.",
     "Основание указывается только в режиме протоколирования; здесь спрашивают человека.",
     "A ground is named in logging mode only; through this channel the person is asked."}};

const Reason part_outside_request{
    "answer_part_outside_request",
    Kind::invalid,
    "94-V art. 8",
    {"Сұралмаған нәрсеге келісім берілмейді.", "Нельзя согласиться на то, о чём не просили.",
     "Nobody can agree to more than was asked."}};

namespace {

using Names = std::vector<std::string>;

bool repeats(const Names& names) {
    return std::set<std::string>(names.begin(), names.end()).size() != names.size();
}

bool within(const Names& names, const Names& allowed) {
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
    });
}

Names fields_of(const Names& services, const registry::Registry& registry) {
    Names fields;
    for (const std::string& key : services) {
        for (const std::string& field : registry.service(key)->fields) {
            if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
        }
    }
    return fields;
}

// Calendar parts have no fixed length, so both are laid on the same day to be compared.
bool longer(const base::Period& a, const base::Period& b) {
    const base::Time day = base::from_micros(0);
    return day + a > day + b;
}

// A bound of 0 in the registry is none.
bool fits(std::int64_t wanted, std::int64_t bound) {
    return wanted >= 1 && wanted <= (bound > 0 ? bound : limits::uses_max_max);
}

const Reason* ground_reason(const Ask& ask, const registry::Connection& connection) {
    if (connection.channel != registry::Channel::logging) {
        return ask.ground.empty() ? nullptr : &ground_not_for_channel;
    }
    if (ask.ground.empty()) return &ground_missing;
    return within({ask.ground}, connection.grounds) ? nullptr : &ground_outside_connection;
}

// What a request without a connection may want to do: art. 9 lets data be collected and processed, nothing more.
Names exempt_acts() {
    return {"collection", "processing"};
}

bool answers(const registry::Registry& registry, const std::string& key) {
    const registry::IntegrationService* service = registry.service(key);
    return service != nullptr && service->ended.empty();
}

std::vector<const Reason*> shape_reasons(const Ask& ask) {
    std::vector<const Reason*> reasons;
    if (ask.services.empty()) reasons.push_back(&services_missing);
    if (repeats(ask.services) || repeats(ask.fields) || repeats(ask.acts)) reasons.push_back(&services_repeat);
    if (ask.services.size() > limits::request_services_max || ask.fields.size() > limits::request_fields_max ||
        ask.acts.size() > limits::request_acts_max) {
        reasons.push_back(&too_many_items);
    }
    if (ask.employee.size() > limits::name_bytes_max) reasons.push_back(&name_too_long);
    return reasons;
}

}  // namespace

base::Result<Terms> settle(const Ask& ask, const registry::Match& match, const registry::Registry& registry) {
    const registry::Connection& connection = *match.connection;
    const base::Period processing = base::parse_period(connection.processing).value();
    const base::Period term = ask.term.value_or(processing);
    const std::int64_t uses = ask.uses_max.value_or(std::max<std::int64_t>(connection.uses_max, 1));
    const Names available = fields_of(ask.services, registry);

    std::vector<const Reason*> reasons = shape_reasons(ask);
    if (!within(ask.fields, available)) reasons.push_back(&fields_outside_service);
    if (!within(ask.acts, connection.acts)) reasons.push_back(&acts_outside_connection);
    if (longer(term, processing)) reasons.push_back(&term_too_long);
    if (!fits(uses, connection.uses_max)) reasons.push_back(&uses_out_of_bounds);
    if (ask.uses_per_day && !fits(*ask.uses_per_day, connection.uses_per_day)) {
        reasons.push_back(&uses_per_day_out_of_bounds);
    }
    if (const Reason* wrong = ground_reason(ask, connection)) reasons.push_back(wrong);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));

    const registry::System& initiator = *registry.system(connection.initiator);
    return Terms{.initiator = initiator.key,
                 .organisation = initiator.organisation,
                 .organisation_name = registry.organisation(initiator.organisation)->name,
                 .connection = connection.key,
                 .channel = connection.channel,
                 .environment = connection.environment,
                 .purpose = match.purpose->code,
                 .purpose_name = match.purpose->name,
                 .services = ask.services,
                 .fields = ask.fields.empty() ? available : ask.fields,
                 .acts = ask.acts.empty() ? connection.acts : ask.acts,
                 .term = base::to_string(term),
                 .uses_max = uses,
                 .uses_per_day = ask.uses_per_day.value_or(connection.uses_per_day),
                 .storage = connection.storage,
                 .ground = ask.ground};
}

base::Result<Terms> settle_exempt(const Ask& ask, const registry::System& initiator,
                                  const registry::Registry& registry) {
    for (const std::string& key : ask.services) {
        if (!answers(registry, key)) return base::Refusal(registry::unknown_service);
    }
    const base::Period longest = base::parse_period(limits::exempt_term_max).value();
    const base::Period term = ask.term.value_or(longest);
    const std::int64_t uses = ask.uses_max.value_or(1);
    const Names available = fields_of(ask.services, registry);

    std::vector<const Reason*> reasons = shape_reasons(ask);
    if (!within(ask.fields, available)) reasons.push_back(&fields_outside_service);
    if (!within(ask.acts, exempt_acts())) reasons.push_back(&acts_outside_connection);
    if (longer(term, longest)) reasons.push_back(&term_too_long);
    if (!fits(uses, 0)) reasons.push_back(&uses_out_of_bounds);
    if (ask.uses_per_day && !fits(*ask.uses_per_day, 0)) reasons.push_back(&uses_per_day_out_of_bounds);
    if (!reasons.empty()) return base::Refusal(std::move(reasons));

    return Terms{.initiator = initiator.key,
                 .organisation = initiator.organisation,
                 .organisation_name = registry.organisation(initiator.organisation)->name,
                 .connection = {},
                 .channel = registry::Channel::logging,
                 .environment = registry::Environment::production,
                 .purpose = ask.purpose,
                 .purpose_name = registry::name_of_ground(initiator.exempt_ground),
                 .services = ask.services,
                 .fields = ask.fields.empty() ? available : ask.fields,
                 .acts = ask.acts.empty() ? exempt_acts() : ask.acts,
                 .term = base::to_string(term),
                 .uses_max = uses,
                 .uses_per_day = ask.uses_per_day.value_or(0),
                 .storage = {},
                 .ground = initiator.exempt_ground};
}

std::optional<Lost> lost_basis(const Terms& terms, const registry::Registry& registry, std::string_view local_day) {
    if (terms.connection.empty()) {
        // 236/НК п.3: no connection is needed while the system is exempt on this ground.
        const registry::System* system = registry.system(terms.initiator);
        const bool exempt = system != nullptr && !terms.ground.empty() && system->exempt_ground == terms.ground;
        if (!exempt) return Lost::connection;
    } else {
        const registry::Connection* connection = registry.connection(terms.connection);
        if (connection == nullptr || !registry::stands(*connection, local_day)) return Lost::connection;
        if (registry::purpose_of(*connection, terms.purpose) == nullptr) return Lost::purpose;
    }
    const bool some = std::any_of(terms.services.begin(), terms.services.end(),
                                  [&](const std::string& key) { return answers(registry, key); });
    return some ? std::nullopt : std::optional(Lost::service);
}

base::Result<Terms> narrow(Terms terms, const std::vector<std::string>& services,
                           const std::vector<std::string>& fields, const registry::Registry& registry) {
    if (repeats(services) || repeats(fields)) return base::Refusal(services_repeat);
    if (!within(services, terms.services) || !within(fields, terms.fields)) return base::Refusal(part_outside_request);
    if (!services.empty()) terms.services = services;
    const Names offered = fields_of(terms.services, registry);
    if (!within(fields, offered)) return base::Refusal(part_outside_request);
    if (!fields.empty()) terms.fields = fields;
    std::erase_if(terms.fields, [&](const std::string& field) { return !within({field}, offered); });
    std::erase_if(terms.services, [&](const std::string& key) {
        const Names of_service = fields_of({key}, registry);
        return std::none_of(terms.fields.begin(), terms.fields.end(),
                            [&](const std::string& field) { return within({field}, of_service); });
    });
    if (terms.services.empty()) return base::Refusal(part_outside_request);
    return terms;
}

}  // namespace kelisim::consent
