// SPDX-License-Identifier: Apache-2.0
#include "bmg_owner/registry.hpp"

#include "owner/problem.hpp"

namespace kelisim::bmg {

using boost::asio::awaitable;
using owner::Answered;
using owner::Person;

const base::Reason phone_unknown{
    "phone_unknown",
    base::Kind::not_found,
    "",
    {"Адамға тіркелген нөмір жоқ.", "На лицо не зарегистрирован номер.", "No number is registered to the person."}};

const owner::Role role{.program = "kelisim-bmg",
                       .description = "Reference mobile citizens base (BMG) of the Kelisim sandbox",
                       .system_key = "BMG",
                       .client_id = "bmg",
                       .client_secret = "bmg-sandbox-secret"};

const owner::Service& phone_service() {
    static const owner::Service service{"MCDB_SERVICE", {"phone"}};
    return service;
}

awaitable<soap::Read<Answered>> Phones::answer(const owner::Inquiry& inquiry) {
    owner::Fields fields(inquiry.data, message_namespace);
    const owner::PersonRequest request = owner::read_person_request(fields);
    if (!fields.defects().empty()) co_return soap::Defects(std::move(fields.defects()));
    const auto person = co_await admit(request);
    Answered answered;
    std::string content;
    if (person) {
        co_await owner::slowed_by(parts_.latency);
        content = owner::element("persons", owner::element("person", owner::leaf("iin", (*person)->iin.reveal()) +
                                                                         owner::leaf("phone", (*person)->phone)));
    } else {
        answered.refused = person.error();
    }
    answered.document = owner::to_xml({.ns = message_namespace,
                                       .registry_key = role.system_key,
                                       .registry_ru = "База мобильных граждан (песочница)",
                                       .registry_kk = "Мобильді азаматтар базасы (құмсалғыш)",
                                       .message_id = inquiry.id,
                                       .date = parts_.kelisim.now(),
                                       .request_id = request.message_id,
                                       .receiver = request.sender_code.empty() ? inquiry.sender : request.sender_code,
                                       .refused = answered.refused ? &*answered.refused : nullptr,
                                       .content = std::move(content)},
                                      parts_.zone);
    co_return answered;
}

awaitable<base::Result<const Person*>> Phones::admit(const owner::PersonRequest& request) {
    const std::optional<base::Iin> whom = request.iin;
    const auto claims =
        co_await owner::opened_by(parts_.kelisim, role.system_key, phone_service(), request.shown, whom);
    if (!claims) co_return claims.error();
    co_return registered(request.iin);
}

base::Result<const Person*> Phones::registered(const base::Iin& iin) const {
    const Person* person = world_.find(iin);
    if (person == nullptr || person->phone.empty()) return phone_unknown;
    return person;
}

std::vector<owner::RestService> Phones::rest() const {
    const auto give = [this](const owner::RestCall& call) -> base::Result<boost::json::object> {
        const auto person = registered(call.iin);
        if (!person) return person.error();
        return boost::json::object{{"phone", (*person)->phone}};
    };
    return {{.path = "/phone", .service = phone_service(), .also = {}, .record = give}};
}

owner::Opened open(const owner::RegistryParts& parts) {
    auto registry = std::make_unique<Phones>(parts);
    auto rest = registry->rest();
    return {.registry = std::move(registry), .rest = std::move(rest)};
}

}  // namespace kelisim::bmg
