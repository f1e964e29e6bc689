// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/registry.hpp"

#include "owner/person_answer.hpp"
#include "owner/problem.hpp"
#include "owner/shep_message.hpp"

namespace kelisim::gbdfl {

using boost::asio::awaitable;
using owner::Answered;
using owner::Person;
using owner::Service;

const owner::Role role{.program = "kelisim-gbdfl",
                       .description = "Reference registry of persons (GBD FL) of the Kelisim sandbox",
                       .system_key = "GBDFL",
                       .client_id = "gbdfl",
                       .client_secret = "gbdfl-sandbox-secret"};

namespace {

boost::json::object record_of(const owner::World& world, const Service& service, const Person& person,
                              const std::vector<std::string_view>& fields) {
    return service.key == person_service().key ? person_record(person, fields) : family_record(world, person, fields);
}

}  // namespace

awaitable<soap::Read<Answered>> Persons::answer(const owner::Inquiry& inquiry) {
    const Service& service = *find_service(inquiry.service);
    auto content_of = [this, &service](const base::Iin& iin) -> base::Result<std::string> {
        const Person* person = world_.find(iin);
        if (person == nullptr) return owner::person_unknown;
        return owner::content_of(record_of(world_, service, *person, service.fields));
    };
    return owner::answer_about_person(parts_, inquiry,
                                      {.ns = message_namespace,
                                       .role = role,
                                       .registry_ru = "Государственная база данных «Физические лица» (песочница)",
                                       .registry_kk = "«Жеке тұлғалар» мемлекеттік дерекқоры (құмсалғыш)",
                                       .service = service,
                                       .content_of = std::move(content_of)});
}

std::vector<owner::RestService> Persons::rest() const {
    const auto give = [this](const Service& service) {
        return [this, &service](const owner::RestCall& call) -> base::Result<boost::json::object> {
            const Person* person = world_.find(call.iin);
            if (person == nullptr) return owner::person_unknown;
            return record_of(world_, service, *person, call.fields);
        };
    };
    return {{.path = "/person", .service = person_service(), .also = {}, .record = give(person_service())},
            {.path = "/family", .service = family_service(), .also = {}, .record = give(family_service())}};
}

owner::Opened open(const owner::RegistryParts& parts) {
    auto registry = std::make_unique<Persons>(parts);
    auto rest = registry->rest();
    return {.registry = std::move(registry), .rest = std::move(rest)};
}

}  // namespace kelisim::gbdfl
