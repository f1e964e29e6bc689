// SPDX-License-Identifier: Apache-2.0
#include "gbdfl_owner/registry.hpp"

#include "owner/problem.hpp"

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
    owner::Fields fields(inquiry.data, message_namespace);
    const owner::PersonRequest request = owner::read_person_request(fields);
    if (!fields.defects().empty()) co_return soap::Defects(std::move(fields.defects()));
    const Service& service = *find_service(inquiry.service);

    const auto person = co_await admit(service, request);
    Answered answered;
    std::string content;
    if (person) {
        co_await owner::slowed_by(parts_.latency);
        const boost::json::object record = record_of(world_, service, **person, service.fields);
        content = owner::element("persons", owner::element("person", owner::content_of(record)));
    } else {
        answered.refused = person.error();
    }
    answered.document = owner::to_xml({.ns = message_namespace,
                                       .registry_key = role.system_key,
                                       .registry_ru = "Государственная база данных «Физические лица» (песочница)",
                                       .registry_kk = "«Жеке тұлғалар» мемлекеттік дерекқоры (құмсалғыш)",
                                       .message_id = inquiry.id,
                                       .date = parts_.kelisim.now(),
                                       .request_id = request.message_id,
                                       .receiver = request.sender_code.empty() ? inquiry.sender : request.sender_code,
                                       .refused = answered.refused ? &*answered.refused : nullptr,
                                       .content = std::move(content)},
                                      parts_.zone);
    co_return answered;
}

awaitable<base::Result<const Person*>> Persons::admit(const Service& service, const owner::PersonRequest& request) {
    const std::optional<base::Iin> whom = request.iin;
    const auto claims = co_await owner::opened_by(parts_.kelisim, role.system_key, service, request.shown, whom);
    if (!claims) co_return claims.error();
    const Person* person = world_.find(request.iin);
    if (person == nullptr) co_return owner::person_unknown;
    co_return person;
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
