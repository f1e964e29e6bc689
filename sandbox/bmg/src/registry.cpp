// SPDX-License-Identifier: Apache-2.0
#include "bmg_owner/registry.hpp"

#include "owner/person_answer.hpp"
#include "owner/problem.hpp"
#include "owner/shep_message.hpp"

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
    auto content_of = [this](const base::Iin& iin) -> base::Result<std::string> {
        const auto person = registered(iin);
        if (!person) return person.error();
        return owner::leaf("iin", (*person)->iin.reveal()) + owner::leaf("phone", (*person)->phone);
    };
    return owner::answer_about_person(parts_, inquiry,
                                      {.ns = message_namespace,
                                       .role = role,
                                       .registry_ru = "База мобильных граждан (песочница)",
                                       .registry_kk = "Мобильді азаматтар базасы (құмсалғыш)",
                                       .service = phone_service(),
                                       .content_of = std::move(content_of)});
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
