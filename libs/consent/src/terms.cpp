// SPDX-License-Identifier: Apache-2.0
#include "consent/terms.hpp"

#include <algorithm>
#include <set>

#include "base/limits.hpp"

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

bool uses_fit(std::int64_t wanted, const registry::Connection& connection) {
    const std::int64_t bound = connection.uses_max > 0 ? connection.uses_max : limits::uses_max_max;
    return wanted >= 1 && wanted <= bound;
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
    if (!uses_fit(uses, connection)) reasons.push_back(&uses_out_of_bounds);
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
                 .uses_max = uses};
}

}  // namespace kelisim::consent
